// What a GPT-2 of 124 million parameters, with random weights, takes of memory and time here: its answers, and steps of SFT, of
// the reward model and of DPO, by the trainers themselves. Each in a process of its own, whose memory is then its own.
// Run alone: node models/bench/memory.ts [answers|sft|reward|dpo]
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { trainBpe, writeTokenizer } from "../gpt/bpe.ts";
import { writeModel } from "../gpt/checkpoint.ts";
import { gpt2 } from "../gpt/families/gpt2.ts";
import { GptGenerator } from "../gpt/generate.ts";
import { initialWeights } from "../gpt/init.ts";
import { trainDpo } from "../train/dpo.ts";
import type { TrainEvent, TrainResult } from "../train/loop.ts";
import { trainReward } from "../train/reward.ts";
import { trainSft } from "../train/sft.ts";
import { peakMb, report } from "./measure.ts";

/** GPT-2's own sizes. */
const config = gpt2({ vocabSize: 50_257, nCtx: 1024, nEmbd: 768, nLayer: 12, nHead: 12, eosTokenId: 256 });
const K = 9;
const promptTokens = 200;
const answerTokens = 60;
/** Steps of each trainer: the first also builds the graphs. */
const steps = 2;

interface Measured {
  peakMb: number;
  /** Of each step, or of the answers. */
  seconds: number[];
  load: number;
  /** Parts in which the answers came. */
  deltas?: number;
}

/** In a process of its own. */
async function answers(model: string): Promise<Omit<Measured, "peakMb" | "load">> {
  const generator = await GptGenerator.load(model);
  const started = performance.now();
  let deltas = 0;
  const prompt = { ids: Array.from({ length: promptTokens }, (_, i) => i) };
  const asked = { prompt, temperature: 1, topP: 1, maxTokens: answerTokens, seeds: [1, 2, 3, 4] };
  for await (const _ of generator.generate(asked)) deltas++;
  await generator.dispose();
  return { seconds: [(performance.now() - started) / 1000], deltas };
}

/** Characters of a text, a token each. */
const text = (length: number, from: number) =>
  Array.from({ length }, (_, i) => String.fromCharCode(97 + (((i + from) * 7919) % 26))).join("");

const asked = (p: number) => text(promptTokens - 17, 1000 * p);
const answered = (p: number, k: number) => text(answerTokens - 1, 1000 * p + 100 * (k + 1));

/** Two prompts a step, and two held out. */
function comparisons(): object[] {
  return Array.from({ length: 2 * (steps + 1) }, (_, p) =>
    Array.from({ length: K }, (_, i) =>
      Array.from({ length: K - 1 - i }, (_, j) => ({
        prompt: asked(p),
        chosen: answered(p, i),
        rejected: answered(p, i + 1 + j),
        ranking_id: `${p}`,
        chosen_rank: i + 1,
        rejected_rank: i + 2 + j,
        split: p < 2 * steps ? "train" : "valid",
      })),
    ).flat(),
  ).flat();
}

/** Eight a step, and two held out. */
const demonstrations = () =>
  Array.from({ length: 8 * steps + 2 }, (_, p) => ({
    prompt: asked(p),
    completion: answered(p, 0),
    split: p < 8 * steps ? "train" : "valid",
  }));

/** In a process of its own. */
async function training(kind: "sft" | "reward" | "dpo", model: string): Promise<Omit<Measured, "peakMb" | "load">> {
  const dir = await mkdtemp(join(tmpdir(), "rankloop-bench-"));
  try {
    const data = join(dir, "data.jsonl");
    const lines = kind === "sft" ? demonstrations() : comparisons();
    await writeFile(data, lines.map((line) => JSON.stringify(line)).join("\n"));
    const given = { data, model, out: join(dir, "out"), checkpoints: join(dir, "checkpoints"), epochs: 1 };
    const run: AsyncGenerator<TrainEvent, TrainResult> =
      kind === "sft"
        ? trainSft({ ...given, batch: 8 })
        : kind === "reward"
          ? trainReward(given)
          : trainDpo({ ...given, sftWeight: 1 });
    const seconds: number[] = [];
    let before = performance.now();
    for await (const { step } of run) {
      if (step > 0) seconds.push((performance.now() - before) / 1000);
      before = performance.now();
    }
    return { seconds };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const parts = ["answers", "sft", "reward", "dpo"] as const;
type Part = (typeof parts)[number];
const names: Record<Part, string> = {
  answers: `answers, K = 4, ${answerTokens} tokens`,
  sft: "SFT, 8 demonstrations a step",
  reward: "reward model, 18 answers a step",
  dpo: "DPO, 18 answers a step",
};

export async function benchMemory(wanted: readonly Part[] = parts): Promise<void> {
  console.log(`A GPT-2 of 124 million parameters with random weights, ${availableParallelism()} threads`);
  const dir = await mkdtemp(join(tmpdir(), "rankloop-bench-"));
  try {
    const tokenizer = join(dir, "tokenizer");
    await writeTokenizer(tokenizer, trainBpe(["otters eat fish"], 257));
    const model = join(dir, "model");
    const weights = initialWeights(config, 1);
    await writeModel(model, { config, kind: "lm", weights, dtype: "F16", tokenizerFrom: tokenizer });
    for (const part of wanted) {
      const args = [import.meta.filename, part, model];
      const seen = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Measured;
      const took = seen.seconds.map((seconds) => seconds.toFixed(1)).join(", ");
      const streamed = seen.deltas === undefined ? "" : `, streamed in ${seen.deltas} parts`;
      report(names[part], `${seen.peakMb} MB`, `${took} s${streamed}; load average ${seen.load.toFixed(1)}`);
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const [part, model] = process.argv.slice(2) as [Part | undefined, string | undefined];
  if (model === undefined) await benchMemory(part === undefined ? parts : [part]);
  else {
    const measured = part === "answers" ? await answers(model) : await training(part!, model);
    console.log(JSON.stringify({ ...measured, peakMb: peakMb(), load: loadavg()[0] }));
  }
}
