import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { countPairs, orderedPairs, type TiePolicy } from "../../lib/preference/pairs.ts";
import type { Tiers } from "../../lib/preference/ranking.ts";
import { anyTiers } from "../../lib/preference/tiers.fixture.ts";
import { lines, readComparisons, readDemonstrations } from "./data.ts";
import { jsonl } from "./models.fixture.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rankloop-data-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A ranking's lines as an export writes them. */
const ranked = (tiers: Tiers, ranking: string, policy: TiePolicy = "drop") =>
  orderedPairs(tiers, policy).map(({ chosen, rejected, chosenRank, rejectedRank }) => ({
    prompt: "Say a letter.",
    chosen,
    rejected,
    prompt_id: "p",
    ranking_id: ranking,
    chosen_id: chosen,
    rejected_id: rejected,
    chosen_rank: chosenRank,
    rejected_rank: rejectedRank,
  }));

async function read(records: readonly object[]) {
  const file = join(dir, "pairs.jsonl");
  await writeFile(file, jsonl(records));
  return await readComparisons(file);
}

test.each(["drop", "both"] as const)(
  "ties come back from the tiers in a ranking's lines (ties in the file: %s)",
  async (policy) => {
    await fc.assert(
      fc.asyncProperty(anyTiers, async (tiers) => {
        if (tiers.length < 2) return; // one tier: nothing strict, and no line that says which answers it had
        const [group, ...others] = await read(ranked(tiers, "r", policy));
        expect(others).toEqual([]);
        const { strict, tied } = countPairs(tiers);
        expect(group!.pairs).toHaveLength(strict);
        expect(group!.ties).toHaveLength(tied);
        for (const [one, other] of group!.ties) {
          const tier = tiers.find((labels) => labels.includes(group!.answers[one]!));
          expect(tier).toContain(group!.answers[other]!);
        }
      }),
      { numRuns: 30 },
    );
  },
);

test("a file of whole rankings says what a file of their pairs says, and rankings of one tier do not vanish", async () => {
  await fc.assert(
    fc.asyncProperty(anyTiers, async (tiers) => {
      const labels = tiers.flat().toSorted();
      const places = tiers.map((tier) => tier.map((label) => labels.indexOf(label)));
      const answers = labels.map((text) => ({ id: text, text }));
      const whole = { prompt: "Say a letter.", prompt_id: "p", ranking_id: "r", answers, tiers: places };
      const [group, ...others] = await read([whole]);
      expect(others).toEqual([]);
      const { strict, tied } = countPairs(tiers);
      expect([group!.pairs.length, group!.ties.length]).toEqual([strict, tied]);
      const named = (pairs: [number, number][]) => pairs.map((pair) => pair.map((i) => group!.answers[i]!));
      expect(named(group!.pairs)).toEqual(orderedPairs(tiers).map(({ chosen, rejected }) => [chosen, rejected]));
      for (const pair of named(group!.ties)) {
        expect(tiers.filter((tier) => pair.every((label) => tier.includes(label)))).toHaveLength(1);
      }
      if (tiers.length > 1) {
        const [fromPairs] = await read(ranked(tiers, "r"));
        expect(named(group!.pairs)).toEqual(fromPairs!.pairs.map((pair) => pair.map((i) => fromPairs!.answers[i]!)));
      }
    }),
    { numRuns: 40 },
  );
  // Without ids, each ranking's answers are its own; a line of either kind may follow the other.
  const plain = { prompt: "Hi?", answers: [{ text: "Yes." }, { text: "No." }], tiers: [[1], [0]] };
  const groups = await read([plain, { prompt: "Hi?", chosen: "Maybe.", rejected: "Never." }]);
  expect(groups.map(({ answers }) => answers)).toEqual([
    ["No.", "Yes."],
    ["Maybe.", "Never."],
  ]);
  await expect(read([{ ...plain, tiers: [[1]] }])).rejects.toThrow(
    'pairs.jsonl:1: "tiers": it does not name each answer once, by its place from 0.',
  );
});

test("two labelers' rankings of the same answers make one group: a tie of one does not undo the other's order", async () => {
  const [group] = await read([...ranked([["A"], ["B", "C"]], "r1"), ...ranked([["A"], ["B"], ["C"]], "r2")]);
  expect(group!.answers).toEqual(["A", "B", "C"]);
  expect(group!.pairs).toHaveLength(5);
  expect(group!.ties).toEqual([[1, 2]]);
});

test("lines without ranks have no ties, and a line of equal ranks is one", async () => {
  const line = { prompt: "p", chosen: "a", rejected: "b" };
  expect((await read([line]))[0]).toMatchObject({ pairs: [[0, 1]], ties: [] });
  expect((await read([{ ...line, chosen_rank: 1, rejected_rank: 1 }]))[0]).toMatchObject({ pairs: [], ties: [[0, 1]] });
});

test("demonstrations are read as texts and as turns; an empty file is refused", async () => {
  const file = join(dir, "demonstrations.jsonl");
  const turns = [{ role: "user", content: "Hi" }];
  await writeFile(
    file,
    jsonl([
      { prompt: "Hi", completion: "Hello.", prompt_id: "p", split: "valid" },
      { prompt: turns, completion: [{ role: "assistant", content: "Hello." }] },
    ]),
  );
  expect(await readDemonstrations(file)).toEqual([
    { promptKey: "p", prompt: "Hi", answer: "Hello.", split: "valid" },
    { promptKey: "Hi", prompt: turns, answer: "Hello.", split: undefined },
  ]);
  await writeFile(file, "");
  await expect(readDemonstrations(file)).rejects.toThrow("has no demonstration in it");
});

test("a line may be long, and is put together from its parts once", async () => {
  const file = join(dir, "long.jsonl");
  const long = "x ".repeat(10_000_000);
  await writeFile(file, `short\n${long}\nlast`);
  // Bytes that are copied to put parts together: each once, not once for every part that came before.
  const concat = vi.spyOn(Buffer, "concat");
  const found: [number, number][] = [];
  for await (const [line, number] of lines(file)) found.push([number, line.length]);
  const copied = concat.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
  concat.mockRestore();
  expect(found).toEqual([
    [1, 5],
    [2, long.length],
    [3, 4],
  ]);
  expect(copied).toBe(5 + long.length + 4);
  await writeFile(file, `{"prompt":"a","completion":"${long}`);
  await expect(readDemonstrations(file)).rejects.toThrow("long.jsonl:1: the line is not whole JSON.");
});

test("a line longer than the limit is refused in one sentence, and not read to its end", async () => {
  const file = join(dir, "longest.jsonl");
  await writeFile(file, '{"prompt":"a","completion":"b"}\n');
  // A hole in the file takes no room on the disk.
  await truncate(file, 2 ** 31);
  await expect(readDemonstrations(file)).rejects.toThrow(/longest\.jsonl:2: the line is longer than 128 MB\.$/);
});
