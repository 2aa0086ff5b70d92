// How fast reward models train: comparisons/s of one prompt's K answers packed behind one reading of the prompt, beside
// K rows of prompt and answer, and beside two rows for each of the C(K,2) pairs. Run alone: node models/bench/reward.ts
import { availableParallelism } from "node:os";
import type { GptConfig } from "../gpt/config.ts";
import { hiddenStates, scores } from "../gpt/forward.ts";
import { initialRewardHead, initialWeights } from "../gpt/init.ts";
import * as op from "../onnx/ops.ts";
import { adamWDefaults } from "../train/adamw.ts";
import { type Objective, Optimizer } from "../train/optimizer.ts";
import { atLast, type PackedShape, packedFeeds, packedLayout } from "../train/packed.ts";
import { pairwise } from "../train/pairwise.ts";
import { median, report, timed } from "./measure.ts";

const K = 9;
const promptTokens = 200;
const answerTokens = 60;
const T = promptTokens + answerTokens;
const pairs = (K * (K - 1)) / 2;
const rounds = 5;
const threads = availableParallelism();
const config: GptConfig = {
  vocabSize: 2048,
  nCtx: 512,
  nEmbd: 256,
  nLayer: 6,
  nHead: 4,
  layerNormEpsilon: 1e-5,
  activation: "gelu_new",
  tieWordEmbeddings: true,
  eosTokenId: 2047,
};

const token = (i: number) => (i * 7919) % config.vocabSize;
const prompt = Array.from({ length: promptTokens }, (_, i) => token(i));
const answers = Array.from({ length: K }, (_, k) =>
  Array.from({ length: answerTokens }, (_, i) => token(1000 * k + i)),
);

const trainer = (objective: ConstructorParameters<typeof Optimizer>[0]["objective"]) =>
  new Optimizer({
    weights: new Map([...initialWeights(config, 1), ...initialRewardHead(config.nEmbd, 1)]),
    objective,
    adamW: adamWDefaults,
    threads,
  });

/** Rows of prompt and answer, all of T tokens, and each row's last token. */
function rowFeeds(list: readonly (readonly number[])[]) {
  const ids = Int32Array.from(list.flatMap((answer) => [...prompt, ...answer]));
  return { ids, last: Int32Array.from(list, (_, r) => r * T + T - 1) };
}

const rowScores = (
  rows: number,
  graph: Parameters<typeof packedLayout>[0],
  parameters: Parameters<typeof scores>[0],
) => {
  const hidden = hiddenStates(parameters, config, graph.input("ids", "int32", [rows, T]));
  return scores(parameters, op.gather(hidden, graph.input("last", "int32", [rows])));
};

export async function benchReward(): Promise<void> {
  const shape: PackedShape = [1, promptTokens, K, answerTokens];
  const packs = [{ prompt, answers, cut: false }];
  // One ranking A>B>…: every pair once.
  const weight = Float32Array.from({ length: K * K }, (_, i) => (i % K > Math.floor(i / K) ? 1 / pairs : 0));
  const packed = trainer((graph, parameters) =>
    pairwise(
      graph,
      scores(parameters, atLast(hiddenStates(parameters, config, packedLayout(graph, config, shape)), shape)),
    ),
  );
  const rows = trainer((graph, parameters) => pairwise(graph, rowScores(K, graph, parameters)));
  const twoRows = trainer((graph, parameters): Objective => {
    const [chosen, rejected] = op.split(rowScores(2 * pairs, graph, parameters), 0, 2) as [
      (typeof graph.inputs)[0],
      (typeof graph.inputs)[0],
    ];
    return { loss: op.reduceMean(op.softplus(op.sub(rejected!, chosen!))), metrics: {} };
  });
  const order = answers.flatMap((chosen, i) => answers.slice(i + 1).map((rejected) => [chosen, rejected] as const));
  const pairRows = [...order.map(([chosen]) => chosen), ...order.map(([, rejected]) => rejected)];
  const ways = [
    {
      name: "K answers packed behind their prompt",
      optimizer: packed,
      feeds: { ...packedFeeds(packs, shape, 0), weight },
    },
    { name: "K separate rows", optimizer: rows, feeds: { ...rowFeeds(answers), weight } },
    { name: "two rows a pair", optimizer: twoRows, feeds: rowFeeds(pairRows) },
  ];
  for (const { name, optimizer, feeds } of ways) {
    const first = await optimizer.run([{ feeds }], 0);
    console.log(name, first);
  }
  const seen = ways.map((): number[] => []);
  for (let n = 0; n < rounds; n++) {
    for (const [i, { optimizer, feeds }] of ways.entries())
      seen[i]!.push(await timed(() => optimizer.run([{ feeds }], 0)));
  }
  for (const [i, { name }] of ways.entries()) {
    const ratio = median(seen[0]!.map((ms, n) => seen[i]![n]! / ms)).toFixed(1);
    report(name, `${((pairs * 1000) / median(seen[i]!)).toFixed(1)} comparisons/s`, `packed is ${ratio} ×`);
  }
  for (const { optimizer } of ways) await optimizer.dispose();
}

if (import.meta.main) await benchReward();
