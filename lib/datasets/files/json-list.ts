// A JSON list as a stream of its elements: where each begins and ends, and nothing about what is in it.
import { FileRefused, Gathering, type Piece } from "./row.ts";

const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];
const isBlank = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/**
 * The bytes of each element, numbered from 1.
 * @throws FileRefused where the list does not end, or something comes after its end
 */
export async function* elements(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Piece, void, undefined> {
  const element = new Gathering();
  let number = 1;
  let depth = 0;
  let isString = false;
  let isEscaped = false;
  let hasEnded = false;
  for await (const chunk of bytes) {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (isString) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) isString = false;
        continue;
      }
      if (hasEnded) {
        if (!isBlank(byte))
          throw new FileRefused("Something comes after the end of the list: the file is no whole JSON.");
        continue;
      }
      const ends = (byte === comma || byte === closeList) && depth === 1;
      if (byte === quote) isString = true;
      else if (byte === openList || byte === openObject) {
        if (depth++ === 0) start = at + 1;
      } else if (ends) {
        element.add(chunk.subarray(start, at));
        yield { number: number++, bytes: element.take() };
        start = at + 1;
        hasEnded = byte === closeList;
      } else if (byte === closeList || byte === closeObject) depth = Math.max(1, depth - 1);
    }
    if (!hasEnded && depth > 0) element.add(chunk.subarray(start));
  }
  if (!hasEnded) throw new FileRefused(`The list breaks off at item ${number}: the file is not whole.`);
}
