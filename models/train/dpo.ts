// Direct preference optimisation (Rafailov et al. 2023, eq. 7): the policy itself learns from comparisons, without a
// reward model and without sampling. The implicit reward of an answer is r = β(log π(y|x) − log π_ref(y|x)), its tokens
// added up, the end token included; the loss is the reward model's on these (pairwise.ts), all pairs of a prompt together.
// On demand the pairs' labels are smoothed (Mitchell 2023) and preferred answers are also learned as SFT does (Pang et al. 2024).

import { availableParallelism } from "node:os";
import { type Architecture, padId, parameterShapes } from "../gpt/architecture.ts";
import type { Parameters } from "../gpt/block.ts";
import {
  describeModel,
  languageModel,
  mayWriteModel,
  mustBeLanguageModel,
  type Weights,
  writeModel,
} from "../gpt/checkpoint.ts";
import { hiddenStates } from "../gpt/forward.ts";
import { languageModelHead, logProbabilities } from "../gpt/heads.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { mean } from "../interval.ts";
import type { Graph } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { letGo } from "../onnx/session.ts";
import { adamWDefaults } from "./adamw.ts";
import { type Comparisons, evaluation, splitComparisons } from "./comparisons.ts";
import { checked } from "./config.ts";
import { type DpoTrainConfig, dpoConfig } from "./dpo-config.ts";
import { answerLogProbabilities, ForwardPass } from "./forward-pass.ts";
import { KeptBest } from "./kept-best.ts";
import { cosine, learning, type TrainEvent, type TrainResult, trainLoop } from "./loop.ts";
import { bytesOf, mustFitTraining, trainingBytes } from "./memory.ts";
import { type Batch, type Objective, Optimizer, type OptimizerConfig } from "./optimizer.ts";
import {
  answerSums,
  answerTargets,
  beforeAnswers,
  ownersFeed,
  type Pack,
  type PackedShape,
  packedFeeds,
  packedLayout,
  type Texts,
} from "./packed.ts";
import { pairFeeds, pairwise, type Ties } from "./pairwise.ts";
import { planSteps } from "./plan.ts";
import { hashFile, hashModel } from "./run-state.ts";

/**
 * Train a language model on comparisons and write it to `out`. Metrics:
 * - `loss`: see `pairwise`, of implicit rewards; with a weight for SFT its parts `loss/pairs` and `loss/chosen`, the latter
 *   unweighted: −log π a token of the preferred answers, answers weighing as their pairs do;
 * - `accuracy`: share of the step's strict pairs they order as people did;
 * - `gradient_norm`: of the step's gradient, before clipping; `learning_rate`;
 * - `eval/…` on held-out prompts, where there are any: the figures of `agreement` of the implicit rewards, and
 *   `eval/chosen`, `eval/rejected`: means over their strict pairs of log π − log π_ref of the one and the other answer.
 *   (Both may fall: the loss wants their difference only.)
 * - before the first step, and at the end, `train/…`, as trainReward's.
 * @throws ConfigError, DataError, JsonlError, ModelDirectoryError before anything is written; NonFiniteError naming the
 *   step.
 */
export async function* trainDpo(config: DpoTrainConfig, signal?: AbortSignal): AsyncGenerator<TrainEvent, TrainResult> {
  const { data, model, out, checkpoints, threads = availableParallelism(), ...numbers } = checked(dpoConfig, config);
  const { beta, learningRate, warmup, epochs, rows, ties, weightDecay, seed, tokens } = numbers;
  const { labelSmoothing, sftWeight, patience } = numbers;
  await mayWriteModel(out);
  const { config: gpt, ...found } = await describeModel(model);
  mustBeLanguageModel(model, found);
  const tokenizer = await loadTokenizer(model);
  const { train, heldOut, figures } = await splitComparisons({ data, ...numbers }, tokenizer, gpt.nCtx);
  const plan = planSteps(train.packs, { rows, tokens, epochs, seed });

  const objective: OptimizerConfig["objective"] = (graph, parameters, shape) =>
    dpoObjective(graph, gpt, parameters, shape as PackedShape, { beta, ties, sftWeight });
  const shapes = parameterShapes(gpt, languageModelHead);
  const kept = heldOut.packs.length > 0 ? bytesOf(shapes) : 0;
  const batches = plan.map((runs) => runs.map(({ shape }) => shape));
  mustFitTraining(model, trainingBytes({ shapes, objective, batches }) + kept);

  const { weights } = await languageModel(model);
  const optimizer = new Optimizer({ weights, objective, adamW: { ...adamWDefaults, weightDecay }, threads });
  letGo([...weights.values()].map(({ data }) => data));
  const forward = new ForwardPass(gpt, answerLogProbabilities(), { threads, tokens });
  /** log π(y|x) of every answer of every pack. */
  const answered = async (now: Weights, packs: readonly Pack[]) =>
    (await forward.run(now, packs, signal)).map((answers) => answers.map((read) => read.reduce((a, b) => a + b, 0)));
  try {
    // The weights are still those of the model that it starts from.
    const reference = await answered(optimizer.weights(), train.packs);
    const heldOutReference = await answered(optimizer.weights(), heldOut.packs);
    const evaluate = async (weights: Weights): Promise<Record<string, number>> =>
      evaluated(heldOut, minus(await answered(weights, heldOut.packs), heldOutReference), beta);
    const best = new KeptBest(
      learning(
        optimizer,
        (index) => {
          const all = plan[index]!.flatMap(({ batch }) => batch.members.map((i) => train.groups[i]!));
          return plan[index]!.map(({ batch, shape }): Batch => {
            const groups = batch.members.map((i) => train.groups[i]!);
            const fed = new Float32Array(shape[4]);
            fed.set(batch.members.flatMap((i) => reference[i]!));
            const pairs = pairFeeds(groups, all, shape[4], ties, labelSmoothing);
            const chosen = chosenFeed(batch.packs, pairs.strict, shape[4]);
            const feeds = { ...packedFeeds(batch, shape, padId(gpt)), owns: ownersFeed(batch, shape) };
            return { shape, feeds: { ...feeds, ...pairs, reference: fed, chosen } };
          });
        },
        cosine(learningRate, plan.length, Math.round(warmup * plan.length)),
      ),
      patience,
    );
    yield* trainLoop({
      learner: best,
      steps: plan.length,
      figures,
      isDone: best.isDone,
      evaluate: async (step) => {
        const measured = await evaluate(optimizer.weights());
        const loss = measured["eval/loss"];
        best.consider(loss === undefined ? undefined : -loss, step, optimizer.weights());
        return measured;
      },
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
    const trained = best.weights ?? optimizer.weights();
    const metrics = {
      ...(await evaluate(trained)),
      ...figures,
      "train/step": best.weights ? best.at : plan.length,
    };
    await writeModel(out, { config: gpt, kind: "lm", weights: trained, dtype: "F32", tokenizerFrom: model });
    return { dir: out, metrics };
  } finally {
    await optimizer.dispose();
    await forward.dispose();
  }
}

/**
 * The loss of a batch of packs. Inputs beside those of packed.ts and `pairFeeds`: `reference` [A], log π_ref(y|x); with a
 * weight for SFT also `chosen` [A], see `chosenFeed`.
 */
export function dpoObjective(
  graph: Graph,
  config: Architecture,
  parameters: Parameters,
  shape: PackedShape,
  { beta, ties = "drop", sftWeight = 0 }: { beta: number; ties?: Ties; sftWeight?: number },
): Objective {
  const hidden = hiddenStates(config, parameters, packedLayout(graph, shape));
  const tokens = logProbabilities(config, parameters, beforeAnswers(hidden, shape), answerTargets(graph, shape));
  const logProbs = answerSums(tokens, shape);
  const ratio = op.sub(logProbs, graph.input("reference", "float32", [shape[4]]));
  const pairs = pairwise(graph, op.mul(ratio, beta), ties);
  if (sftWeight === 0) return pairs;
  const chosen = op.neg(op.reduceSum(op.mul(logProbs, graph.input("chosen", "float32", [shape[4]]))));
  const metrics = { ...pairs.metrics, "loss/pairs": pairs.loss, "loss/chosen": chosen };
  return { loss: op.add(pairs.loss, op.mul(chosen, sftWeight)), metrics };
}

/** For each answer the weight of the pairs it won, by its tokens. @param strict of `pairFeeds` */
export function chosenFeed(packs: readonly Texts[], strict: Float32Array, A: number): Float32Array {
  const shares = new Float32Array(A);
  for (const [a, { length }] of packs.flatMap(({ answers }) => answers).entries()) {
    shares[a] = strict.subarray(a * A, (a + 1) * A).reduce((sum, weight) => sum + weight, 0) / length;
  }
  return shares;
}

const minus = (a: readonly number[][], b: readonly number[][]) => a.map((row, i) => row.map((x, j) => x - b[i]![j]!));

/** @param ratios log π − log π_ref of every answer. */
function evaluated({ groups }: Comparisons, ratios: readonly number[][], beta: number): Record<string, number> {
  if (groups.length === 0) return {};
  const meanOf = (side: 0 | 1) => mean(groups.flatMap(({ pairs }, g) => pairs.map((pair) => ratios[g]![pair[side]]!)));
  const rewards = ratios.map((row) => row.map((x) => beta * x));
  return { ...evaluation(groups, rewards), "eval/chosen": meanOf(0), "eval/rejected": meanOf(1) };
}
