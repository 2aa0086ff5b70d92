// The reward model of Ouyang et al. 2022 (§3.5, C.2): the language model with a scalar head read at the last token.
// loss = mean over prompts of 1/C(K,2) · Σ −log σ(r(x, y_w) − r(x, y_l)). All pairs of a prompt are one batch element:
// K answers are K rows of one forward pass, however many pairs they make. Ties are no pairs.

import { availableParallelism } from "node:os";
import { messagesOf, promptText } from "../../lib/preference/conversation.ts";
import { mayWriteModel, readModel, type Weights, writeModel } from "../gpt/checkpoint.ts";
import { hiddenStates, rewards } from "../gpt/forward.ts";
import { initialRewardHead } from "../gpt/init.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { Random } from "../random.ts";
import { adamWDefaults } from "./adamw.ts";
import { agreement } from "./agreement.ts";
import { DataError, type PromptGroup, readComparisons } from "./data.ts";
import { cosine, type TrainEvent, type TrainResult, trainLoop } from "./loop.ts";
import { type Objective, Optimizer } from "./optimizer.ts";
import { answerRow, padRows, type Row, rowWidth } from "./rows.ts";
import { hashFile, hashModel } from "./run-state.ts";
import { RewardForward, RewardScorer, scoreGroups } from "./score.ts";
import { isHeldOut, splitByPrompt } from "./split.ts";

export interface RewardTrainConfig {
  /** JSONL of comparisons, see readComparisons. */
  data: string;
  /** Directory of the model to start from: a language model, or a reward model to go on with. */
  model: string;
  /** Directory for the finished reward model. */
  out: string;
  /** Directory for the run's checkpoint; a run that finds one of its own there goes on from it. */
  checkpoints: string;
  /** Peak of the cosine, which falls to a tenth. The paper's 9e-6 is for 6 billion parameters. */
  learningRate: number;
  /** Passes over the data. More than one overfits (the paper). */
  epochs: number;
  /** Rows of one step, one for each answer; prompts are put together until they are full. The paper: 64 prompts. */
  rows: number;
  weightDecay: number;
  /** Order of the data and initial head. */
  seed: number;
  /** Share of the prompts to hold out, where the data names no split. */
  validFraction: number;
  threads?: number;
}

export const rewardDefaults = {
  learningRate: 1e-4,
  epochs: 1,
  rows: 18,
  weightDecay: 0,
  seed: 1,
  validFraction: 0.1,
} satisfies Partial<RewardTrainConfig>;

/** One prompt's answers as rows, ready for a batch. */
interface Element {
  rows: Row[];
  pairs: [winner: number, loser: number][];
  width: number;
}

/**
 * Train a reward model on comparisons and write it to `out`.
 * Metrics: `loss`, `accuracy` (share of the batch's pairs ordered as people did, elements weighing alike),
 * `gradient_norm`, `learning_rate`; `eval/…`: the figures of `agreement` on held-out prompts, where there are any.
 * @throws DataError, JsonlError, ModelDirectoryError before anything is written; NonFiniteError naming the step.
 */
export async function* trainReward(
  config: RewardTrainConfig,
  signal?: AbortSignal,
): AsyncGenerator<TrainEvent, TrainResult> {
  const { seed, rows: R } = config;
  await mayWriteModel(config.out);
  const base = await readModel(config.model);
  const tokenizer = await loadTokenizer(config.model);
  const { train, heldOut } = splitByPrompt(await readComparisons(config.data), config.validFraction, seed);
  const { nCtx } = base.config;
  const tokenised = (groups: PromptGroup[]): Row[][] =>
    groups.map(({ prompt, answers }) => answers.map((answer) => answerRow(tokenizer, prompt, answer, nCtx)));
  const trainRows = tokenised(train);
  const heldOutRows = tokenised(heldOut);
  const elements = train.map(({ prompt, pairs }, i): Element => {
    const rows = trainRows[i]!;
    if (rows.length > R) {
      const text = promptText(messagesOf(prompt));
      const start = text.length > 40 ? `${text.slice(0, 40)}…` : text;
      throw new DataError(
        `"${start}" has ${rows.length} answers compared together, a step only ${R} rows: raise rows.`,
      );
    }
    return { rows, pairs, width: rowWidth(Math.max(...rows.map(({ ids }) => ids.length)), nCtx) };
  });

  const weights: Weights = new Map(base.weights);
  weights.delete("lm_head.weight");
  if (base.kind === "lm")
    for (const [name, head] of initialRewardHead(base.config.nEmbd, seed)) weights.set(name, head);
  const plan = Array.from({ length: config.epochs }, (_, epoch) => batches(elements, R, seed + epoch)).flat();
  const threads = config.threads ?? availableParallelism();
  const optimizer = new Optimizer({
    weights,
    objective: (graph, parameters, width) => {
      const ids = graph.input("ids", "int32", [R, width]);
      const last = graph.input("last", "int32", [R]);
      return pairwise(graph, rewards(parameters, hiddenStates(parameters, base.config, ids), last));
    },
    adamW: { ...adamWDefaults, weightDecay: config.weightDecay },
    threads,
  });
  const forward = new RewardForward(base.config, threads);
  try {
    const evaluate = async (): Promise<Record<string, number>> => {
      if (heldOut.length === 0) return {};
      return evaluation(heldOut, await scoreGroups(forward, optimizer.weights(), heldOutRows));
    };
    const { learningRate, epochs, weightDecay, validFraction } = config;
    const metrics = yield* trainLoop({
      optimizer,
      steps: plan.length,
      batch: (index) => rewardBatch(plan[index]!, R, base.config.eosTokenId),
      learningRate: cosine(learningRate, plan.length),
      evaluate,
      evaluateEvery: Math.max(1, Math.ceil(plan.length / 20)),
      checkpoints: config.checkpoints,
      checkpointMs: 60_000,
      identity: {
        trainer: "reward",
        config: { learningRate, epochs, rows: R, weightDecay, seed, validFraction },
        baseHash: await hashModel(config.model),
        dataHash: await hashFile(config.data),
      },
      signal,
    });

    // Only differences are learned. The bias puts the mean over the training answers at 0, so that the sign says something.
    const trained = optimizer.weights();
    const scores = (await scoreGroups(forward, trained, trainRows)).flatMap((group) => [...group]);
    const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
    const bias = trained.get("score.bias")!;
    trained.set("score.bias", { shape: bias.shape, data: Float32Array.of(bias.data[0]! - mean) });
    await writeModel(config.out, {
      config: base.config,
      kind: "reward",
      weights: trained,
      dtype: "F32",
      tokenizerFrom: config.model,
    });
    const cut = [...trainRows, ...heldOutRows].flat().filter((row) => row.cut).length;
    const counts = { "train/prompts": new Set(train.map((group) => group.promptKey)).size, "train/rows_cut": cut };
    return {
      dir: config.out,
      metrics: { ...metrics, ...counts, "train/pairs": sum(train.map((g) => g.pairs.length)) },
    };
  } finally {
    await optimizer.dispose();
    await forward.dispose();
  }
}

/**
 * Rewards r [R] and the input `weight` [R, R] → loss and accuracy. weight[i][j] is the share of the pair "i is
 * preferred to j" in the batch: 1/(elements · C(K,2)), so that every element, the answers that were ranked together,
 * weighs alike; all weights add up to 1.
 */
export function pairwise(graph: Graph, r: Value): Objective {
  const R = r.size(0);
  const weight = graph.input("weight", "float32", [R, R]);
  const difference = op.sub(op.reshape(r, [R, 1]), op.reshape(r, [1, R]));
  const loss = op.reduceSum(op.mul(op.softplus(op.neg(difference)), weight));
  const right = op.where(op.less(graph.scalar(0), difference), weight, graph.scalar(0));
  return { loss, metrics: { accuracy: op.reduceSum(right) } };
}

/** The elements in random order, put together until R rows are full; like widths together, so that little is padding. */
function batches(elements: readonly Element[], R: number, seed: number): Element[][] {
  const random = new Random(seed);
  const shuffled = random.sample(elements, elements.length).sort((a, b) => a.width - b.width); // a stable sort
  const result: Element[][] = [];
  let room = 0;
  for (const element of shuffled) {
    if (element.rows.length > room) {
      result.push([]);
      room = R;
    }
    result.at(-1)!.push(element);
    room -= element.rows.length;
  }
  return random.sample(result, result.length);
}

function rewardBatch(elements: readonly Element[], R: number, padId: number) {
  const width = Math.max(...elements.map((element) => element.width));
  const weight = new Float32Array(R * R);
  let start = 0;
  for (const { rows, pairs } of elements) {
    for (const [winner, loser] of pairs) {
      const at = (start + winner) * R + start + loser;
      weight[at] = weight[at]! + 1 / (elements.length * pairs.length);
    }
    start += rows.length;
  }
  const rows = elements.flatMap((element) => element.rows);
  return { feeds: { ...padRows(rows, R, width, padId), weight }, width };
}

/** The figures of `agreement`, each under `eval/`. */
function evaluation(groups: readonly PromptGroup[], scores: readonly ArrayLike<number>[]): Record<string, number> {
  const figures = Object.entries(agreement(groups, scores));
  return Object.fromEntries(figures.map(([name, value]) => [`eval/${name}`, value]));
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

/**
 * How a reward model orders the pairs of a file: the figures of `agreement`, each under `eval/`. Where records name a
 * split only those held out count, and `eval/held_out` is 1; else all do, though the model may have been trained on some
 * of them, and it is 0.
 * @throws ModelDirectoryError, JsonlError; DataError where nothing is left.
 */
export async function evaluateReward({
  model,
  data,
}: {
  model: string;
  data: string;
}): Promise<Record<string, number>> {
  const all = await readComparisons(data);
  const heldOut = all.some((group) => group.split !== undefined);
  const groups = heldOut ? all.filter(isHeldOut) : all;
  if (groups.length === 0) throw new DataError(`${data} has only comparisons of the training split.`);
  const scorer = await RewardScorer.load(model);
  try {
    return { ...evaluation(groups, await scorer.scoreGroups(groups)), "eval/held_out": heldOut ? 1 : 0 };
  } finally {
    await scorer.dispose();
  }
}
