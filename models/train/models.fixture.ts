// For tests: a small random GPT with its own tokenizer, on the disk, or as weights alone, and comparisons of real people.

import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonlLine } from "../../lib/preference/jsonl.ts";
import type { ComparisonRecord } from "../../lib/preference/records.ts";
import { formatArchitecture, parameterShapes } from "../gpt/architecture.ts";
import { trainBpe, writeTokenizer } from "../gpt/bpe.ts";
import { type Weights, writeModel } from "../gpt/checkpoint.ts";
import { type Gpt2Sizes, gpt2 } from "../gpt/families/gpt2.ts";
import { type Head, languageModelHead, rewardHead, scoreWidth } from "../gpt/heads.ts";
import { initialRewardHead, initialWeights } from "../gpt/init.ts";
import { Random } from "../random.ts";
import { likelihoodPower } from "./likelihood-head.ts";
import { allSteps, type TrainEvent, type TrainResult } from "./loop.ts";
import type { Pack } from "./packed.ts";

/** Takes a trainer's steps, all of them or until it is stopped after one. @returns the losses. */
export async function losses(
  start: (signal: AbortSignal) => AsyncGenerator<TrainEvent, TrainResult>,
  stopAfter = Number.POSITIVE_INFINITY,
): Promise<number[]> {
  const stop = new AbortController();
  const seen: number[] = [];
  try {
    for await (const { step, metrics } of start(stop.signal)) {
      if (metrics.loss !== undefined) seen.push(metrics.loss);
      if (step === stopAfter) stop.abort(new Error("stopped"));
    }
  } catch (error) {
    if (!(error instanceof Error) || error.message !== "stopped") throw error;
  }
  return seen;
}

/** The largest difference of two lists, relative to the second: what another processor may add is below 1e-4. */
export function difference(seen: readonly number[], golden: readonly number[]): number {
  if (seen.length !== golden.length) return Number.POSITIVE_INFINITY;
  return Math.max(...seen.map((x, i) => Math.abs(x / golden[i]! - 1)));
}

/** Takes all of a trainer's steps. What it said before the first of them is `figures`. */
export async function finished(run: AsyncGenerator<TrainEvent, TrainResult>) {
  const events: TrainEvent[] = [];
  const result = await allSteps(run, (event) => events.push(event));
  const isBefore = events[0]?.secondsLeft === null;
  return { figures: isBefore ? events[0]!.metrics : {}, events: isBefore ? events.slice(1) : events, ...result };
}

export const oasstFile = join(import.meta.dirname, "../../../shared/data/oasst-en-100-trees.jsonl");

/** End token, turns with an empty line after each. */
const template = "{{ bos_token }}{% for message in messages %}{{ message['content'] + '\\n\\n' }}{% endfor %}";

/** Write a model directory of some 80 thousand million numbers, all of them 0, whose file takes no room on the disk. */
export async function writeHugeModel(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  await writeTokenizer(dir, trainBpe(["otters eat fish"], 257));
  const config = gpt2({ vocabSize: 50_257, nCtx: 1024, nEmbd: 40_960, nLayer: 4, nHead: 64, eosTokenId: 256 });
  const json = { ...formatArchitecture(config), architectures: ["GPT2LMHeadModel"] };
  writeFileSync(join(dir, "config.json"), JSON.stringify(json));
  let end = 0;
  const entries = [...parameterShapes(config, languageModelHead)].map(([name, shape]) => {
    const begin = end;
    end += shape.reduce((a, b) => a * b, 2);
    return [`transformer.${name}`, { dtype: "F16", shape, data_offsets: [begin, end] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = join(dir, "model.safetensors");
  writeFileSync(file, Buffer.concat([length, header]));
  truncateSync(file, 8 + header.length + end);
}

/** Write a model directory with random weights. Its vocabulary is learned from `texts`. */
export async function randomModel(
  dir: string,
  texts: readonly string[],
  size: Partial<Gpt2Sizes> = {},
): Promise<string> {
  const tokenizer = trainBpe(texts, size.vocabSize ?? 320);
  const vocabSize = Object.keys(tokenizer.model.vocab).length;
  const config = gpt2({
    nCtx: 128,
    nEmbd: 32,
    nLayer: 2,
    nHead: 2,
    ...size,
    vocabSize,
    eosTokenId: vocabSize - 1,
  });
  const source = `${dir}-tokenizer`;
  await writeTokenizer(source, tokenizer, config.nCtx);
  // A template of its own, so that golden losses do not depend on how the shipped models' prompts are written.
  const file = join(source, "tokenizer_config.json");
  const settings = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...settings, chat_template: template }));
  await writeModel(dir, {
    config,
    kind: "lm",
    weights: initialWeights(config, 1),
    dtype: "F32",
    tokenizerFrom: source,
  });
  return dir;
}

interface Message {
  message_id: string;
  text: string;
  role: "prompter" | "assistant";
  rank?: number | null;
  replies: Message[];
}

/** The ranked replies of Open-Assistant trees as pairs: `prompts` prompts, those with the most pairs' order untouched. */
export function oasstPairs(prompts: number): ComparisonRecord[] {
  const records: ComparisonRecord[] = [];
  const seen = new Set<string>();
  const walk = (message: Message, before: string): void => {
    const text = `${before}${message.role === "prompter" ? "User" : "Assistant"}: ${message.text}\n`;
    const ranked = message.replies.filter((reply) => typeof reply.rank === "number");
    if (message.role === "prompter" && ranked.length > 1 && seen.size < prompts) {
      seen.add(message.message_id);
      for (const chosen of ranked) {
        for (const rejected of ranked) {
          if (chosen.rank! >= rejected.rank!) continue;
          records.push({
            prompt: text,
            chosen: chosen.text,
            rejected: rejected.text,
            prompt_id: message.message_id,
            chosen_id: chosen.message_id,
            rejected_id: rejected.message_id,
          });
        }
      }
    }
    for (const reply of message.replies) walk(reply, text);
  };
  for (const line of readFileSync(oasstFile, "utf8").trim().split("\n")) {
    walk((JSON.parse(line) as { prompt: Message }).prompt, "");
  }
  return records;
}

export const colours = ["red", "blue", "green", "black", "white", "pink", "gray", "brown"];

/** Polite answers are preferred to rude ones: a rule that a small model learns in seconds. Eight prompts of three pairs. */
export const politePairs = colours.flatMap((colour, i) =>
  [1, 2, 3].map((k) => ({
    prompt: `Name a colour like ${colour}.`,
    chosen: `It is ${colour}, thank you.`,
    rejected: `It is ${colours[(i + k) % colours.length]}, go away.`,
  })),
);

/** The places of a run on the polite pairs, under `dir`: their file, and a random model of their words. */
export async function politeRun(dir: string, name: string) {
  const data = join(dir, `${name}.jsonl`);
  writeFileSync(data, jsonl(politePairs));
  const texts = politePairs.map((pair) => `${pair.prompt}\n${pair.chosen}`);
  const model = await randomModel(join(dir, `${name}-base`), texts);
  return { data, model, out: join(dir, `${name}-out`), checkpoints: join(dir, `${name}-checkpoint`) };
}

export const jsonl = (records: readonly object[]): string => records.map((record) => `${jsonlLine(record)}\n`).join("");

/** A GPT of two layers with random weights, for graphs that need no tokenizer. */
export const tinyConfig = gpt2({
  vocabSize: 40,
  nCtx: 48,
  nEmbd: 16,
  nLayer: 2,
  nHead: 2,
  eosTokenId: 39,
});

/** Heads of a reward model, with and without the likelihood. */
export const likelihoodRewardHead: Head = { ...rewardHead, likelihoodPower };

/** Its weights, larger than one starts from, so that every part of the model matters; with a reward head where asked. */
export function tinyWeights(head: Head = languageModelHead, seed = 1, of = tinyConfig): Weights {
  const random = new Random(seed);
  const scores = head.kind === "reward" ? initialRewardHead(scoreWidth(of, head), seed) : [];
  const weights: Weights = new Map([...initialWeights(of, seed), ...scores]);
  for (const [name, { data }] of weights) {
    for (let i = 0; i < data.length; i++) data[i]! += (name.startsWith("w") ? 0.5 : 0.1) * random.normal();
  }
  return weights;
}

/** Random prompts, each with answers of the given lengths. */
export function tinyPacks(sizes: readonly { prompt: number; answers: readonly number[] }[], seed = 1): Pack[] {
  const random = new Random(seed);
  const text = (length: number) => Array.from({ length }, () => random.int(0, tinyConfig.vocabSize - 2));
  return sizes.map(({ prompt, answers }) => ({
    prompt: text(prompt),
    answers: answers.map(text),
    cut: answers.map(() => false),
  }));
}
