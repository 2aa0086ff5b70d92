// The model card of a shipped model, with its figures and samples as they come: writes README.md into its directory.
// node models/bench/card.ts --model DIR --took "3 h on one core" --commit HASH [--against DIR] [--tasks 1000] [--threads 2]
// A model that was made in several runs has each named: --run="--size large --tokens 12000000 --out first" --run="…"
import { stat, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { messagesOf, promptText } from "../../lib/vocabulary/conversation.ts";
import { describeModel, type ModelDescription } from "../gpt/checkpoint.ts";
import { GptGenerator } from "../gpt/generate.ts";
import type { Interval } from "../interval.ts";
import { type BaseSizeName, baseSizes } from "../train/base-sizes.ts";
import { documentLoss } from "../train/document-loss.ts";
import { goldScore, type Judged, judged, winRate } from "../train/gold.ts";
import { documents } from "../world/documents.ts";
import { type WorldPrompt, worldPrompts } from "../world/prompts.ts";
import { answerTokens, byUseCase, exampleTasks, heldOutTasks, withInterval } from "./gold.ts";

/** A mean gold score for each kind of prompting: as people ask, and with three examples before. */
interface Scores {
  plain: Interval;
  fewShot: Interval;
}

export interface Card {
  size: BaseSizeName;
  model: Pick<ModelDescription, "config" | "parameters">;
  /** Of model.safetensors. */
  bytes: number;
  /** "3 h on one core": how long the training took, and where. */
  took: string;
  /** Of the corpus that it was trained on. */
  commit: string;
  /** What `pretrain` was given, run by run. */
  runs: string[];
  /** On held-out documents, nats a token. */
  loss: number;
  prompts: number;
  all: Scores;
  useCases: (Scores & { useCase: string; prompts: number })[];
  /** Share of the plain answers that ended by themselves. */
  ended: number;
  /** Another model on the same prompts, and how often this one's answers are better. */
  against?: Scores & { name: string; wins: Scores };
  samples: { prompt: WorldPrompt; answers: string[] }[];
}

const grouped = (value: number) => value.toLocaleString("en");
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** The card as Markdown. */
export function cardText(card: Card): string {
  const { size, model, loss, all, against } = card;
  const { name, about, tokens, learningRate } = baseSizes[size];
  const { nLayer, nEmbd, nHead, nCtx, vocabSize } = model.config;
  const millions = (model.parameters / 1e6).toFixed(1);
  const wins = ({ value, low, high }: Interval) =>
    `${(100 * value).toFixed(1)} % [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;
  return `---
license: mit
language: en
library_name: onnxruntime
pipeline_tag: text-generation
tags: [gpt2, rankloop, small-world]
---
# ${name}

A GPT-2 of ${millions} million parameters that knows one small valley: its animals, people, towns and things. It was trained from random weights by this project's own trainer, on text this project generates, so that the whole loop (answer, rank, train) runs on any machine. ${about}

It is a base model: it goes on as its pages do, and one answer in three of those is spoiled on purpose, so that there is something to rank and to learn. It is no model for real questions.

${[
  ["", ""],
  ["---", "---"],
  [
    "architecture",
    `GPT-2: ${nLayer} layers, width ${nEmbd}, ${nHead} heads, ${nCtx} positions, vocabulary ${grouped(vocabSize)} (byte-level BPE), tied embeddings; ${grouped(model.parameters)} parameters`,
  ],
  [
    "data",
    `[the small world](../../world/README.md) as of commit ${card.commit}: ${grouped(tokens)} tokens, none twice`,
  ],
  [
    "training",
    `2,048 tokens a step, whole documents that each see themselves only; AdamW, cosine from ${learningRate} to a tenth; ${card.took}`,
  ],
  ["loss", `${loss.toFixed(3)} nats a token on held-out documents`],
  ["weights", `float16, ${(card.bytes / 1e6).toFixed(1)} MB`],
]
  .map(row)
  .join("\n")}

## Made with

${card.runs.map((run) => `    npm run -s rankloop -- pretrain ${run}`).join("\n")}

Figures and samples below are as models/bench/card.ts found them.

## How good its answers are

Mean score of the gold judge (0 to 1, [its rules](../../world/README.md#the-rules-of-the-judge)) with the 95 % interval, over ${grouped(card.prompts)} prompts of which no page has one, an answer each at temperature 1, at most ${answerTokens} tokens. "With examples": three prompts with good answers stand before, as turns. A perfect copy of the corpus' answers would not get 1: see above. ${(100 * card.ended).toFixed(1)} % of the answers to plain prompts ended by themselves.

${[
  ["", "prompts", "plain", "with examples"],
  ["---", "---", "---", "---"],
  ["**all**", grouped(card.prompts), withInterval(all.plain), withInterval(all.fewShot)],
  ...card.useCases.map(({ useCase, prompts, plain, fewShot }) => [
    useCase,
    grouped(prompts),
    withInterval(plain),
    withInterval(fewShot),
  ]),
  ...(against
    ? [
        [against.name, grouped(card.prompts), withInterval(against.plain), withInterval(against.fewShot)],
        [`better than ${against.name}`, grouped(card.prompts), wins(against.wins.plain), wins(against.wins.fewShot)],
      ]
    : []),
]
  .map(row)
  .join("\n")}

## Prompts

The chat template in tokenizer_config.json writes each turn on a line with its speaker's name:

    <|endoftext|>User: What does an owl eat?
    Assistant:
    Mice and moths.<|endoftext|>

## Samples

Not chosen: seeds 1 and 2, temperature 1, at most ${answerTokens} tokens; the first prompt of each use case, then one with examples, one of several turns, one with a system message.

${card.samples.map(sampleText).join("\n\n")}

## Limits

It knows some 1,000 words and nothing outside its valley. It says untrue things in good English, mixes up names, and goes on with another question now and then. Its pages hold a few rude and harmful sentences, for the judge and for people to flag: it may write such a sentence.

MIT licence, as all of this project; no text of anybody else is in it.
`;
}

function sampleText({ prompt, answers }: Card["samples"][number]): string {
  const lines = (text: string) => text.replace(/\n/g, "\n    ");
  return [
    `**${prompt.useCase}**`,
    `    ${lines(promptText(messagesOf(prompt.messages ?? prompt.text)))}`,
    ...answers.map((answer, i) => `${i + 1}.\n\n        ${answer.replace(/\n/g, "\n        ")}`),
  ].join("\n\n");
}

/** The first of each use case; then examples, turns and a system message. */
function samplePrompts(): WorldPrompt[] {
  const single = worldPrompts.filter(({ messages }) => !messages);
  const firsts = [...Map.groupBy(single, ({ useCase }) => useCase).values()].map(([first]) => first!);
  const others = [
    single.find(({ text }) => text.includes("\nOutput:")),
    worldPrompts.find(({ messages }) => messages?.[0]?.role === "user"),
    worldPrompts.find(({ messages }) => messages?.[0]?.role === "system"),
  ];
  return [...firsts, ...others.flatMap((one) => one ?? [])];
}

async function samples(model: string): Promise<Card["samples"]> {
  const generator = await GptGenerator.load(model);
  const written: Card["samples"] = [];
  for (const prompt of samplePrompts()) {
    const answers: string[] = [];
    const asked = { prompt: prompt.messages ?? prompt.text, temperature: 1, topP: 1, maxTokens: answerTokens };
    for await (const deltas of generator.generate({ ...asked, seeds: [1, 2] })) {
      for (const { index, text } of deltas) answers[index] = text;
    }
    written.push({ prompt, answers });
  }
  await generator.dispose();
  return written;
}

async function write(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: "string" },
      against: { type: "string" },
      took: { type: "string" },
      commit: { type: "string" },
      run: { type: "string", multiple: true },
      tasks: { type: "string", default: "1000" },
      threads: { type: "string" },
    },
  });
  const { model: dir, took, commit, run } = values;
  if (!dir || !took || !commit) throw new Error("A card needs --model, --took and --commit.");
  const model = resolve(dir);
  const size = (Object.keys(baseSizes) as BaseSizeName[]).find((one) => baseSizes[one].name === basename(model));
  if (!size) throw new Error(`${model} has the name of no shipped model.`);
  const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
  const tasks = heldOutTasks(Number(values.tasks), 1);
  const ask = async (asked: string) => {
    const setting = { model: asked, tasks, samples: 1, answerTokens, seed: 1, ...threads };
    return { plain: await judged(setting), fewShot: await judged({ ...setting, shots: exampleTasks(3, 1) }) };
  };
  const scores = ({ plain, fewShot }: { plain: Judged; fewShot: Judged }): Scores => ({
    plain: goldScore(plain),
    fewShot: goldScore(fewShot),
  });
  const own = await ask(model);
  const other = values.against === undefined ? undefined : await ask(resolve(values.against));
  const shown = byUseCase(tasks, own.fewShot);
  const card: Card = {
    size,
    took,
    commit,
    runs: run ?? [`--size ${size} --out models/zoo/${basename(model)}`],
    model: await describeModel(model),
    bytes: (await stat(join(model, "model.safetensors"))).size,
    loss: await documentLoss(model, () => documents(1, "validation"), { tokens: 2 ** 15, ...threads }),
    prompts: tasks.length,
    all: scores(own),
    useCases: byUseCase(tasks, own.plain).map(({ useCase, part }, i) => ({
      useCase,
      prompts: part.scores.length,
      ...scores({ plain: part, fewShot: shown[i]!.part }),
    })),
    ended: own.plain.ended,
    ...(other && {
      against: {
        name: basename(values.against!),
        ...scores(other),
        wins: { plain: winRate(own.plain, other.plain), fewShot: winRate(own.fewShot, other.fewShot) },
      },
    }),
    samples: await samples(model),
  };
  await writeFile(join(model, "README.md"), cardText(card));
}

if (import.meta.main) await write();
