// How fast training is: tokens/s and the share of this machine's own matrix-multiplication speed, measured in turn.
// Run alone: node models/bench/train.ts
import { availableParallelism } from "node:os";
import { type Architecture, parameterShapes, parseArchitecture } from "../gpt/architecture.ts";
import { gpt2 } from "../gpt/families/gpt2.ts";
import { hiddenStates } from "../gpt/forward.ts";
import { languageModelHead, scores } from "../gpt/heads.ts";
import { initialRewardHead, initialWeights } from "../gpt/init.ts";
import { Graph } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { Session, tensor } from "../onnx/session.ts";
import { adamWDefaults } from "../train/adamw.ts";
import { lmLoss } from "../train/document-loss.ts";
import { Optimizer } from "../train/optimizer.ts";
import { pairwise } from "../train/pairwise.ts";
import { type RowsShape, rowsFeeds } from "../train/rows.ts";
import { best, median, peakMb, report, residentMb } from "./measure.ts";

const B = 8;
const T = 256;
const config = gpt2({
  vocabSize: 2048,
  nCtx: T,
  nEmbd: 256,
  nLayer: 6,
  nHead: 4,
  eosTokenId: 0,
});
/** A Llama of the same size: three matrices of 2⅔ · d make its MLP, where GPT-2's has two of 4 · d. */
const llama = parseArchitecture(
  {
    model_type: "llama",
    vocab_size: config.vocabSize,
    max_position_embeddings: T,
    hidden_size: config.nEmbd,
    num_hidden_layers: config.nLayer,
    num_attention_heads: config.nHead,
    intermediate_size: 680,
    tie_word_embeddings: true,
    eos_token_id: 0,
  },
  "the benchmark's Llama",
);
/** All tokens but the first of each document are read. */
const shape: RowsShape = [B, T, B * 3 * 84];
const threads = availableParallelism();
const rounds = 7;

/** Square matrix products of `n`, as the runtime does them. @returns a run, and its floating-point operations. */
async function gemm(n: number): Promise<{ run: () => Promise<unknown>; flops: number }> {
  const graph = new Graph();
  const shape = [n, n];
  graph.output("y", op.matMul(graph.input("a", "float32", shape), graph.input("b", "float32", shape)));
  const session = await Session.create(graph, { threads });
  const [a, b, y] = [1, 1, 0].map((x) => tensor("float32", new Float32Array(n * n).fill(x), shape));
  return { run: () => session.run({ a: a!, b: b! }, { y: y! }), flops: 2 * n ** 3 };
}

/**
 * Operations of one LM step: 6 for every weight in a matrix product and token (2 forward, 4 backward), and 12·C·T a
 * token and layer for attention, which is computed in full (PaLM, appendix B).
 */
function lmFlops(architecture: Architecture): number {
  const { nLayer, nEmbd: C, positions } = { ...architecture, positions: architecture.rotary ? 0 : architecture.nCtx };
  let weights = -positions * C;
  for (const [rows, columns] of parameterShapes(architecture, languageModelHead).values())
    weights += rows! * (columns ?? 0);
  return (6 * weights + 12 * nLayer * C * T) * B * T;
}

const lmOptimizer = (architecture: Architecture): Optimizer =>
  new Optimizer({
    weights: initialWeights(architecture, 1),
    objective: (graph, parameters) => ({ loss: lmLoss(graph, architecture, parameters, shape), metrics: {} }),
    adamW: adamWDefaults,
    threads,
  });

export async function benchTrain(): Promise<void> {
  const products = await Promise.all([512, 1024, 2048].map(gemm));
  const [lm, llamaLm] = [lmOptimizer(config), lmOptimizer(llama)];
  const rewardWeights = new Map([...initialWeights(config, 1), ...initialRewardHead(config.nEmbd, 1)]);
  const reward = new Optimizer({
    weights: rewardWeights,
    objective: (graph, parameters) => {
      const hidden = hiddenStates(config, parameters, graph.input("ids", "int32", [B, T]));
      return pairwise(graph, scores(parameters, op.gather(hidden, graph.input("last", "int32", [B]))));
    },
    adamW: adamWDefaults,
    threads,
  });
  const ids = Int32Array.from({ length: B * T }, (_, i) => (i * 7919) % config.vocabSize);
  // Three documents a row.
  const texts = Array.from({ length: B }, (_, r) =>
    [0, 1, 2].map((n) => ({ prompt: [0], answer: ids.subarray(r * T + n * 85 + 1, r * T + (n + 1) * 85) })),
  );
  const lmFeeds = { ...rowsFeeds(texts, shape, 0), weight: new Float32Array(shape[2]).fill(1 / shape[2]) };
  const last = Int32Array.from({ length: B }, (_, r) => r * T + T - 1);
  // One ranking of all B answers, A>B>…: every pair once.
  const pairs = (B * (B - 1)) / 2;
  const weight = Float32Array.from({ length: B * B }, (_, i) => (i % B > Math.floor(i / B) ? 1 / pairs : 0));
  const lmStep = () => lm.run([{ feeds: lmFeeds }], 1e-4);
  const llamaStep = () => llamaLm.run([{ feeds: lmFeeds }], 1e-4);
  const rewardStep = () => reward.run([{ feeds: { ids, last, weight, strict: weight } }], 1e-5);
  for (const step of [lmStep, llamaStep, rewardStep]) await step();

  const seen: { peak: number; lm: number; llama: number; reward: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const speeds: number[] = [];
    for (const { run, flops } of products) speeds.push(flops / (await best(4, run)));
    seen.push({
      peak: Math.max(...speeds),
      lm: await best(2, lmStep),
      llama: await best(2, llamaStep),
      reward: await best(2, rewardStep),
    });
  }
  const flops = lmFlops(config);
  const tokens = (B * T * 1000) / median(seen.map((s) => s.lm));
  const peak = median(seen.map((s) => s.peak)) / 1e6;
  const share = median(seen.map((s) => flops / s.lm / s.peak));
  const llamaShare = median(seen.map((s) => lmFlops(llama) / s.llama / s.peak));
  const ratio = median(seen.map((s) => s.reward / s.lm));
  console.log(`Training: d ${config.nEmbd}, ${config.nLayer} layers, T ${T}, batch ${B}, ${threads} threads`);
  report("matrix product, best of 512, 1024, 2048", `${peak.toFixed(0)} GFLOP/s`);
  report("LM step", `${tokens.toFixed(0)} tokens/s`, `${((flops * tokens) / (B * T) / 1e9).toFixed(0)} GFLOP/s`);
  report("share of the matrix product's speed", `${(100 * share).toFixed(0)} %`, "goal: at least 60 %");
  const points = (100 * (llamaShare - share)).toFixed(1);
  report(
    "the same of a Llama of this size",
    `${(100 * llamaShare).toFixed(0)} %`,
    `${points} points beside GPT-2's; goal: at least −5`,
  );
  report(
    "reward step of one ranking / LM step",
    `${ratio.toFixed(2)} ×`,
    `same ${B} × ${T} tokens; goal: at most 1.3 ×`,
  );
  report("memory of the process", `${residentMb()} MB`, `peak ${peakMb()} MB`);
  await lm.dispose();
  await llamaLm.dispose();
  await reward.dispose();
}

if (import.meta.main) await benchTrain();
