// What reading a file takes from Node: unpacking, of gzip in several parts and of zstd, and a hash.
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import type { Unpack } from "./unpack.ts";

const unpack: Unpack = async function* (bytes, packing) {
  const unpacking = packing === "gzip" ? createGunzip() : createZstdDecompress();
  const source = Readable.from(bytes);
  source.on("error", (error) => unpacking.destroy(error));
  try {
    yield* source.pipe(unpacking) as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
    unpacking.destroy();
  }
};

function hash() {
  const sha256 = createHash("sha256");
  return { update: (bytes: Uint8Array) => sha256.update(bytes), digest: () => sha256.digest("hex") };
}

export const inNode = { unpack, hash };
