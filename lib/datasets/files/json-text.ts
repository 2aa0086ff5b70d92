// JSON as strangers write it: refused where a key comes twice, of which every reader keeps another one, and where it is
// nested so deep that whoever walks through it would run out of stack.
import { RowRefused } from "../formats/format.ts";

/** The most objects and lists around a value. */
const deepest = 100;

/** The value of a JSON text, in time that grows with its length. @throws RowRefused */
export function parseStrictly(text: string): unknown {
  refuseTwiceAndDeep(text);
  try {
    return JSON.parse(text);
  } catch {
    throw new RowRefused("It is not whole JSON.");
  }
}

const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Of what is no JSON it says nothing that matters: it ends, and JSON.parse refuses it. */
function refuseTwiceAndDeep(text: string): void {
  /** The keys of each object around this place; null for a list. */
  const around: (Set<string> | null)[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const start = at + 1;
        at = endOfString(text, start);
        if (isKey) refuseTwice(around.at(-1) ?? null, text.slice(start, at));
        isKey = false;
        break;
      }
      case openObject:
      case openList:
        isKey = text.charCodeAt(at) === openObject;
        around.push(isKey ? new Set() : null);
        if (around.length > deepest) throw new RowRefused(`It is nested more than ${deepest} deep.`);
        break;
      case closeObject:
      case closeList:
        around.pop();
        isKey = false;
        break;
      case comma:
        isKey = (around.at(-1) ?? null) !== null;
        break;
    }
  }
}

/** The place of the quote that ends the string. */
function endOfString(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) at++;
  }
  return text.length;
}

function refuseTwice(keys: Set<string> | null, written: string): void {
  const key = written.includes("\\") ? unescaped(written) : written;
  if (keys?.has(key)) throw new RowRefused(`The key "${key.slice(0, 100)}" comes twice in one object.`);
  keys?.add(key);
}

function unescaped(written: string): string {
  try {
    return String(JSON.parse(`"${written}"`));
  } catch {
    return written;
  }
}
