// The downloads: a data set, or the history, as JSONL, streamed as fast as the reader takes it.
import * as z from "zod";
import { type Database, openDatabase } from "../../db/client.ts";
import { type Context, inProject } from "../context.ts";
import { exportLines } from "../datasets/export.ts";
import { eventLines } from "../project/events.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { splits } from "../vocabulary/labeling.ts";
import { eventFilter, exportFormats } from "../vocabulary/shapes.ts";
import { actorOf } from "./auth.ts";
import { toApiError } from "./errors.ts";
import { Slots } from "./streams.ts";

const moment = z.coerce.number().int();
const asked = z.discriminatedUnion("dataset", [
  z.object({
    dataset: z.enum(["comparisons", "demonstrations"]),
    split: z.enum(["all", ...splits]).default("all"),
    format: z.enum(exportFormats).default("text"),
  }),
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
 * GET /api/export/<project>/comparisons?split=train&format=conversational: a file of JSON lines, or a refusal of one
 * sentence.
 */
export async function handleExport(
  request: Request,
  { project, dataset }: { project: string; dataset: string },
  db: Database,
): Promise<Response> {
  try {
    const wanted = asked.safeParse({ ...Object.fromEntries(new URL(request.url).searchParams), dataset });
    if (!wanted.success) {
      const known = "comparisons and demonstrations are, by split, as text or conversational, and events";
      throw new DomainError("NOT_FOUND", `There is no such export: ${known}.`);
    }
    const actor = await actorOf(request.headers, db);
    const lines = await linesOf(await inProject({ db, actor }, project), wanted.data);
    return new Response(streamOf(lines, slots.take(actor?.id ?? "")), {
      headers: {
        "content-type": "application/jsonl; charset=utf-8",
        "content-disposition": `attachment; filename="${fileName(wanted.data)}"`,
        "cache-control": "no-store",
      },
    });
  } catch (error) {
    const { status, message } = toApiError(error);
    return Response.json({ message }, { status });
  }
}

function linesOf(ctx: Context, wanted: z.infer<typeof asked>) {
  if (wanted.dataset !== "events") return exportLines(ctx, wanted);
  const { dataset: _, ...filter } = wanted;
  return eventLines(ctx, filter);
}

/** comparisons-train.jsonl, comparisons-train-conversational.jsonl, events.jsonl */
function fileName(wanted: z.infer<typeof asked>): string {
  if (wanted.dataset === "events") return "events.jsonl";
  const { dataset, split, format } = wanted;
  return `${dataset}-${split}${format === "text" ? "" : `-${format}`}.jsonl`;
}

/** /api/export/<project>/<dataset>: mounted by app/server.ts. */
export const exportHandler = (request: Request, of: { project: string; dataset: string }): Promise<Response> =>
  handleExport(request, of, openDatabase());

/** @param ended called once nothing more is read */
function streamOf(lines: AsyncGenerator<string, void, undefined>, ended: () => void): ReadableStream<Uint8Array> {
  const utf8 = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let chunk = "";
      let isEnd = true;
      try {
        do {
          const next = await lines.next();
          isEnd = next.done === true;
          if (!next.done) chunk += `${next.value}\n`;
        } while (!isEnd && chunk.length < chunkBytes);
      } finally {
        if (isEnd) ended();
      }
      if (chunk) controller.enqueue(utf8.encode(chunk));
      if (isEnd) controller.close();
    },
    async cancel() {
      ended();
      await lines.return();
    },
  });
}
