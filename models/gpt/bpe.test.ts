// The trainer against a slow one that counts everything again before each merge, and the shape of what it writes.
import { describe, expect, test } from "vitest";
import { documents } from "../world/documents.ts";
import { byteCharacters, endOfText, splitPattern, trainBpe } from "./bpe.ts";

/** Count all pairs, merge the most frequent (ties: smaller ids), repeat: the definition, with no bookkeeping. */
function slowMerges(texts: readonly string[], vocabSize: number): string[] {
  const tokens = [...byteCharacters.values()];
  const idOfByte = new Map([...byteCharacters.keys()].map((byte, id) => [byte, id]));
  let words = texts.flatMap((text) =>
    (text.match(splitPattern) ?? []).map((word) => Array.from(Buffer.from(word), (byte) => idOfByte.get(byte)!)),
  );
  const merges: string[] = [];
  while (tokens.length < vocabSize - 1) {
    const counts = new Map<string, { left: number; right: number; count: number }>();
    for (const word of words) {
      for (let i = 1; i < word.length; i++) {
        const [left, right] = [word[i - 1]!, word[i]!];
        const pair = counts.get(`${left} ${right}`) ?? { left, right, count: 0 };
        counts.set(`${left} ${right}`, { ...pair, count: pair.count + 1 });
      }
    }
    const best = [...counts.values()]
      .filter(({ count }) => count > 1)
      .sort((a, b) => b.count - a.count || a.left - b.left || a.right - b.right)[0];
    if (!best) break;
    merges.push(`${tokens[best.left]} ${tokens[best.right]}`);
    const merged = tokens.push(tokens[best.left]! + tokens[best.right]!) - 1;
    words = words.map((word) => {
      const next: number[] = [];
      for (let i = 0; i < word.length; i++) {
        if (word[i] === best.left && word[i + 1] === best.right) {
          next.push(merged);
          i++;
        } else next.push(word[i]!);
      }
      return next;
    });
  }
  return merges;
}

describe("trainBpe", () => {
  const sample = documents(7).take(150).toArray();

  test("learns the merges of the definition, in the same order", () => {
    const awkward = ["aaaaaaa aaaa aaa", "banana bandana ananas", "naïve 北京 🙂🙂🙂 🙂", "\n\n\t  x"];
    expect(trainBpe([...sample, ...awkward], 420).model.merges).toEqual(slowMerges([...sample, ...awkward], 420));
  });

  test("gives exactly the asked number of tokens, the end token last", () => {
    const { model, added_tokens } = trainBpe(sample, 500);
    expect(Object.keys(model.vocab)).toHaveLength(500);
    expect(model.vocab[endOfText]).toBe(499);
    expect(added_tokens).toMatchObject([{ id: 499, content: endOfText, special: true }]);
    expect(model.merges).toHaveLength(500 - 257);
  });

  test("stops early when nothing repeats", () => {
    const { model } = trainBpe(["abc"], 500);
    expect(model.merges).toEqual([]);
    expect(Object.keys(model.vocab)).toHaveLength(257);
  });

  test("refuses a vocabulary without room for the bytes", () => {
    expect(() => trainBpe(["abc"], 256)).toThrow("at least 257 tokens");
  });

  test("learns 2,048 tokens of 4 MB of text, which it reads once", () => {
    let read = 0;
    const texts = {
      *[Symbol.iterator]() {
        for (const text of documents(3).take(20_000)) {
          read++;
          yield text;
        }
      },
    };
    const { model } = trainBpe(texts, 2_048);
    expect(Object.keys(model.vocab)).toHaveLength(2_048);
    expect(read).toBe(20_000);
  });
});

test("every byte has a printable character of its own", () => {
  expect(new Set(byteCharacters.keys())).toEqual(new Set(Array.from({ length: 256 }, (_, byte) => byte)));
  expect(new Set(byteCharacters.values()).size).toBe(256);
  expect(byteCharacters.get(0x20)).toBe("Ġ");
  expect(byteCharacters.get(0x0a)).toBe("Ċ");
});
