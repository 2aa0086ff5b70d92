// Parquet in a thread of Node: a file by its path, or bytes that a program has. This file is the thread's, too.
import { open, stat } from "node:fs/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { Bytes } from "./parquet.ts";
import { answering, mostMegabytes, rowsBeside } from "./parquet-beside.ts";
import type { Row } from "./row.ts";

/** @throws FileRefused */
export const parquetInNode = (from: string | Uint8Array, silenceMs?: number): AsyncGenerator<Row, void, undefined> =>
  rowsBeside((hear) => {
    const thread = new Worker(new URL(import.meta.url), {
      workerData: { parquet: from },
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    });
    thread.on("message", hear);
    thread.on("error", (error: NodeJS.ErrnoException) =>
      hear(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "died" : { failed: error }),
    );
    return { ask: () => thread.postMessage(null), end: () => thread.terminate() };
  }, silenceMs);

function answerTo(port: NonNullable<typeof parentPort>, from: string | Uint8Array): void {
  const answer = (async () => answering(typeof from === "string" ? await ofFile(from) : ofBytes(from)))();
  port.on("message", async () => {
    const next = await answer.catch((error: unknown) => async () => ({ failed: error }));
    port.postMessage(await next());
  });
}

const ofBytes = (bytes: Uint8Array): Bytes => ({
  size: bytes.length,
  slice: async (from, to) => new Uint8Array(bytes.slice(from, to)).buffer,
});

const ofFile = async (path: string): Promise<Bytes> => ({
  size: (await stat(path)).size,
  slice: (from, to) => partOf(path, from, to),
});

async function partOf(path: string, from: number, to: number): Promise<ArrayBuffer> {
  const part = new ArrayBuffer(to - from);
  await using file = await open(path);
  const view = new Uint8Array(part);
  for (let at = 0; at < view.length; ) {
    const { bytesRead } = await file.read(view, at, view.length - at, from + at);
    if (bytesRead === 0) throw new Error(`${path} ends before byte ${to}.`);
    at += bytesRead;
  }
  return part;
}

if (!isMainThread && parentPort && workerData?.parquet !== undefined) answerTo(parentPort, workerData.parquet);
