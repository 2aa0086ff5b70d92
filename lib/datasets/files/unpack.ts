// Packed files: gzip and zstd are known by their first bytes, and unpacked as a stream.
import { FileRefused } from "./row.ts";

export type Packing = "gzip" | "zstd";

/** How bytes are unpacked, in Node or in a browser. What is damaged throws. */
export type Unpack = (bytes: AsyncIterable<Uint8Array>, packing: Packing) => AsyncIterable<Uint8Array>;

/** A file that unpacks to more than this, and to so many times its size, is a trap: texts pack to a third or a twentieth. */
const most = { bytes: 2 ** 28, times: 200 };

/** How a file is packed, by its first bytes; null: it is not. */
export function packingOf(head: Uint8Array): Packing | null {
  const begins = (...bytes: number[]) => bytes.every((byte, at) => head[at] === byte);
  if (begins(0x1f, 0x8b)) return "gzip";
  return begins(0x28, 0xb5, 0x2f, 0xfd) ? "zstd" : null;
}

/** The bytes of a packed file as they were. @throws FileRefused when it is damaged, or a trap */
export async function* unpacked(
  bytes: AsyncIterable<Uint8Array>,
  packing: Packing,
  unpack: Unpack,
): AsyncGenerator<Uint8Array, void, undefined> {
  let packed = 0;
  let size = 0;
  let failure: unknown;
  const counted = async function* () {
    try {
      for await (const chunk of bytes) {
        packed += chunk.length;
        yield chunk;
      }
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  try {
    for await (const chunk of unpack(counted(), packing)) {
      size += chunk.length;
      if (size > most.bytes && size > packed * most.times) throw new FileRefused(trap);
      yield chunk;
    }
  } catch (error) {
    // What went wrong before it was unpacked is not the file's fault.
    if (failure !== undefined) throw failure;
    if (error instanceof FileRefused) throw error;
    throw new FileRefused("The file is damaged: it cannot be unpacked to its end.", { cause: error });
  }
}

const trap = `The file unpacks to more than ${most.times} times its size: no text does, and it was not read on.`;
