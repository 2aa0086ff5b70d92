// How fast answers come: tokens/s of K = 1, 4 and 9 answers after a 200-token prompt, where the time goes, the time to the
// first token, and the same by transformers.js, and by llama.cpp where a folder is named in which somebody has installed it
// (npm install --prefix DIR node-llama-cpp). Run alone: node models/bench/generate.ts [DIR]
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { exportModel } from "../export/export.ts";
import { openLlamaCpp } from "../export/llama-cpp.ts";
import { openTransformersJs } from "../export/transformers-js.ts";
import { trainBpe, writeTokenizer } from "../gpt/bpe.ts";
import { writeModel } from "../gpt/checkpoint.ts";
import { gpt2 } from "../gpt/families/gpt2.ts";
import { GptGenerator } from "../gpt/generate.ts";
import { initialWeights } from "../gpt/init.ts";
import { Session } from "../onnx/session.ts";
import { documents } from "../world/documents.ts";
import { median, report, residentMb, timed } from "./measure.ts";

const config = gpt2({
  vocabSize: 2048,
  nCtx: 512,
  nEmbd: 256,
  nLayer: 6,
  nHead: 4,
  eosTokenId: 2047,
});
const promptTokens = 200;
const answerTokens = 64;
const batches = [1, 4, 9];
const rounds = 15;

/** A model of the size to measure, with random weights: speed depends on what they say in sampling only. */
async function benchModel(dir: string): Promise<void> {
  const source = `${dir}-tokenizer`;
  await writeTokenizer(source, trainBpe(documents(1).take(3_000), config.vocabSize), config.nCtx);
  await writeModel(dir, {
    config,
    kind: "lm",
    weights: initialWeights(config, 1),
    dtype: "F32",
    tokenizerFrom: source,
  });
}

interface Round {
  /** Time to the first token, of all steps after it, and of the graph runs in those steps, ms. */
  first: number;
  steps: number;
  runs: number;
  /** Tokens of those steps, and steps. */
  tokens: number;
  count: number;
}

/** Time spent in graphs since it was last set to 0, ms. */
let running = 0;

/** Count the time of every run of a graph. @returns what ends it. */
function watchRuns(): () => void {
  const { run } = Session.prototype;
  Session.prototype.run = async function (...args) {
    const start = performance.now();
    const results = await run.apply(this, args);
    running += performance.now() - start;
    return results;
  };
  return () => {
    Session.prototype.run = run;
  };
}

/** One prompt answered K times. */
async function round(
  generator: GptGenerator,
  prompt: string,
  K: number,
  seed: number,
  temperature = 1,
): Promise<Round> {
  const seeds = Array.from({ length: K }, (_, i) => seed + i);
  const start = performance.now();
  let [first, tokens, count] = [0, 0, 0];
  const settings = { prompt, temperature, topP: 1, maxTokens: answerTokens, seeds };
  for await (const deltas of generator.generate(settings)) {
    if (first === 0) {
      first = performance.now() - start;
      running = 0;
    } else {
      tokens += deltas.length;
      count++;
    }
  }
  return { first, steps: performance.now() - start - first, runs: running, tokens, count };
}

/** Text that is `promptTokens` tokens long for this tokenizer. */
function promptOf({ tokenizer }: GptGenerator): string {
  const words = [...documents(2).take(40)].join(" ").split(" ");
  const count = words.findIndex(
    (_, n) => tokenizer.encodePrompt(words.slice(0, n + 1).join(" ")).length >= promptTokens,
  );
  return words.slice(0, count + 1).join(" ");
}

/** Another program with the same weights. */
interface Theirs {
  name: string;
  /** By K, how many times as fast answers are to come here; absent: it is reported. */
  goals?: Record<number, string>;
  /** The likeliest tokens after rows of ids. */
  greedy(rows: readonly (readonly number[])[], tokens: number): Promise<number[][]>;
}

/** K answers to the prompt, its pass included, by the likeliest tokens here and there, in turns. */
async function beside(generator: GptGenerator, prompt: string, theirs: Theirs): Promise<void> {
  const ids = generator.tokenizer.encodePrompt(prompt);
  for (const K of [1, 9]) {
    const rows = Array.from({ length: K }, () => ids);
    await theirs.greedy(rows, answerTokens);
    const seen: { ours: number; theirs: number }[] = [];
    for (let n = 0; n < rounds; n++) {
      const { tokens, steps, first } = await round(generator, prompt, K, n, 0);
      const time = await timed(() => theirs.greedy(rows, answerTokens));
      seen.push({ ours: ((tokens + K) * 1000) / (steps + first), theirs: (K * answerTokens * 1000) / time });
    }
    const times = median(seen.map((speed) => speed.ours / speed.theirs)).toFixed(2);
    const goal = theirs.goals ? `; goal: at least ${theirs.goals[K]} ×` : "";
    report(
      `K = ${K} by ${theirs.name}, so too`,
      `${median(seen.map((speed) => speed.theirs)).toFixed(0)} tokens/s`,
      `here ${median(seen.map((speed) => speed.ours)).toFixed(0)}, ${times} × as fast${goal}`,
    );
  }
}

/** @param llamaCpp a folder in whose node_modules is node-llama-cpp, which weighs too much to be a dependency */
export async function benchGenerate(llamaCpp?: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "rankloop-bench-"));
  const unwatch = watchRuns();
  try {
    await benchModel(join(dir, "model"));
    const before = residentMb();
    const loading = performance.now();
    const generator = await GptGenerator.load(join(dir, "model"));
    const loadMs = performance.now() - loading;
    const prompt = promptOf(generator);
    const length = generator.tokenizer.encodePrompt(prompt).length;
    const seen = new Map(batches.map((K): [number, Round[]] => [K, []]));
    for (const K of batches) await round(generator, prompt, K, 0);
    // Batches take turns, so that whatever else runs on this machine disturbs all alike.
    for (let n = 1; n <= rounds; n++) {
      for (const K of batches) seen.get(K)!.push(await round(generator, prompt, K, n * 100));
    }
    const speed = (K: number) => seen.get(K)!.map(({ tokens, steps }) => (tokens * 1000) / steps);
    // The first tokens come from the prompt's pass: with it, K answers have one more each.
    const whole = (K: number) =>
      seen.get(K)!.map(({ tokens, steps, first }) => ((tokens + K) * 1000) / (steps + first));
    const times = (speeds: number[], one: number[]) => median(speeds.map((tokens, n) => tokens / one[n]!)).toFixed(2);
    const threads = availableParallelism();
    console.log(
      `Generation: d ${config.nEmbd}, ${config.nLayer} layers, ${length}-token prompt, ${answerTokens} tokens at temperature 1, ${threads} threads`,
    );
    for (const K of batches) {
      const goal = K === 9 ? "; goal: at least 4 ×" : "";
      report(`K = ${K}`, `${median(speed(K)).toFixed(0)} tokens/s`, `${times(speed(K), speed(1))} × K = 1${goal}`);
    }
    for (const K of batches) {
      const ratio = times(whole(K), whole(1));
      report(`K = ${K}, the prompt's pass included`, `${median(whole(K)).toFixed(0)} tokens/s`, `${ratio} × K = 1`);
    }
    for (const K of [1, 9]) {
      const [step, graph] = (["steps", "runs"] as const).map((part) =>
        median(seen.get(K)!.map((r) => r[part] / r.count)),
      );
      report(
        `one step of K = ${K}`,
        `${step!.toFixed(2)} ms`,
        `${graph!.toFixed(2)} ms of it in the graph, ${(1000 * (step! - graph!)).toFixed(0)} µs for sampling and text`,
      );
    }
    await exportModel(join(dir, "model"), "onnx", join(dir, "onnx"));
    const js = await openTransformersJs(join(dir, "onnx"), "lm");
    await beside(generator, prompt, { name: "transformers.js", goals: { 1: "1.5", 9: "2" }, greedy: js.greedy });
    await js.dispose();
    if (llamaCpp !== undefined) {
      await exportModel(join(dir, "model"), "gguf", join(dir, "gguf"));
      const cpp = await openLlamaCpp(llamaCpp, join(dir, "gguf", "model.gguf"), config.nCtx, threads);
      await beside(generator, prompt, { name: "llama.cpp", greedy: cpp.greedy });
      await cpp.dispose();
    }
    report("first token", `${median(seen.get(1)!.map((r) => r.first)).toFixed(0)} ms`);
    report("loading the model", `${loadMs.toFixed(0)} ms`);
    report("memory of the process", `${residentMb()} MB`, `${before} MB before loading`);
    await generator.dispose();
  } finally {
    unwatch();
    await rm(dir, { recursive: true, force: true });
  }
}

if (import.meta.main) await benchGenerate(process.argv[2]);
