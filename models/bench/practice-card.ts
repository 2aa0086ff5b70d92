// The card of the practice model, with its figures and answers as they come: writes README.md into its directory.
// node models/bench/practice-card.ts [--model models/zoo/practice] --took "20 min on two cores" --commit HASH
//   [--against models/zoo/world-6m] [--tasks 1000] [--prompts FILE.jsonl …] [--keep DIR] [--threads 2]
// --keep: answers are kept there, and asked for once.
// --prompts: files of {"prompt"} a line, of the world outside; their answers go to FILE.jsonl.answers, to be read.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { messagesOf, type PromptContent, promptText } from "../../lib/vocabulary/conversation.ts";
import { describeModel } from "../gpt/checkpoint.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { bootstrap, type Interval, mean } from "../interval.ts";
import { Random } from "../random.ts";
import { practiceModel } from "../train/base-sizes.ts";
import { goldScore, winRate } from "../train/gold.ts";
import { type SampledAnswer, sampleAnswers } from "../train/sample-answers.ts";
import { readText } from "../world/answer-text.ts";
import type { Task } from "../world/asking.ts";
import { flaggedIn } from "../world/flagged.ts";
import { judge } from "../world/judge.ts";
import { outsidePrompt } from "../world/outside.ts";
import { partOfPrompt } from "../world/parts.ts";
import { isDeclining } from "../world/practice.ts";
import { answerTokens, heldOutTasks, withInterval } from "./gold.ts";
import { insidePrompts, outsidePrompts } from "./natural-prompts.ts";

/** How the application asks unless told otherwise: lib/api/limits.ts. */
const temperature = 0.7;
const k = 4;

const { values } = parseArgs({
  options: {
    model: { type: "string", default: join("models", "zoo", practiceModel.name) },
    against: { type: "string", default: join("models", "zoo", practiceModel.base) },
    took: { type: "string" },
    commit: { type: "string" },
    tasks: { type: "string", default: "1000" },
    prompts: { type: "string", multiple: true, default: [] },
    keep: { type: "string" },
    threads: { type: "string" },
  },
});
const { model, against, took, commit } = values;
if (!took || !commit) throw new Error("A card needs --took and --commit.");
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };

/** K answers to each prompt: [prompt][k] */
async function ask(from: string, prompts: readonly PromptContent[], at: number, samples = 1) {
  const repeated = prompts.flatMap((prompt) => Array.from({ length: samples }, () => prompt));
  const asked = { model: from, prompts: repeated, answerTokens, temperature: at };
  const weights = await readFile(join(from, "model.safetensors"));
  const name = createHash("sha256").update(JSON.stringify(asked)).update(weights).digest("hex").slice(0, 16);
  const file = values.keep && join(values.keep, `${name}.json`);
  const kept = file && existsSync(file);
  const answers: SampledAnswer[] = kept
    ? JSON.parse(await readFile(file, "utf8"))
    : await sampleAnswers({ ...asked, ...threads });
  if (file && !kept) await writeFile(file, JSON.stringify(answers));
  return prompts.map((_, i) => answers.slice(i * samples, (i + 1) * samples));
}

const scoresOf = (tasks: readonly Task[], answers: readonly (readonly SampledAnswer[])[]) => ({
  scores: tasks.map((task, i) => answers[i]!.map(({ text }) => judge(task, text).score)),
});
const share = (flags: readonly boolean[]): Interval => bootstrap(flags.map(Number), mean);
const percent = ({ value, low, high }: Interval) =>
  `${(100 * value).toFixed(1)} % [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;

/** Of the pairs of answers to one prompt, the share that are the same words. */
const equalPairs = (answers: readonly SampledAnswer[]): number => {
  const pairs = answers.flatMap(({ text }, i) => answers.slice(i + 1).map((other) => Number(text === other.text)));
  return mean(pairs);
};
const spread = (scores: readonly number[]): number => Math.sqrt(mean(scores.map((x) => (x - mean(scores)) ** 2)));

const tasks = heldOutTasks(Number(values.tasks), 1);
const prompts = tasks.map(({ prompt }) => prompt);
const several = tasks.slice(0, Math.ceil(tasks.length / 4));
const base = await ask(against, prompts, 1);
const baseSeveral = await ask(against, prompts.slice(0, several.length), 1, k);
const own = await ask(model, prompts, temperature);
const [ownScores, baseScores] = [scoresOf(tasks, own), scoresOf(tasks, base)];

const r = new Random(1);
const outside: PromptContent[] = [];
while (outside.length < tasks.length) {
  const prompt = outsidePrompt(r);
  if (partOfPrompt(prompt) === "test") outside.push(prompt);
}
const declined = await ask(model, outside, temperature);

const ownSeveral = await ask(model, prompts.slice(0, several.length), temperature, k);
const outsideSeveral = await ask(model, outside.slice(0, several.length), temperature, k);
const spreadOf = (answers: typeof own) => bootstrap(scoresOf(several, answers).scores.map(spread), mean);
const equalOf = (answers: typeof own) => bootstrap(answers.map(equalPairs), mean);

/** Other files of prompts from outside. Those that leave no room for an answer are refused by the application, too. */
async function ofFile(file: string) {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  const all = lines.map((line) => (JSON.parse(line) as { prompt: PromptContent }).prompt);
  const tokenizer = await loadTokenizer(model);
  const { config } = await describeModel(model);
  const fitting = all.filter((prompt) => tokenizer.encodePrompt(prompt).length + answerTokens <= config.nCtx);
  const answers = (await ask(model, fitting, temperature)).map(([answer]) => answer!);
  await writeFile(
    `${file}.answers`,
    fitting
      .map((prompt, i) => `${JSON.stringify(prompt)}\n    ${answers[i]!.text.replace(/\n/g, "\n    ")}\n`)
      .join("\n"),
  );
  return { name: basename(file).replace(/\.\w+$/, ""), all: all.length, answers };
}
const others = [];
for (const file of values.prompts) others.push(await ofFile(file));

const inside30 = (await ask(model, insidePrompts, temperature)).map(([answer]) => answer!);
const outside30 = (await ask(model, outsidePrompts, temperature)).map(([answer]) => answer!);

const everything = [own, declined, ownSeveral, outsideSeveral].flat(2).concat(...others.map(({ answers }) => answers));
const flagged = everything.filter(({ text }) => flaggedIn(readText(text)).count > 0).length;
const caught = (answers: readonly SampledAnswer[]) => answers.map(({ text }) => isDeclining(text));
const grouped = (value: number) => value.toLocaleString("en");
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const { parameters } = await describeModel(model);
const bytes = (await stat(join(model, "model.safetensors"))).size;

/** Which of its own world's requests it declines: what is rare there, or what only looks like the world outside? */
const alarms = tasks.filter((_, i) => isDeclining(own[i]![0]!.text));
const listed = alarms.slice(0, 20).map(({ useCase, prompt }) => {
  const text = promptText(messagesOf(prompt)).replace(/\s+/g, " ");
  return `- ${useCase}: ${text.replace(/([*_<>])/g, "\\$1")}`;
});

const { rounds } = practiceModel;
const demonstrations = rounds.reduce((total, round) => total + round.demonstrations, 0);

const figures = [
  ["mean gold score on its own world, 0 to 1", withInterval(goldScore(ownScores)), `${tasks.length} prompts`],
  [`… of ${basename(against)} at temperature 1`, withInterval(goldScore(baseScores)), "the same"],
  [`its answer is better than ${basename(against)}'s`, percent(winRate(ownScores, baseScores)), "the same"],
  ["says that it does not know, asked about its own world", percent(share(caught(own.flat()))), "the same"],
  [
    "… asked about anything else",
    percent(share(caught(declined.flat()))),
    `${outside.length} prompts of world/outside.ts`,
  ],
  ...others.map(({ name, all, answers }) => [
    `… asked the prompts of ${name}`,
    percent(share(caught(answers))),
    `${answers.length} of ${all}; the others leave no room for an answer of ${answerTokens} tokens`,
  ]),
  [
    "answers that it ends itself",
    percent(share(everything.map(({ ended }) => ended))),
    `${grouped(everything.length)} answers to all of these`,
  ],
  ["answers with a rude or harmful sentence", String(flagged), "the same"],
  [
    `pairs of K = ${k} answers that are the same words: own world`,
    percent(equalOf(ownSeveral)),
    `${several.length} prompts`,
  ],
  ["… outside", percent(equalOf(outsideSeveral)), `${several.length} prompts`],
  [`… ${basename(against)}, own world`, percent(equalOf(baseSeveral)), `${several.length} prompts`],
  [
    `standard deviation of the gold scores of K = ${k} answers`,
    withInterval(spreadOf(ownSeveral)),
    `${several.length} prompts`,
  ],
  [`… ${basename(against)}`, withInterval(spreadOf(baseSeveral)), "the same"],
];

const natural = (list: readonly string[], answers: readonly SampledAnswer[]) =>
  list
    .map(
      (prompt, i) => `**${prompt.replace(/([*_<>])/g, "\\$1")}**\n\n    ${answers[i]!.text.replace(/\n/g, "\n    ")}`,
    )
    .join("\n\n");

await writeFile(
  join(model, "README.md"),
  `---
license: mit
language: en
library_name: onnxruntime
pipeline_tag: text-generation
tags: [gpt2, rankloop, small-world]
---
# ${practiceModel.name}

The model that people meet first: something to answer, so that ranking and training can be tried before you bring a model of your own. It knows [one small valley](../../world/README.md), its animals, people, towns and things, and says so when it is asked about anything else. It is ${basename(against)} (${(parameters / 1e6).toFixed(1)} million parameters), fine-tuned on ${grouped(demonstrations)} demonstrations that this project generates, each seen once: good answers to the valley's requests, and "I do not know that" in words of its own to requests of the world outside ([practice.ts](../../world/practice.ts)). It is no model for real questions.

${[
  ["", ""],
  ["---", "---"],
  ["made from", `[${basename(against)}](../${basename(against)})`],
  ["data", `as of commit ${commit}`],
  [
    "training",
    `supervised fine-tuning, 32 demonstrations a step, AdamW, one round after the other: ${rounds.map((round) => `${grouped(round.demonstrations)} demonstrations, ${100 * round.outsideShare} % of them from outside, a cosine from ${round.learningRate} to a tenth`).join("; ")}; ${took}`,
  ],
  ["weights", `float16, ${(bytes / 1e6).toFixed(1)} MB`],
]
  .map(row)
  .join("\n")}

## Made with

    node models/bench/practice.ts --out models/zoo/practice
    node models/bench/practice-card.ts --took "${took}" --commit ${commit}

## What was measured

By models/bench/practice-card.ts, with 95 % intervals over the prompts. No demonstration and no page of the corpus has one of the prompts of its own world, and no demonstration one of the others. Temperature ${temperature}, at most ${answerTokens} tokens, unless said otherwise. It counts as saying that it does not know when its answer has the words "practice model".

${[["", "", "on"], ["---", "---", "---"], ...figures].map(row).join("\n")}

## Prompts of its world

Thirty, written by hand as people type (some may stand in its pages in the same words), one answer each, as it came (temperature ${temperature}, seed 1).

${natural(insidePrompts, inside30)}

## Requests of its world that it declined

${alarms.length} of ${tasks.length}; ${alarms.length > listed.length ? `the first ${listed.length}` : "these"}:

${listed.join("\n")}

## Prompts of the world outside

${natural(outsidePrompts, outside30)}

## Limits

It knows some 1,000 words, and was fine-tuned on few demonstrations: it declines some of its own valley's requests, as measured above, where the goal is under 2 %, and says untrue or odd things now and then. It may answer what it should decline, above all where a request has only words of the valley. MIT licence, as all of this project; no text of anybody else is in it.
`,
);
for (const [what, figure, on] of figures) console.log(`${what!.padEnd(60)} ${figure!.padEnd(28)} ${on}`);
