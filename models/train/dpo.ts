// Direct preference optimisation (Rafailov et al. 2023, eq. 7): the policy itself learns from comparisons, without a
// reward model and without sampling. The implicit reward of an answer is r = β(log π(y|x) − log π_ref(y|x)), its tokens
// added up, the end token included; the loss is the reward model's on these (pairwise.ts), all pairs of a prompt together.

import { availableParallelism } from "node:os";
import { mayWriteModel, writeModel } from "../gpt/checkpoint.ts";
import type { GptConfig } from "../gpt/config.ts";
import { hiddenStates, logProbabilities, type Parameters } from "../gpt/forward.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { mean } from "../interval.ts";
import type { Graph } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { adamWDefaults } from "./adamw.ts";
import { type Comparisons, dataFigures, evaluation, splitComparisons } from "./comparisons.ts";
import { checked } from "./config.ts";
import { type DpoTrainConfig, dpoConfig } from "./dpo-config.ts";
import { answerLogProbabilities, Forward } from "./forward.ts";
import { languageModel } from "./language-model.ts";
import { cosine, learning, type TrainEvent, type TrainResult, trainLoop } from "./loop.ts";
import { type Batch, type Objective, Optimizer } from "./optimizer.ts";
import {
  answerSums,
  answerTargets,
  beforeAnswers,
  ownersFeed,
  type Pack,
  type PackedShape,
  packedFeeds,
  packedLayout,
} from "./packed.ts";
import { pairFeeds, pairwise, type Ties } from "./pairwise.ts";
import { answerSteps, planRuns } from "./plan.ts";
import { hashFile, hashModel } from "./run-state.ts";

/**
 * Train a language model on comparisons and write it to `out`. Metrics:
 * - `loss`: see `pairwise`, of implicit rewards; `accuracy`: share of the step's strict pairs they order as people did;
 * - `gradient_norm`: of the step's gradient, before clipping; `learning_rate`;
 * - `eval/…` on held-out prompts, where there are any: the figures of `agreement` of the implicit rewards, and
 *   `eval/chosen`, `eval/rejected`: means over their strict pairs of log π − log π_ref of the one and the other answer.
 *   (Both may fall: the loss wants their difference only.)
 * - at the end `train/…`, as trainReward's.
 * @throws ConfigError, DataError, JsonlError, ModelDirectoryError before anything is written; NonFiniteError naming the
 *   step.
 */
export async function* trainDpo(config: DpoTrainConfig, signal?: AbortSignal): AsyncGenerator<TrainEvent, TrainResult> {
  const { data, model, out, checkpoints, threads = availableParallelism(), ...numbers } = checked(dpoConfig, config);
  const { beta, learningRate, warmup, epochs, rows, ties, weightDecay, seed, tokens } = numbers;
  await mayWriteModel(out);
  const { config: gpt, weights } = await languageModel(model);
  const comparisons = await splitComparisons({ data, ...numbers }, await loadTokenizer(model), gpt.nCtx);
  const { train, heldOut } = comparisons;
  const steps = answerSteps(train.packs, rows, epochs, seed);
  const plan = planRuns(steps, train.packs, tokens);

  const optimizer = new Optimizer({
    weights,
    objective: (graph, parameters, shape) => dpoObjective(graph, parameters, gpt, shape as PackedShape, beta, ties),
    adamW: { ...adamWDefaults, weightDecay },
    threads,
  });
  const forward = new Forward(gpt, answerLogProbabilities(), { threads, tokens });
  /** log π(y|x) of every answer of every pack. */
  const answered = async (now: typeof weights, packs: readonly Pack[]) =>
    (await forward.run(now, packs, signal)).map((answers) => answers.map((read) => read.reduce((a, b) => a + b, 0)));
  try {
    const reference = await answered(weights, train.packs);
    const heldOutReference = await answered(weights, heldOut.packs);
    const evaluate = async (): Promise<Record<string, number>> => {
      const now = await answered(optimizer.weights(), heldOut.packs);
      return evaluated(heldOut, minus(now, heldOutReference), beta);
    };
    const metrics = yield* trainLoop({
      learner: learning(
        optimizer,
        (index) => {
          const all = steps[index]!.map((i) => train.groups[i]!);
          return plan[index]!.map(({ batch, shape }): Batch => {
            const groups = batch.members.map((i) => train.groups[i]!);
            const fed = new Float32Array(shape[4]);
            fed.set(batch.members.flatMap((i) => reference[i]!));
            const pairs = pairFeeds(groups, all, shape[4], ties);
            const feeds = { ...packedFeeds(batch, shape, gpt.eosTokenId), owns: ownersFeed(batch, shape) };
            return { shape, feeds: { ...feeds, ...pairs, reference: fed } };
          });
        },
        cosine(learningRate, plan.length, Math.round(warmup * plan.length)),
      ),
      steps: plan.length,
      evaluate,
      evaluateEvery: Math.max(1, Math.ceil(plan.length / 10)),
      checkpoints,
      checkpointMs: 60_000,
      identity: {
        trainer: "dpo",
        config: numbers,
        baseHash: await hashModel(model),
        dataHash: await hashFile(data),
      },
      signal,
    });
    const trained = optimizer.weights();
    await writeModel(out, { config: gpt, kind: "lm", weights: trained, dtype: "F32", tokenizerFrom: model });
    return { dir: out, metrics: { ...metrics, ...dataFigures(comparisons, ties) } };
  } finally {
    await optimizer.dispose();
    await forward.dispose();
  }
}

/** The loss of a batch of packs. Inputs beside those of packed.ts and `pairFeeds`: `reference` [A], log π_ref(y|x). */
export function dpoObjective(
  graph: Graph,
  parameters: Parameters,
  config: GptConfig,
  shape: PackedShape,
  beta: number,
  ties: Ties = "drop",
): Objective {
  const hidden = hiddenStates(parameters, config, packedLayout(graph, config, shape));
  const tokens = logProbabilities(parameters, config, beforeAnswers(hidden, shape), answerTargets(graph, shape));
  const ratio = op.sub(answerSums(tokens, shape), graph.input("reference", "float32", [shape[4]]));
  return pairwise(graph, op.mul(ratio, beta), ties);
}

const minus = (a: readonly number[][], b: readonly number[][]) => a.map((row, i) => row.map((x, j) => x - b[i]![j]!));

/** @param ratios log π − log π_ref of every answer. */
function evaluated({ groups }: Comparisons, ratios: readonly number[][], beta: number): Record<string, number> {
  if (groups.length === 0) return {};
  const meanOf = (side: 0 | 1) => mean(groups.flatMap(({ pairs }, g) => pairs.map((pair) => ratios[g]![pair[side]]!)));
  const rewards = ratios.map((row) => row.map((x) => beta * x));
  return { ...evaluation(groups, rewards), "eval/chosen": meanOf(0), "eval/rejected": meanOf(1) };
}
