// How fast reward models train: comparisons/s of a step of two prompts with K answers each, the answers packed behind one
// reading of their prompt, beside K rows of prompt and answer, and beside two rows for each of the C(K,2) pairs. All
// three take the same step to the same weights. Run alone: node models/bench/reward.ts
import { availableParallelism } from "node:os";
import type { Parameters } from "../gpt/block.ts";
import { gpt2 } from "../gpt/families/gpt2.ts";
import { hiddenStates } from "../gpt/forward.ts";
import { rewardHead, scores } from "../gpt/heads.ts";
import { initialRewardHead, initialWeights } from "../gpt/init.ts";
import type { Graph } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { adamWDefaults } from "../train/adamw.ts";
import { type Batch, Optimizer, type OptimizerConfig } from "../train/optimizer.ts";
import { batching, packedFeeds } from "../train/packed.ts";
import { pairFeeds, pairwise } from "../train/pairwise.ts";
import { rewardObjective } from "../train/reward.ts";
import { median, peakMb, report, timed } from "./measure.ts";

const K = 9;
const promptTokens = 200;
const answerTokens = 60;
const T = promptTokens + answerTokens;
/** As many as a step of the trainer's default of 18 answers holds. */
const prompts = 2;
/** Rows that two rows a pair are computed in at a time: all at once they would want 12 GB. */
const pairRows = 24;
const rounds = 3;
const threads = availableParallelism();
const config = gpt2({
  vocabSize: 2048,
  nCtx: 512,
  nEmbd: 256,
  nLayer: 6,
  nHead: 4,
  eosTokenId: 2047,
});

const text = (length: number, from: number) => Array.from({ length }, (_, i) => ((from + i) * 7919) % config.vocabSize);
const packs = Array.from({ length: prompts }, (_, p) => ({
  prompt: text(promptTokens, 10_000 * p),
  answers: Array.from({ length: K }, (_, k) => text(answerTokens, 10_000 * p + 500 * (k + 1))),
  cut: Array(K).fill(false),
}));
/** A>B>…: every pair once. */
const order = Array.from({ length: K }, (_, i) => i).flatMap((i) =>
  Array.from({ length: K - 1 - i }, (_, j): [number, number] => [i, i + 1 + j]),
);
const compared = packs.map(({ answers }) => ({ answers, pairs: order, ties: [] }));
const comparisons = prompts * order.length;

/** Rows of T tokens → the score at each one's last. Inputs: `ids` [rows, T] and `last` [rows]. */
function rowScores(graph: Graph, parameters: Parameters, rows: number) {
  const hidden = hiddenStates(config, parameters, graph.input("ids", "int32", [rows, T]));
  return scores(parameters, op.gather(hidden, graph.input("last", "int32", [rows])));
}

function rowFeeds(list: readonly (readonly number[])[]) {
  const last = Int32Array.from(list, (_, r) => r * T + T - 1);
  return { ids: Int32Array.from(list.flat()), last };
}

interface Way {
  name: string;
  objective: OptimizerConfig["objective"];
  batches: () => Batch[];
}

const [batch] = batching(packs)([...packs.keys()], Number.POSITIVE_INFINITY);
const { shape } = batch!;
const ways: Way[] = [
  {
    name: "answers packed behind their prompt",
    objective: (graph, parameters) => rewardObjective(graph, config, rewardHead, parameters, shape),
    batches: () => [
      { feeds: { ...packedFeeds(batch!, shape, 0), ...pairFeeds(compared, compared, prompts * K, "drop") } },
    ],
  },
  {
    name: "a row for each answer",
    objective: (graph, parameters) => pairwise(graph, rowScores(graph, parameters, prompts * K)),
    batches: () => {
      const rows = packs.flatMap(({ prompt, answers }) => answers.map((answer) => [...prompt, ...answer]));
      return [{ feeds: { ...rowFeeds(rows), ...pairFeeds(compared, compared, prompts * K, "drop") } }];
    },
  },
  {
    name: "two rows for each pair",
    objective: (graph, parameters) => {
      const [chosen, rejected] = op.split(rowScores(graph, parameters, pairRows), 0, 2);
      const loss = op.reduceSum(op.softplus(op.sub(rejected!, chosen!)));
      return { loss: op.mul(loss, 1 / comparisons), metrics: {} };
    },
    batches: () => {
      const pairs = packs.flatMap(({ prompt, answers }) =>
        order.map((pair) => pair.map((i) => [...prompt, ...answers[i]!])),
      );
      const each = pairRows / 2;
      return Array.from({ length: pairs.length / each }, (_, n) => {
        const some = pairs.slice(n * each, (n + 1) * each);
        return { feeds: rowFeeds([...some.map(([chosen]) => chosen!), ...some.map(([, rejected]) => rejected!)]) };
      });
    },
  },
];

export async function benchReward(): Promise<void> {
  const made = [];
  for (const { name, objective, batches } of ways) {
    const weights = new Map([...initialWeights(config, 1), ...initialRewardHead(config.nEmbd, 1)]);
    const optimizer = new Optimizer({ weights, objective, adamW: adamWDefaults, threads });
    // The first step builds the graph; it also shows that all ways do the same work.
    const { loss, gradient_norm: norm } = await optimizer.run(batches(), 0);
    made.push({ name, optimizer, batches, loss: loss!, norm: norm!, peak: peakMb(), ms: [] as number[] });
  }
  const [packed] = made;
  for (const { name, loss, norm } of made) {
    if (Math.abs(loss / packed!.loss - 1) < 1e-4 && Math.abs(norm / packed!.norm - 1) < 1e-3) continue;
    throw new Error(`${name}: loss ${loss} and gradient ${norm}, not ${packed!.loss} and ${packed!.norm}`);
  }
  for (let round = 0; round < rounds; round++) {
    for (const { optimizer, batches, ms } of made) ms.push(await timed(() => optimizer.run(batches(), 0)));
  }
  console.log(
    `Reward model: d ${config.nEmbd}, ${config.nLayer} layers, ${prompts} prompts of ${promptTokens} tokens with ${K} answers of ${answerTokens}, ${threads} threads`,
  );
  const goals = ["", "; goal: at least 2 ×", "; goal: at least 15 ×"];
  for (const [i, { name, ms }] of made.entries()) {
    const times = median(packed!.ms.map((own, n) => ms[n]! / own)).toFixed(1);
    const beside = i === 0 ? `peak memory ${packed!.peak} MB` : `packed is ${times} × as fast${goals[i]}`;
    report(name, `${((comparisons * 1000) / median(ms)).toFixed(1)} comparisons/s`, beside);
  }
  for (const { optimizer } of made) await optimizer.dispose();
}

if (import.meta.main) await benchReward();
