import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { episodeText } from "../train/rollout.ts";
import { trainBpe, writeTokenizer } from "./bpe.ts";
import { GrowingText } from "./growing-text.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

let dir: string;
let tokenizer: Tokenizer;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "growing-"));
  await writeTokenizer(dir, trainBpe(["Ein Otter 🦦🦦 frißt Fische, 魚と蟹。", "naïve café 🙂🙂🙂"], 300), 64);
  tokenizer = await loadTokenizer(dir);
});
afterAll(() => rm(dir, { recursive: true }));

test("at every token it is the text of the tokens so far, without a half character; at the end all of it", () => {
  const token = fc.integer({ min: 0, max: tokenizer.vocabSize - 1 });
  const real = fc
    .string({ unit: "grapheme", maxLength: 12 })
    .map((text) => tokenizer.encode(text))
    // Cut anywhere: inside a character too.
    .chain((ids) => fc.nat(ids.length).map((n) => ids.slice(0, n)));
  fc.assert(
    fc.property(fc.oneof(real, fc.array(token, { maxLength: 30 })), (ids) => {
      const text = new GrowingText(tokenizer, new Map());
      for (const [i, id] of ids.entries()) {
        expect(text.push(id)).toBe(tokenizer.decode(ids.slice(0, i + 1), { partial: true }));
      }
      expect(text.end()).toBe(tokenizer.decode(ids, { partial: true }));
    }),
    { numRuns: 500 },
  );
});

test("an emoji of several tokens appears once, whole", () => {
  const ids = tokenizer.encode("a🦔");
  expect(ids.length).toBeGreaterThan(2);
  const text = new GrowingText(tokenizer, new Map());
  const shown = ids.map((id) => text.push(id));
  expect(shown).toEqual([...Array(ids.length - 1).fill("a"), "a🦔"]);
});

test("an answer that is cut inside a character ends before it", () => {
  const ids = tokenizer.encode("a🦔");
  for (let cut = 2; cut < ids.length; cut++) {
    const text = new GrowingText(tokenizer, new Map());
    for (const id of ids.slice(0, cut)) text.push(id);
    expect(text.end()).toBe("a");
    const episode = { prompt: [], answer: ids.slice(0, cut), logProbs: new Float32Array(cut), ended: false };
    expect(episodeText(tokenizer, episode)).toBe("a");
  }
});

test("a decoder that looks at neighbouring tokens is given all of them", () => {
  const words = ["▁an", "▁otter", "s", "▁eat"];
  const wordy: Tokenizer = {
    ...tokenizer,
    byteLevel: false,
    decode: (ids) =>
      ids
        .map((id) => words[id])
        .join("")
        .replaceAll("▁", " ")
        .trimStart(),
  };
  const text = new GrowingText(wordy, new Map());
  expect([0, 1, 2, 3].map((id) => text.push(id))).toEqual(["an", "an otter", "an otters", "an otters eat"]);
  expect(text.end()).toBe("an otters eat");
});
