import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadTokenizer, type Tokenizer } from "../gpt/tokenizer.ts";
import { packRows, rowsBatch } from "./corpus.ts";
import { randomModel } from "./fixtures.ts";
import { MixedRows } from "./mixed-rows.ts";

let dir: string;
let tokenizer: Tokenizer;
const documents = Array.from({ length: 200 }, (_, i) => `Page ${i} of the book. It has ${i * 7} words.`);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rankloop-rows-"));
  tokenizer = await loadTokenizer(await randomModel(join(dir, "base"), documents));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const mixed = (shortRowTokens: number, texts = documents) =>
  new MixedRows(() => texts, tokenizer, { rows: 2, rowTokens: 64, shortRowTokens }, 9);

test("the fourth step of four is on long rows, all have as many tokens, and no page is read twice", () => {
  const rows = mixed(16);
  const batches = Array.from({ length: 9 }, (_, i) => rows.batch(i));
  const [short, long] = [
    [8, 16],
    [2, 64],
  ];
  expect(batches.map(({ shape }) => shape)).toEqual([short, short, short, long, short, short, short, long, short]);
  expect(new Set(batches.map(({ feeds }) => feeds.ids.length))).toEqual(new Set([128]));
  const pages = batches.flatMap(({ feeds }) => tokenizer.decode([...feeds.ids]).match(/Page \d+(?= of)/g) ?? []);
  expect(pages.length).toBeGreaterThan(60);
  expect(new Set(pages).size).toBe(pages.length);
});

test("with short rows as long as the others it is one kind of rows, as they are packed", () => {
  const rows = mixed(512);
  const packed = packRows(() => documents, tokenizer, 18, 65);
  for (const i of [0, 3, 8]) expect(rows.batch(i)).toEqual({ feeds: rowsBatch(packed, 2 * i, 2), shape: [2, 64] });
  expect(rows.hash()).not.toBe(mixed(16).hash());
});

test("texts that run out are read again; without any there is nothing to train on", () => {
  const [page] = documents;
  const { feeds } = mixed(16, [page!]).batch(8);
  expect(tokenizer.decode([...feeds.ids])).toContain("Page 0 of the book");
  expect(() => mixed(16, [])).toThrow("There is no document to train on.");
});
