// The downloads: a data set in one of its formats, or the history, streamed as fast as the reader takes it.
import * as z from "zod";
import { type Database, openDatabase } from "../../db/client.ts";
import { type Context, inProject } from "../context.ts";
import { outSets } from "../datasets/choices.ts";
import { choices } from "../datasets/choices-schema.ts";
import { openExport } from "../datasets/export.ts";
import { fileName, fileType, outFile } from "../datasets/out-file.ts";
import { eventLines } from "../project/events.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { eventFilter } from "../vocabulary/shapes.ts";
import { actorOf } from "./auth.ts";
import { toApiError } from "./errors.ts";
import { Slots } from "./streams.ts";

const moment = z.coerce.number().int();
const asked = z.discriminatedUnion("dataset", [
  choices.extend({ dataset: z.enum(outSets) }),
  eventFilter.extend({ dataset: z.literal("events"), from: moment.optional(), until: moment.optional() }),
]);

const chunkBytes = 64 * 1024;

/** Of one person at once: each reads the database for as long as it goes on. */
export const downloadsPerPerson = 4;

const slots = new Slots(
  downloadsPerPerson,
  `You download ${downloadsPerPerson} files at once already: wait until one of them has come.`,
);

/**
 * GET /api/export/<project>/comparisons?split=train&format=conversational: a file, or a refusal of one sentence.
 */
export async function handleExport(
  request: Request,
  { project, dataset }: { project: string; dataset: string },
  db: Database,
): Promise<Response> {
  try {
    const wanted = asked.safeParse({ ...Object.fromEntries(new URL(request.url).searchParams), dataset });
    if (!wanted.success) {
      const known = new Intl.ListFormat("en").format([...outSets, "events"]);
      throw new DomainError("NOT_FOUND", `There is no such export: ${known} go out.`);
    }
    const actor = await actorOf(request.headers, db);
    const { bytes, name, type } = await fileOf(await inProject({ db, actor }, project), wanted.data);
    return new Response(streamOf(bytes, slots.take(actor?.id ?? "")), {
      headers: {
        "content-type": type,
        "content-disposition": `attachment; filename="${name}"`,
        "cache-control": "no-store",
      },
    });
  } catch (error) {
    const { status, message } = toApiError(error);
    return Response.json({ message }, { status });
  }
}

interface OutFile {
  bytes: AsyncGenerator<Uint8Array, void, undefined>;
  name: string;
  type: string;
}

async function fileOf(ctx: Context, wanted: z.infer<typeof asked>): Promise<OutFile> {
  if (wanted.dataset === "events") {
    const { dataset: _, ...filter } = wanted;
    const lines = await eventLines(ctx, filter);
    return { bytes: chunksOf(lines), name: "events.jsonl", type: "application/jsonl; charset=utf-8" };
  }
  const { plan, rows } = await openExport(ctx, wanted);
  return { bytes: outFile(plan, rows), name: fileName(plan), type: fileType(plan) };
}

async function* chunksOf(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  let chunk = "";
  for await (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < chunkBytes) continue;
    yield Buffer.from(chunk);
    chunk = "";
  }
  yield Buffer.from(chunk);
}

/** /api/export/<project>/<dataset>: mounted by app/server.ts. */
export const exportHandler = (request: Request, of: { project: string; dataset: string }): Promise<Response> =>
  handleExport(request, of, openDatabase());

/** @param ended called once nothing more is read */
function streamOf(bytes: AsyncGenerator<Uint8Array, void, undefined>, ended: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let next: IteratorResult<Uint8Array, void> | undefined;
      try {
        do next = await bytes.next();
        while (!next.done && next.value.length === 0);
      } finally {
        if (next?.done !== false) ended();
      }
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      ended();
      await bytes.return();
    },
  });
}
