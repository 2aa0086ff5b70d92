// Round trips: what goes out of one project comes into an empty one, and goes out of that byte for byte the same.
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addProject } from "../../db/database.fixture.ts";
import type { Context } from "../context.ts";
import {
  addTinyModels,
  type Installation,
  plain,
  ranked,
  settings,
  temporaryInstallation,
  writeWaiting,
} from "../installation.fixture.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { createComparison } from "../ranking/generate.ts";
import { submitRanking } from "../ranking/submit.ts";
import type { PromptContent } from "../vocabulary/conversation.ts";
import { createPrompt } from "../writing/prompts.ts";
import type { Asked } from "./choices.ts";
import { openExport } from "./export.ts";
import { bytesInNode } from "./files/in-node.ts";
import { importFile, surveyFile } from "./import-file.ts";
import { doorOf } from "./imports.ts";
import { fileName, outFile } from "./out-file.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
});
afterEach(() => installation.remove());

async function rank(prompt: PromptContent, texts: readonly string[], notation: string) {
  const { admin } = installation.as;
  const { id: promptId } = await createPrompt(admin, plain(prompt, "open QA"));
  const { id } = await createComparison(admin, { ...settings, promptId, k: texts.length });
  await writeWaiting(admin, id, [...texts]);
  await submitRanking(admin, { id: (await nextAssignment(admin))!.id, ...ranked(notation) });
}

async function fill() {
  const { admin } = installation.as;
  const turns = [
    { role: "system" as const, content: "Be brief." },
    { role: "user" as const, content: "One\u2028two, “three”?" },
    { role: "assistant" as const, content: "Yes;\nno." },
    { role: "user" as const, content: "=1+1?" },
  ];
  await rank(turns, ["=2", "Two.", "'=2"], "B>A=C");
  await rank(turns.slice(1), ["-3", 'Three, "quoted"', "3", "@three"], "D>B>A=C");
  await rank("Where?", ["Here.", "There."], "A>B");
  await createPrompt(admin, plain([...turns.slice(0, 3), { role: "user", content: "2+2?" }], "chat", "+4\r\nis four"));
  await createPrompt(admin, plain("Why?", "chat", "Because."));
}

async function fileOf(ctx: Context, asked: Asked) {
  const { plan, rows, tally } = await openExport(ctx, asked);
  return { name: fileName(plan), bytes: await buffer(outFile(plan, rows)), tally };
}

/** A project with nothing in it but what this file says. */
async function imported({ name, bytes }: { name: string; bytes: Uint8Array }): Promise<Context> {
  const ctx = { ...installation.as.admin, project: await addProject(installation.db) };
  const file = bytesInNode(name, bytes);
  const terms = { name, revision: "", licence: "", useCase: "open QA" as const };
  const report = await importFile(doorOf(ctx), file, await surveyFile(file), terms);
  expect(report).toMatchObject({ leftOut: 0 });
  return ctx;
}

const carried: Asked[] = [
  ...(
    [
      "trl",
      "trl-implicit",
      "openai",
      "hh-rlhf",
      "llama-factory",
      "axolotl",
      "axolotl-reward",
      "nemo-rl",
      "arena",
    ] as const
  ).map((format) => ({
    dataset: "comparisons" as const,
    format,
    file: "jsonl" as const,
  })),
  ...(["nectar", "nemo-rl", "oasst"] as const).map((format) => ({
    dataset: "rankings" as const,
    format,
    file: "jsonl" as const,
  })),
  ...(["trl", "openai", "llama-factory", "alpaca"] as const).map((format) => ({
    dataset: "demonstrations" as const,
    format,
    file: "jsonl" as const,
  })),
  { dataset: "prompts", format: "trl", file: "jsonl" },
  ...(["jsonl", "csv", "parquet"] as const).flatMap((file) =>
    (["comparisons", "demonstrations", "prompts"] as const).map((dataset) => ({
      ...{ dataset, format: "trl-text" as const, file },
    })),
  ),
  { dataset: "comparisons", format: "trl", file: "jsonl", gzip: true },
  { dataset: "comparisons", format: "trl", file: "parquet" },
  { dataset: "rankings", format: "nemo-rl", file: "parquet" },
  { dataset: "comparisons", format: "arena", file: "csv" },
  { dataset: "demonstrations", format: "openai", file: "parquet" },
];

test.each(carried)("$dataset as $format, $file", async (asked) => {
  await fill();
  const sent = await fileOf(installation.as.admin, asked);
  expect(sent.tally.lines).toBeGreaterThan(0);
  const back = await fileOf(await imported(sent), asked);
  if (asked.file === "jsonl" && !asked.gzip) expect(back.bytes.toString()).toBe(sent.bytes.toString());
  else expect(back.bytes.equals(sent.bytes)).toBe(true);
});

test("whole rankings come back with their order, texts and labelers; ids, times and the order shown are the project's own", async () => {
  await fill();
  const sent = await fileOf(installation.as.admin, { dataset: "rankings" });
  const back = await fileOf(await imported(sent), { dataset: "rankings" });
  const said = (bytes: Buffer) =>
    bytes
      .toString()
      .trim()
      .split("\n")
      .map((line) => {
        const { prompt, answers, tiers, labeler, use_case, split } = JSON.parse(line);
        const texts = (tiers as number[][]).map((tier) => tier.map((place) => answers[place].text).toSorted());
        return { prompt, texts, labeler, use_case, split };
      });
  expect(said(back.bytes)).toEqual(said(sent.bytes));
});
