// Bytes through a stream of Node: packed, or unpacked.
import { Readable, type Transform } from "node:stream";

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
