import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadTokenizer, type Tokenizer } from "../gpt/tokenizer.ts";
import { documentLoss } from "./document-loss.ts";
import { DocumentRows } from "./document-rows.ts";
import { randomModel } from "./models.fixture.ts";

let dir: string;
let model: string;
let tokenizer: Tokenizer;
const documents = Array.from({ length: 900 }, (_, i) => `Page ${i} of the book.${" It is long.".repeat(i % 7)}`);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rankloop-rows-"));
  model = await randomModel(join(dir, "base"), documents);
  tokenizer = await loadTokenizer(model);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const rowsOf = (texts: readonly string[], config: Partial<ConstructorParameters<typeof DocumentRows>[0]> = {}) =>
  new DocumentRows({ documents: () => texts, tokenizer, widths: [32, 128], steps: 40, stepTokens: 256, ...config });
const all = (rows: DocumentRows, steps: number) => Array.from({ length: steps }, (_, i) => rows.passes(i)).flat();
/** Every document's tokens in a pass, by the numbers that tell them apart. */
const textsOf = ({ feeds, shape: [R, W] }: ReturnType<DocumentRows["passes"]>[number]) =>
  Array.from({ length: R }, (_, r) => {
    const row = Array.from({ length: W }, (_, t) => r * W + t);
    const numbers = Map.groupBy(row, (at) => feeds.texts![at]!);
    return [...numbers].filter(([number]) => number > 0).map(([, places]) => places.map((at) => feeds.ids![at]!));
  }).flat();

test("whole documents stand in the narrowest row that holds them, an end token before and behind, none twice", () => {
  const passes = all(rowsOf(documents), 40);
  expect(passes.map(({ shape }) => shape.join()).sort()).toEqual(expect.arrayContaining(["2,128,254", "8,32,248"]));
  expect(new Set(passes.map(({ shape }) => shape[0] * shape[1]))).toEqual(new Set([256]));
  const read = passes.flatMap((pass) =>
    textsOf(pass).map((ids) => {
      expect([ids[0], ids.at(-1)]).toEqual([tokenizer.eosId, tokenizer.eosId]);
      if (ids.length > 32) expect(pass.shape[1]).toBe(128);
      return tokenizer.decode(ids.slice(1, -1));
    }),
  );
  expect(read.length).toBeGreaterThan(300);
  expect(new Set(read).size).toBe(read.length);
  const known = new Set(documents);
  expect(read.every((text) => known.has(text))).toBe(true);
  const filled = passes.reduce((sum, { feeds }) => sum + feeds.texts!.filter((number) => number > 0).length, 0);
  expect(filled / (40 * 256)).toBeGreaterThan(0.85);
});

test("side by side the documents have the loss that they have alone, each token the same weight", async () => {
  const some = documents.slice(0, 7);
  const loss = (texts: readonly string[], tokens: number) => documentLoss(model, () => texts, { tokens, threads: 1 });
  const lengths = some.map((text) => tokenizer.encodeAnswer(text).length);
  const alone: number[] = [];
  // As many tokens as it has: one more would take it a second time.
  for (const [i, text] of some.entries()) alone.push((await loss([text], lengths[i]! + 1)) * lengths[i]!);
  const total = lengths.reduce((a, b) => a + b);
  const together = await loss(some, total + some.length);
  expect(together).toBeCloseTo(alone.reduce((a, b) => a + b) / total, 5);
});

test("in passes of fewer tokens a step has the same documents, with the same weights", () => {
  const [whole, parts] = [rowsOf(documents), rowsOf(documents, { passTokens: 100 })];
  expect(parts.hash()).toBe(whole.hash());
  for (const step of [0, 1, 2, 3]) {
    const [[one], several] = [whole.passes(step), parts.passes(step)];
    expect(several.length).toBeGreaterThan(1);
    expect(several.flatMap(textsOf)).toEqual(textsOf(one!));
    const weights = [one!, ...several].map(({ feeds }) => (feeds.weight as Float32Array).reduce((a, b) => a + b, 0));
    expect(weights[0]).toBeCloseTo(1, 5);
    expect(weights.slice(1).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  }
});

test("a document that no row holds is cut in pieces that lose nothing", () => {
  const long = "It has a great many words. ".repeat(40);
  const passes = all(rowsOf([long], { steps: 4, widths: [64], stepTokens: 1024 }), 4);
  const pieces = passes.flatMap(textsOf).map((ids) => ids.slice(1));
  const ids = tokenizer.encodeAnswer(long);
  const expected = Array.from({ length: Math.ceil(ids.length / 63) }, (_, i) => ids.slice(i * 63, (i + 1) * 63));
  for (const piece of expected) expect(pieces).toContainEqual(piece);
});

test("documents too rare to fill a step of wide rows wait for others, and are read", () => {
  const rare = Array.from({ length: 4_000 }, (_, i) => (i % 1_000 === 0 ? documents[6]!.repeat(2) : `Page ${i}.`));
  const rows = rowsOf(rare, { widths: [32, 128], steps: 128, stepTokens: 1024 });
  expect(all(rows, 128).some(({ shape }) => shape[1] === 128)).toBe(true);
});

test("texts and steps that run out are read again; without any there is nothing to train on", () => {
  const rows = rowsOf([documents[0]!], { steps: 3 });
  expect(textsOf(rows.passes(2)[0]!).length).toBeGreaterThan(8);
  expect(rows.passes(5)).toEqual(rows.passes(2));
  expect(() => rowsOf([])).toThrow("There is no document to train on.");
});
