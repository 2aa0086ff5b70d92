// What goes out: each set in each of its formats and files, and counts that add up whatever is chosen.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  addTinyModels,
  type Installation,
  listed,
  plain,
  ranked,
  settings,
  temporaryInstallation,
  writeWaiting,
} from "../installation.fixture.ts";
import { jsonlLine } from "../preference/jsonl.ts";
import { formatRanking } from "../preference/ranking.ts";
import { anyTiers } from "../preference/tiers.fixture.ts";
import { updateSettings } from "../project/settings.ts";
import { nextAssignment, skipAssignment } from "../ranking/assignments.ts";
import { createComparison } from "../ranking/generate.ts";
import { submitRanking } from "../ranking/submit.ts";
import type { Message, PromptContent } from "../vocabulary/conversation.ts";
import type { Role } from "../vocabulary/labeling.ts";
import type { Submission } from "../vocabulary/shapes.ts";
import { createPrompt } from "../writing/prompts.ts";
import { type Asked, outSets, type Tally, tieChoices } from "./choices.ts";
import { openExport } from "./export.ts";
import { bytesInNode } from "./files/in-node.ts";
import { rowFile } from "./files/row-file.ts";
import { formatNamed, itemsIn } from "./formats/index.ts";
import { outFile, sampleRow } from "./out-file.ts";
import { formatsOf } from "./out-formats.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
});
afterEach(() => installation.remove());

type Row = Record<string, unknown>;

async function out(asked: Asked): Promise<{ rows: Row[]; tally: Tally }> {
  const { rows, tally } = await openExport(installation.as.engineer, asked);
  return { rows: (await listed(rows)).flat() as Row[], tally };
}

async function fileOf(asked: Asked): Promise<Buffer> {
  const { plan, rows } = await openExport(installation.as.engineer, asked);
  return buffer(outFile(plan, rows));
}

/** A prompt with these answers, ranked by each of these people. */
async function rank(
  prompt: PromptContent,
  texts: readonly string[],
  by: Partial<Record<Role, string | Submission>>,
  written?: string,
) {
  const { admin } = installation.as;
  const { id: promptId } = await createPrompt(admin, plain(prompt, "open QA"));
  const k = texts.length;
  const own = written === undefined ? [] : [{ text: written }];
  const comparison = await createComparison(admin, { ...settings, promptId, k, written: own, wanted: 9 });
  await writeWaiting(admin, comparison.id, [...texts]);
  for (const [role, said] of Object.entries(by)) {
    const next = (await nextAssignment(installation.as[role as Role]))!;
    await submitRanking(installation.as[role as Role], {
      id: next.id,
      ...(typeof said === "string" ? ranked(said) : said),
    });
  }
  return { promptId, comparisonId: comparison.id };
}

const turns: Message[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "One\u2028two\u2029three\u0085four" },
  { role: "assistant", content: "Yes." },
  { role: "user", content: "=1+1?" },
];

/** What everything that can go out stands in. */
async function everything() {
  const { labeler, writer } = installation.as;
  const said: Submission = {
    ...ranked("B>A=C"),
    ratings: [
      { label: "A", likert: 6, flags: ["satisfies-constraint"], note: 'Good,\n"so"; so.', spentMs: 5 },
      { label: "B", likert: 4, flags: [], note: "", spentMs: 0 },
      { label: "C", likert: 7, flags: ["hallucination"], note: "=HYPERLINK()", spentMs: 1 },
    ],
    promptFlags: ["ambiguous", "intent-unclear"],
    guards: [{ kind: "rating-contradicts", said: "B (4 of 7) is ranked above A (6 of 7).", heeded: false }],
  };
  await rank(turns, ["  Because. \n", "=2", "Say <|endoftext|> and <|im_start|>."], {
    labeler: said,
    annotator: "A=B=C",
  });
  await rank("Where?", ["Here.", "There."], { labeler: "B>A=C" }, "Somewhere.");
  await createPrompt(writer, plain("Why?", "chat", "  Because <|endoftext|>. \n"));
  await createPrompt(writer, plain(turns, "chat", "=cmd|' /C calc'!A0"));
  const { id: promptId } = await createPrompt(writer, plain("What?"));
  const { id } = await createComparison(labeler, { ...settings, promptId, k: 2 });
  await writeWaiting(labeler, id, ["a", "b"]);
  for (let next = await nextAssignment(labeler); next; next = await nextAssignment(labeler)) {
    await skipAssignment(labeler, { id: next.id, reason: "unclear" });
  }
}

const everyFormat = outSets.flatMap((dataset) => formatsOf(dataset).map((format) => ({ dataset, format })));

/** Every value of a row, whatever it stands in. */
const valuesIn = (value: unknown): unknown[] =>
  typeof value === "object" && value !== null ? Object.values(value).flatMap(valuesIn) : [value];

/** Has a value the keys of the sample in their order, and values of its kinds? Each item of a list is like the sample's. */
function isLike(value: unknown, sample: unknown): boolean {
  if (Array.isArray(value)) return Array.isArray(sample) && value.every((one) => isLike(one, sample[0]));
  if (typeof value !== "object" || value === null) return typeof value === typeof sample;
  const fields = Object.entries(value);
  const known = Object.entries(sample as Row);
  return (
    fields.length === known.length &&
    fields.every(([name, one], at) => name === known[at]?.[0] && isLike(one, known[at]?.[1]))
  );
}

test("every line has the same keys in the same order and no nulls, in each format and in each kind of file", async () => {
  await everything();
  for (const { dataset, format } of everyFormat) {
    const asked = { dataset, format, ties: dataset === "comparisons" ? "both" : "drop" } as const;
    const { rows, tally } = await out(asked);
    const what = `${dataset} ${format}`;
    expect(rows.length, what).toBe(tally.lines);
    expect(rows.length, what).toBeGreaterThan(0);
    const { plan } = await openExport(installation.as.engineer, asked);
    const sample = sampleRow(plan);
    for (const row of rows) {
      expect(isLike(row, sample), `${what}: ${JSON.stringify(row)} is not like ${JSON.stringify(sample)}`).toBe(true);
      expect(valuesIn(row), what).not.toContain(null);
      expect(valuesIn(row), what).not.toContain(undefined);
    }
    const text = (await fileOf(asked)).toString();
    // As Node's readline and Python's splitlines break lines.
    const lines = text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/);
    expect(lines.pop(), what).toBe("");
    expect(
      lines.map((line) => JSON.parse(line)),
      what,
    ).toEqual(rows);
    expect(gunzipSync(await fileOf({ ...asked, gzip: true })).toString(), what).toBe(text);

    const cells = parse(await fileOf({ ...asked, file: "csv" }), { bom: true, columns: true }) as Row[];
    const cell = (value: unknown) => (typeof value === "object" ? jsonlLine(value) : String(value));
    const unquoted = (value: unknown) => String(value).replace(/^'(?='*[=+\-@\s])/, "");
    expect(
      cells.map((row) => Object.values(row).map(unquoted)),
      what,
    ).toEqual(rows.map((row) => Object.values(row).map(cell)));
    for (const value of cells.flatMap((row) => Object.values(row))) expect(value, what).not.toMatch(/^[=+@]/);

    if (plan.format.trees) {
      await expect(fileOf({ ...asked, file: "parquet" }), what).rejects.toThrow("choose JSON lines");
      continue;
    }
    const bytes = new Uint8Array(await fileOf({ ...asked, file: "parquet" }));
    const read = await parquetReadObjects({ file: bytes.buffer });
    const numbers = (_: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value);
    expect(JSON.parse(JSON.stringify(read, numbers)), what).toEqual(rows);
  }
});

test("DuckDB, which is not ours, finds the same rows in JSON lines and in Parquet", async () => {
  await everything();
  const duck = await (await DuckDBInstance.create(":memory:")).connect();
  for (const { dataset, format } of everyFormat) {
    const asked = { dataset, format } as const;
    const { plan } = await openExport(installation.as.engineer, asked);
    const { rows } = await out(asked);
    const readAs = async (file: "jsonl" | "parquet", table: (path: string) => string) => {
      const path = join(installation.directory, `rows.${file}`);
      writeFileSync(path, await fileOf({ ...asked, file }));
      const found = await duck.runAndReadAll(`select to_json(t) from ${table(path)} t`);
      return found.getRows().map(([row]) => JSON.parse(String(row)));
    };
    const what = `${dataset} ${format}`;
    // As they stand in the file: it would take what looks like a time for one.
    const columns = Object.keys(rows[0] ?? {}).map((name) => `"${name}": 'JSON'`);
    const lines = (path: string) => `read_json('${path}', format = 'newline_delimited', columns = {${columns.join()}})`;
    expect(await readAs("jsonl", lines), what).toEqual(rows);
    if (plan.format.trees) continue;
    expect(await readAs("parquet", (path) => `read_parquet('${path}')`), what).toEqual(rows);
  }
});

test("in votes the side of an answer says nothing of how good it is, and the row says which is better", async () => {
  await everything();
  const better = (row: Row) => (row.winner_model_a === 1 ? row.response_a : row.response_b);
  const { rows } = await out({ dataset: "comparisons", format: "arena" });
  for (const { response_a, response_b } of rows as Row[]) {
    const [a, b] = [response_a, response_b].map((said) => String(JSON.parse(String(said)).at(-1)));
    expect(a! < b!).toBe(true);
  }
  const { rows: all } = await out({ dataset: "comparisons", format: "trl" });
  const pairs = (all as { prompt: { role: string }[]; chosen: { content: string }[] }[]).filter(
    ({ prompt }) => prompt[0]?.role === "user",
  );
  expect(rows.map((row) => JSON.parse(String(better(row as Row))).at(-1))).toEqual(
    pairs.map(({ chosen }) => chosen[0]?.content),
  );
});

test("strict + tied = C(K,2) under every policy, and every line is counted", async () => {
  await updateSettings(installation.as.admin, { rateFirst: false });
  const shapes = fc.sample(anyTiers, { seed: 5, numRuns: 12 });
  let pairs = 0;
  for (const [index, tiers] of shapes.entries()) {
    const k = tiers.flat().length;
    pairs += (k * (k - 1)) / 2;
    // Two answers say the same where there are more than three.
    const texts = Array.from({ length: k }, (_, place) => `${index}: ${k > 3 && place === 1 ? 0 : place}`);
    const apart = { kind: "twins-apart" as const, said: "", heeded: false };
    const said = { ...ranked(formatRanking(tiers)), ratings: [], guards: k > 3 ? [apart] : [] };
    await rank(`prompt ${index}`, texts, { labeler: said });
  }
  const { tied } = (await out({ dataset: "comparisons" })).tally;
  expect(tied).toBeGreaterThan(0);
  for (const ties of tieChoices) {
    for (const format of ["text", "trl", "hh-rlhf"] as const) {
      const { rows, tally } = await out({ dataset: "comparisons", ties, format });
      expect(tally.strict + tally.tied).toBe(pairs);
      expect(tally.tiedLines).toBe({ drop: 0, both: 2 * tied, keep: tied }[ties]);
      expect(tally.equal).toBeGreaterThan(0);
      expect(tally.lines).toBe(tally.strict + tally.tiedLines - tally.equal - tally.refused);
      expect(rows).toHaveLength(tally.lines);
      if (ties !== "keep") continue;
      expect(rows.filter(({ label }) => label === 0.5).length).toBeLessThanOrEqual(tied);
      expect(new Set(rows.map(({ label }) => label))).toEqual(new Set([1, 0.5]));
    }
  }
});

test("a ranking is one record, and comes back from it as it was", async () => {
  await everything();
  const { rows, tally } = await out({ dataset: "rankings", trim: false });
  expect(tally).toMatchObject({ read: 3, merged: 0, lines: 3 });
  expect(rows[0]).toMatchObject({
    prompt: turns,
    prompt_kind: "plain",
    use_case: "open QA",
    labeler: "labeler",
    ranking_version: 1,
    ranked_at: installation.clock.now,
    answers: [
      { text: "  Because. \n", writer: "lm model", sampling: [{ temperature: 1, top_p: 1, max_tokens: 16 }] },
      {},
      {},
    ],
    tiers: [[1], [0, 2]],
    ratings: [
      { answer: 0, likert: 6, flags: ["satisfies-constraint"], note: 'Good,\n"so"; so.', spent_ms: 5 },
      { answer: 1 },
      { answer: 2, flags: ["hallucination"] },
    ],
    prompt_flags: ["ambiguous", "intent-unclear"],
    guards: [{ kind: "rating-contradicts", heeded: false }],
  });
  // A person wrote one of these, which nobody drew.
  expect((rows[2]!.answers as Row[]).filter(({ sampling }) => (sampling as []).length === 0)).toMatchObject([
    { writer: "admin", text: "Somewhere." },
  ]);
  const codec = formatNamed("rankloop-rankings");
  for (const row of rows) {
    const stored = JSON.parse(jsonlLine(row));
    expect(jsonlLine(codec.write!(itemsIn(codec, stored)[0]!))).toBe(jsonlLine(row));
  }
});

describe("which rankings", () => {
  test("the majority of several stands for them; the first of each prompt goes out alone", async () => {
    const { promptId } = await rank("Which?", ["a", "b", "c"], {
      labeler: "A>B>C",
      annotator: "A>C>B",
      reviewer: "B>A>C",
    });
    await rank("And?", ["d", "e"], { labeler: "A=B" });
    const majority = await out({ dataset: "rankings", rankings: "majority" });
    expect(majority.tally).toMatchObject({ read: 4, merged: 2, lines: 2 });
    expect(majority.rows).toMatchObject([
      { prompt_id: promptId, tiers: [[0], [1], [2]], labeler: "", ratings: [] },
      { tiers: [[0, 1]], labeler: "labeler" },
    ]);
    expect(majority.rows[0]!.ranking_id).toBe(majority.rows[0]!.comparison_id);
    const pairs = await out({ dataset: "comparisons", rankings: "majority" });
    expect(pairs.tally).toMatchObject({ read: 4, merged: 2, strict: 3, tied: 1, lines: 3 });
    const first = await out({ dataset: "rankings", rankings: "first" });
    expect(first.tally).toMatchObject({ read: 4, merged: 2, lines: 2 });
    expect(first.rows.map(({ labeler }) => labeler)).toEqual(["labeler", "labeler"]);
    const some = await out({ dataset: "rankings", labelers: "annotator, reviewer", rankings: "majority" });
    expect(some.rows).toMatchObject([{ tiers: [[0], [1, 2]] }]);
  });

  test("filters leave what they say", async () => {
    await everything();
    const left = async (asked: Partial<Asked>) => (await out({ dataset: "rankings", ...asked })).tally.read;
    expect(await left({ labelers: "annotator" })).toBe(1);
    expect(await left({ flag: "hallucination" })).toBe(1);
    expect(await left({ withoutFlag: "hallucination" })).toBe(2);
    expect(await left({ flag: "ambiguous" })).toBe(1);
    expect(await left({ withoutGuard: "rating-contradicts" })).toBe(2);
    expect(await left({ withoutGuard: "untouched-order" })).toBe(3);
    expect(await left({ model: "lm model" })).toBe(3);
    expect(await left({ model: "another" })).toBe(0);
    expect(await left({ useCase: "open QA" })).toBe(3);
    expect(await left({ useCase: "chat" })).toBe(0);
    const { now } = installation.clock;
    expect([await left({ from: now }), await left({ from: now + 1 })]).toEqual([3, 0]);
    expect([await left({ until: now }), await left({ until: now + 1 })]).toEqual([0, 3]);
    const of = async (dataset: "demonstrations" | "prompts" | "skips" | "ratings", asked: Partial<Asked>) =>
      (await out({ dataset, ...asked })).tally.read;
    expect(await of("demonstrations", { labelers: "writer", useCase: "chat" })).toBe(2);
    expect(await of("demonstrations", { labelers: "admin" })).toBe(0);
    expect(await of("prompts", { labelers: "writer" })).toBe(3);
    expect(await of("skips", { labelers: "labeler" })).toBe(await of("skips", {}));
    expect(await of("skips", { labelers: "annotator" })).toBe(0);
  });

  test("choices that a set does not have are refused in one sentence", async () => {
    const refused = (asked: Asked) => expect(out(asked)).rejects;
    await refused({ dataset: "prompts", format: "nectar" }).toThrow(
      "There is no such export: prompts go out as text, conversational, trl, trl-text, verl.",
    );
    await refused({ dataset: "prompts", flag: "ambiguous" }).toThrow(
      "Models, flags and warnings belong to rankings: prompts have none.",
    );
    await refused({ dataset: "ratings", rankings: "first" }).toThrow("Which rankings go out is chosen");
    await refused({ dataset: "rankings", ties: "both" }).toThrow("What ties become is chosen for pairs alone.");
    await refused({ dataset: "comparisons", format: "openai", ties: "keep" }).toThrow(
      "OpenAI preference has no place for the label of a tie.",
    );
  });
});

describe("texts", () => {
  test("answers are trimmed in formats with turns, and only there, unless one says otherwise; the lines are counted", async () => {
    await everything();
    const completions = async (asked: Partial<Asked>) => {
      const { rows, tally } = await out({ dataset: "demonstrations", ...asked });
      return [(rows[0]!.completion as [{ content: string }] | string) ?? "", tally.trimmed];
    };
    const because = "Because <|endoftext|>.";
    expect(await completions({ format: "conversational" })).toEqual([[{ role: "assistant", content: because }], 1]);
    expect(await completions({ format: "conversational", trim: false })).toEqual([
      [{ role: "assistant", content: `  ${because} \n` }],
      0,
    ]);
    expect(await completions({})).toEqual([`  ${because} \n`, 0]);
    expect(await completions({ trim: true })).toEqual([because, 1]);
  });

  test("tokens that people typed are counted by line, and masked on demand", async () => {
    await everything();
    const plainly = await out({ dataset: "demonstrations" });
    expect(plainly.tally).toMatchObject({ typed: 1, tokens: ["<|endoftext|>"] });
    const masked = await out({ dataset: "demonstrations", mask: true });
    expect(masked.tally).toMatchObject({ typed: 1, tokens: ["<|endoftext|>"] });
    expect(masked.rows[0]!.completion).toBe("  Because < |endoftext|>. \n");
    // In both pairs with the answer that holds them.
    expect((await out({ dataset: "comparisons" })).tally).toMatchObject({
      typed: 1,
      tokens: ["<|endoftext|>", "<|im_start|>"],
    });
  });

  test("what a format cannot say is counted", async () => {
    await everything();
    const { rows, tally } = await out({ dataset: "comparisons", format: "hh-rlhf" });
    expect(tally).toMatchObject({ strict: 4, refused: 2, lines: 2 });
    const dialogue = expect.stringMatching(/^\n\nHuman: Where\?\n\nAssistant: \w+\.$/);
    expect(rows).toEqual(Array(2).fill({ chosen: dialogue, rejected: dialogue }));
    // In the middle of the scale and without a flag, an answer is neither good nor bad.
    expect((await out({ dataset: "ratings", format: "kto" })).tally).toMatchObject({ read: 3, refused: 7, lines: 2 });
    expect((await out({ dataset: "comparisons" })).tally.flattened).toBe(2);
  });

  test("with pseudonyms nobody's name is in the file, and a person has one everywhere", async () => {
    await everything();
    const names = /"(labeler|annotator|writer|admin)"/;
    for (const dataset of outSets) {
      const rows = async (pseudonyms: boolean) => (await fileOf({ dataset, pseudonyms })).toString();
      const named = (text: string) => text.split("\n").some((line) => names.test(line.replaceAll(/"[a-z_]+":/g, "")));
      expect(named(await rows(true)), dataset).toBe(false);
      expect(named(await rows(false)), dataset).toBe(dataset !== "prompts");
      expect(await rows(true)).toBe(await rows(true));
    }
    const { rows } = await out({ dataset: "rankings", pseudonyms: true });
    const { rows: skips } = await out({ dataset: "skips", pseudonyms: true });
    expect(rows[0]!.labeler).toBe(skips[0]!.labeler);
    expect(new Set(rows.map(({ labeler }) => labeler)).size).toBe(2);
  });

  test("a spreadsheet runs no cell, and this program's own reader takes it as it was", async () => {
    await everything();
    const asked = { dataset: "demonstrations", file: "csv" } as const;
    const bytes = await fileOf(asked);
    expect(bytes.toString()).toContain("'=cmd|' /C calc'!A0");
    const { open, name, unpack, parquet } = bytesInNode("demonstrations.csv", bytes);
    const { rows } = await rowFile(open(), name, unpack, parquet);
    const values = (await listed(rows)).map((row) => ("value" in row ? (row.value as Row).completion : row.problem));
    expect(values).toEqual((await out({ dataset: "demonstrations" })).rows.map(({ completion }) => completion));
  });
});

const cases = join(import.meta.dirname, "../../../shared/cases");
const body = (name: string) => JSON.parse(readFileSync(join(cases, name, "body.json"), "utf8"));

describe.skipIf(!existsSync(cases))("faults of other tools (../shared/cases, absent here: skipped)", () => {
  async function written(name: string) {
    const { prompt, useCase, demonstration } = body(name);
    await createPrompt(installation.as.writer, plain(prompt, useCase, demonstration));
    return demonstration as string;
  }

  test("B14: no reader of lines breaks a line up", async () => {
    await written("B14-line-separators");
    for (const dataset of ["prompts", "demonstrations"] as const) {
      const text = (await fileOf({ dataset })).toString();
      expect(text.split(/[\n\u0085\u2028\u2029]/)).toHaveLength(2);
      expect(text).toContain("One\\u2028two\\u2029three\\u0085four");
    }
  });

  test("B18: answers are trimmed as turns, and the lines that were are counted", async () => {
    const demonstration = await written("B18-trim");
    const { rows, tally } = await out({ dataset: "demonstrations", format: "conversational" });
    expect(rows[0]!.completion).toEqual([{ role: "assistant", content: demonstration.trim() }]);
    expect(tally.trimmed).toBe(1);
  });

  test("B6: tokens that end a text for a tokenizer are counted by name", async () => {
    await written("B6-special-tokens");
    const { tally } = await out({ dataset: "demonstrations" });
    expect(tally).toMatchObject({ typed: 1, tokens: ["<|endoftext|>", "<|im_start|>"] });
  });
});
