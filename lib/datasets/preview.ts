// A preview of a download: its first lines, and counts that must add up.
import { countDemonstrations, countRankings } from "../../db/queries/exports.ts";
import type { Context } from "../context.ts";
import { type ExportQuestion, exportLines } from "./export.ts";

export interface Preview {
  lines: string[];
  /** Lines of the download. */
  total: number;
  rankings: number;
  /** strict + tied = Σ C(K,2) over the rankings. */
  strict: number;
  tied: number;
}

const previewLines = 10;

/** @throws DomainError UNAUTHORIZED or FORBIDDEN */
export async function previewExport(ctx: Context, input: ExportQuestion): Promise<Preview> {
  const lines: string[] = [];
  for await (const line of await exportLines(ctx, input)) {
    lines.push(line);
    if (lines.length === previewLines) break;
  }
  const split = input.split === "all" ? undefined : input.split;
  if (input.dataset === "demonstrations") {
    return { lines, total: await countDemonstrations(ctx, { split }), rankings: 0, strict: 0, tied: 0 };
  }
  const counts = await countRankings(ctx, { split });
  return { lines, total: counts.strict, ...counts };
}
