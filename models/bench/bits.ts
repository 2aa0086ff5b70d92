// What fewer bits of a weight cost and bring: the loss of a shipped model, and tokens/s, memory and greedy tokens of a Qwen2 of
// half a billion parameters. Each in a process of its own, whose memory is then its own. Run alone: node models/bench/bits.ts
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArchitecture } from "../gpt/architecture.ts";
import { trainBpe, writeTokenizer } from "../gpt/bpe.ts";
import { readModel, writeModel } from "../gpt/checkpoint.ts";
import { constants } from "../gpt/decode-graph.ts";
import { Decoder } from "../gpt/decoder.ts";
import { hiddenStates } from "../gpt/forward.ts";
import { logProbabilities } from "../gpt/heads.ts";
import { initialWeights } from "../gpt/init.ts";
import { likeliest } from "../gpt/sampling.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { storeWeights, type WeightBits } from "../gpt/weight-bits.ts";
import { Graph } from "../onnx/graph.ts";
import { Session, tensor } from "../onnx/session.ts";
import { documents } from "../world/documents.ts";
import { peakMb, report, residentMb, timed } from "./measure.ts";

const settings: WeightBits[] = [32, 16, 8, 4];
const answerTokens = 32;
const promptTokens = 64;
/** Qwen2-0.5B's sizes. */
const config = parseArchitecture(
  {
    model_type: "qwen2",
    vocab_size: 151_936,
    hidden_size: 896,
    num_hidden_layers: 24,
    num_attention_heads: 14,
    num_key_value_heads: 2,
    intermediate_size: 4864,
    max_position_embeddings: 32_768,
    rope_theta: 1_000_000,
    tie_word_embeddings: true,
    eos_token_id: 256,
  },
  "the benchmark's Qwen2",
);

/** Mean −log p of a token of documents that nobody learned from, in nats. */
async function loss(dir: string, bits: WeightBits): Promise<number> {
  const { config, weights } = await readModel(dir);
  const tokenizer = await loadTokenizer(dir);
  const T = config.nCtx;
  const graph = new Graph();
  const parameters = constants(graph, weights);
  const hidden = hiddenStates(config, parameters, graph.input("ids", "int32", [1, T]));
  graph.output("log", logProbabilities(config, parameters, hidden, graph.input("targets", "int32", [T, 1])));
  storeWeights(graph, bits);
  const session = await Session.create(graph, { optimize: bits !== 16 });
  const ids = [...documents(99).take(400)].flatMap((text) => [tokenizer.eosId, ...tokenizer.encode(text)]);
  let [sum, count] = [0, 0];
  for (let at = 0; at + T < ids.length; at += T) {
    const { log } = await session.run({
      ids: tensor("int32", Int32Array.from(ids.slice(at, at + T)), [1, T]),
      targets: tensor("int32", Int32Array.from(ids.slice(at + 1, at + T + 1)), [T, 1]),
    });
    for (const x of log!.data as Float32Array) sum -= x;
    count += T;
  }
  await session.dispose();
  return sum / count;
}

interface Measured {
  loadSeconds: number;
  promptMs: number;
  tokensPerSecond: { one: number; nine: number };
  residentMb: number;
  peakMb: number;
  /** Of each of `fed` tokens, or of its own, the likeliest next. */
  likeliest: number[];
}

/** In a process of its own. @param fed the tokens of the 32-bit model: this one's own where absent. */
async function measure(dir: string, bits: WeightBits, fed: readonly number[] | undefined): Promise<Measured> {
  const start = performance.now();
  const { config, weights } = await readModel(dir);
  const decoder = await Decoder.load(config, weights, { bits, release: true });
  const loadSeconds = (performance.now() - start) / 1000;
  const prompt = Array.from({ length: promptTokens }, (_, i) => (i * 7919) % config.vocabSize);
  const reading = performance.now();
  const { first, decoding } = await decoder.readPrompt(prompt, 1, 0);
  const promptMs = performance.now() - reading;
  const chosen = [likeliest(first)];
  const one = await quickest(answerTokens, async (i) => {
    const [distribution] = await decoder.step(decoding, [fed?.[i] ?? chosen[i]!]);
    chosen.push(likeliest(distribution!));
  });
  const many = await decoder.readPrompt(prompt, 9, 0);
  const nine = await quickest(12, (i) => decoder.step(many.decoding, Array<number>(9).fill(i)));
  const tokensPerSecond = { one: 1000 / one, nine: 9000 / nine };
  return { loadSeconds, promptMs, tokensPerSecond, residentMb: residentMb(), peakMb: peakMb(), likeliest: chosen };
}

/** The shortest of so many steps, ms: what the machine can do when nobody disturbs it. */
async function quickest(steps: number, step: (i: number) => Promise<unknown>): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < steps; i++) shortest = Math.min(shortest, await timed(() => step(i)));
  return shortest;
}

export async function benchBits(): Promise<void> {
  const shipped = join(import.meta.dirname, "..", "zoo", "world-6m");
  console.log(
    `Fewer bits: world-6m on documents of its world, and a Qwen2 with random weights, ${availableParallelism()} threads`,
  );
  const exact = await loss(shipped, 32);
  for (const bits of settings) {
    const its = bits === 32 ? exact : await loss(shipped, bits);
    report(`loss of world-6m in ${bits} bits`, `${its.toFixed(4)} nats`, `${(its - exact).toFixed(4)} more than in 32`);
  }
  const dir = await mkdtemp(join(tmpdir(), "rankloop-bench-"));
  try {
    const tokenizer = join(dir, "tokenizer");
    await writeTokenizer(tokenizer, trainBpe(["otters eat fish"], 257));
    const model = join(dir, "model");
    await writeModel(model, {
      config,
      kind: "lm",
      weights: initialWeights(config, 1),
      dtype: "F16",
      tokenizerFrom: tokenizer,
    });
    let fed: number[] | undefined;
    for (const bits of settings) {
      const args = [import.meta.filename, model, String(bits), JSON.stringify(fed ?? null)];
      const seen = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Measured;
      fed ??= seen.likeliest;
      const same = seen.likeliest.filter((token, i) => token === fed![i]).length;
      const { one, nine } = seen.tokensPerSecond;
      report(
        `0.5B Qwen2 in ${bits} bits, K = 1`,
        `${one.toFixed(1)} tokens/s`,
        `K = 9: ${nine.toFixed(1)} tokens/s, by the quickest step; load average ${loadavg()[0]!.toFixed(1)}`,
      );
      report(
        `… memory, at the most`,
        `${seen.peakMb} MB`,
        `${seen.residentMb} MB answering; loaded in ${seen.loadSeconds.toFixed(0)} s, ${promptTokens} tokens read in ${seen.promptMs.toFixed(0)} ms`,
      );
      report("… greedy tokens as in 32 bits", `${same} of ${seen.likeliest.length}`, "each after the same tokens");
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const [dir, bits, fed] = process.argv.slice(2);
  if (dir === undefined) await benchBits();
  else console.log(JSON.stringify(await measure(dir, Number(bits) as WeightBits, JSON.parse(fed!) ?? undefined)));
}
