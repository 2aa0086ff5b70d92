// What reading a file takes from Node: its bytes, unpacking, of gzip in several parts and of zstd, and a hash.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { Readable, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import type { ImportFile } from "../import-file.ts";
import type { Unpack } from "./unpack.ts";

/** What a stream of Node makes of these bytes; both end when nobody reads on. */
export async function* through(
  bytes: AsyncIterable<Uint8Array>,
  made: Transform,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Readable.from(bytes, { objectMode: false });
  source.on("error", (error) => made.destroy(error));
  try {
    yield* source.pipe(made) as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
    made.destroy();
  }
}

export const unpack: Unpack = (bytes, packing) =>
  through(bytes, packing === "gzip" ? createGunzip() : createZstdDecompress());

function hash() {
  const sha256 = createHash("sha256");
  return { update: (bytes: Uint8Array) => sha256.update(bytes), digest: () => sha256.digest("hex") };
}

/** A file on this machine. */
export const fileInNode = (path: string): ImportFile => ({
  name: basename(path),
  open: () => createReadStream(path, { highWaterMark: 2 ** 18 }),
  inAnyOrder: async () => ({ size: (await stat(path)).size, slice: (from, to) => partOf(path, from, to) }),
  unpack,
  hash,
});

/** Bytes that a program has. */
export const bytesInNode = (name: string, bytes: Uint8Array): ImportFile => ({
  name,
  open: async function* () {
    yield bytes;
  },
  inAnyOrder: async () => ({
    size: bytes.length,
    slice: async (from, to) => new Uint8Array(bytes.slice(from, to)).buffer,
  }),
  unpack,
  hash,
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
