// What reading a file takes from Node: its bytes, unpacking, of gzip in several parts and of zstd, and a hash.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { createGunzip, createZstdDecompress } from "node:zlib";
import type { ImportFile } from "../import-file.ts";
import { parquetInNode } from "./parquet-in-node.ts";
import { through } from "./through.ts";
import type { Unpack } from "./unpack.ts";

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
  parquet: () => parquetInNode(path),
  unpack,
  hash,
});

/** Bytes that a program has. */
export const bytesInNode = (name: string, bytes: Uint8Array): ImportFile => ({
  name,
  open: async function* () {
    yield bytes;
  },
  parquet: () => parquetInNode(bytes),
  unpack,
  hash,
});
