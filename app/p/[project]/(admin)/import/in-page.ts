// A file of the reader's, as lib/datasets reads files: by the browser alone, so that it is looked into before anything is sent.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { api } from "../../../../../lib/api/client.ts";
import { type Answer, rowsBeside } from "../../../../../lib/datasets/files/parquet-beside.ts";
import { FileRefused } from "../../../../../lib/datasets/files/row.ts";
import type { Unpack } from "../../../../../lib/datasets/files/unpack.ts";
import type { Door, ImportFile } from "../../../../../lib/datasets/import-file.ts";

async function* chunksOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Browsers know gzip. */
const unpack: Unpack = (bytes, packing) => {
  if (packing === "zstd") {
    throw new FileRefused("Browsers cannot unpack Zstandard: unpack the file first, or use rankloop import.");
  }
  const source = bytes[Symbol.asyncIterator]();
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = await source.next();
      if (next.done) controller.close();
      else controller.enqueue(new Uint8Array(next.value));
    },
    cancel: async () => void (await source.return?.()),
  });
  return chunksOf(packed.pipeThrough(new DecompressionStream("gzip")));
};

function hash() {
  const begun = sha256.create();
  return { update: (bytes: Uint8Array) => begun.update(bytes), digest: () => bytesToHex(begun.digest()) };
}

export const fileInPage = (file: File): ImportFile => ({
  name: file.name,
  open: () => chunksOf(file.stream()),
  parquet: () =>
    rowsBeside((hear) => {
      const thread = new Worker(new URL("./parquet-thread.ts", import.meta.url));
      thread.addEventListener("message", ({ data }: MessageEvent<Answer>) => hear(data));
      thread.addEventListener("error", ({ message }) => hear({ failed: new Error(message) }));
      thread.postMessage(file);
      return { ask: () => thread.postMessage(null), end: () => thread.terminate() };
    }),
  unpack,
  hash,
});

/** The way into the project of this page. */
export const doorOfPage: Door = {
  begin: (about) => api.imports.create(about),
  addRows: (batch) => api.imports.addRows(batch),
  finish: (all) => api.imports.finish(all),
};
