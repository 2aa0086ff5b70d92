// Looking before a download: the first rows of the file, and the counts of all of it.

import type * as z from "zod";
import type { Context } from "../context.ts";
import type { Asked, Tally } from "./choices.ts";
import { openExport } from "./export.ts";
import { fileName } from "./out-file.ts";

const previewRows = 10;

/** The first rows of a file, and its name. @throws DomainError as openExport does */
export async function previewExport(
  ctx: Context,
  asked: Asked,
): Promise<{ rows: Record<string, z.core.util.JSONType>[]; file: string }> {
  const { plan, rows } = await openExport(ctx, asked);
  const first: object[] = [];
  for await (const page of rows) {
    first.push(...page.slice(0, previewRows - first.length));
    if (first.length === previewRows) break;
  }
  return { rows: first as Record<string, z.core.util.JSONType>[], file: fileName(plan) };
}

/** Reads all that would be in a file, and counts it. @throws DomainError as openExport does */
export async function countExport(ctx: Context, asked: Asked, signal?: AbortSignal): Promise<Tally> {
  const { tally, rows } = await openExport(ctx, asked);
  for await (const _ of rows) signal?.throwIfAborted();
  return tally;
}
