// The reward model of Ouyang et al. 2022 (§3.5, C.2): the language model with a scalar head read at the last token, and on
// demand how likely the answer is to the model itself.
// loss = mean over prompts of 1/C(K,2) · Σ −log σ(r(x, y_w) − r(x, y_l)). All pairs of a prompt are one batch element:
// the prompt is read once and its K answers side by side (packed.ts), however many pairs they make.

import { availableParallelism } from "node:os";
import { type Architecture, familyOf, padId, parameterShapes } from "../gpt/architecture.ts";
import type { Parameters } from "../gpt/block.ts";
import { describeModel, mayWriteModel, readModel, type Weights, writeModel } from "../gpt/checkpoint.ts";
import { asClassifier } from "../gpt/classifier.ts";
import { hiddenStates } from "../gpt/forward.ts";
import { type Head, rewardHead, scores } from "../gpt/heads.ts";
import { initialRewardHead } from "../gpt/init.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { mean } from "../interval.ts";
import type { Graph } from "../onnx/graph.ts";
import { letGo } from "../onnx/session.ts";
import { adamWDefaults } from "./adamw.ts";
import { evaluation, splitComparisons } from "./comparisons.ts";
import { ConfigError, checked } from "./config.ts";
import { DataError, readComparisons, readDemonstrations } from "./data.ts";
import { trainHeads } from "./ensemble.ts";
import { answerFeatures, ForwardPass } from "./forward-pass.ts";
import { KeptBest } from "./kept-best.ts";
import { likelihoodHead, likelihoodPower } from "./likelihood-head.ts";
import { cosine, learning, type TrainEvent, type TrainResult, trainLoop } from "./loop.ts";
import { bytesOf, mustFitTraining, trainingBytes } from "./memory.ts";
import { type Batch, Optimizer, type OptimizerConfig } from "./optimizer.ts";
import {
  type Pack,
  type PackedShape,
  packedFeeds,
  packedLayout,
  packOf,
  rewardFeatures,
  rewardFeeds,
} from "./packed.ts";
import { initialNu, pairFeeds, pairwise, type Ties } from "./pairwise.ts";
import { planSteps } from "./plan.ts";
import { type RewardTrainConfig, rewardConfig } from "./reward-config.ts";
import { hashFiles, hashModel } from "./run-state.ts";
import { RewardScorer } from "./score.ts";
import { isHeldOut } from "./split.ts";

/** log ν of Davidson's ties: trained beside the model, and no part of it. */
const logNu = "ties.log_nu";

/**
 * Train a reward model on comparisons and write it to `out`, with an ensemble of heads (ensemble.ts). Metrics:
 * - `loss`: see `pairwise`; `accuracy`: share of the step's strict pairs ordered as people did, elements weighing alike;
 * - `gradient_norm`: of the step's gradient, before clipping; `learning_rate`;
 * - `eval/…`: the figures of `agreement` on held-out prompts, where there are any;
 * - before the first step, and at the end, what there is to learn from: `train/prompts`, `train/prompts_held_out`,
 *   `train/pairs`, `train/ties` (where they count), and of both parts, where there are any: `train/pairs_equal`, left out
 *   because both answers are the same tokens; `train/answers_too_long`, left out with `train/pairs_too_long`, or
 *   `train/answers_cut`;
 * - at the end the kept model's `eval/…`, `train/step` (after which one it was measured; the last, where nothing is held
 *   out) and, with Davidson's ties, `davidson_nu`.
 * @throws ConfigError, DataError, JsonlError, ModelDirectoryError before anything is written; NonFiniteError naming the
 *   step.
 */
export async function* trainReward(
  config: RewardTrainConfig,
  signal?: AbortSignal,
): AsyncGenerator<TrainEvent, TrainResult> {
  const {
    data,
    model,
    out,
    checkpoints,
    demonstrations,
    threads = availableParallelism(),
    ...numbers
  } = checked(rewardConfig, config);
  const { learningRate, epochs, rows, ties, likelihood, weightDecay, seed, tokens, patience } = numbers;
  await mayWriteModel(out);
  const { config: gpt, ...base } = await describeModel(model);
  const tokenizer = await loadTokenizer(model);
  if (base.kind === "reward" && likelihood && base.likelihoodPower === undefined) {
    throw new ConfigError(`${model} is a reward model whose head does not read the likelihood, and keeps it.`);
  }
  const { kind, likelihoodPower: power } = base;
  const head: Head =
    kind === "reward"
      ? { kind, ...(power === undefined ? {} : { likelihoodPower: power }) }
      : likelihood
        ? { ...rewardHead, likelihoodPower }
        : rewardHead;
  const comparisons = await splitComparisons({ data, ...numbers }, tokenizer, gpt.nCtx);
  const { train, heldOut, figures } = comparisons;
  const demonstrated =
    demonstrations === undefined
      ? undefined
      : (await readDemonstrations(demonstrations)).map(({ prompt, answer }) =>
          packOf(tokenizer, prompt, [answer], gpt.nCtx),
        );

  const plan = planSteps(train.packs, { rows, tokens, epochs, seed });
  const objective: OptimizerConfig["objective"] = (graph, parameters, shape) =>
    rewardObjective(graph, gpt, head, parameters, shape as PackedShape, ties);
  const shapes = parameterShapes(gpt, head);
  if (ties === "davidson") shapes.set(logNu, [1]);
  const kept = heldOut.packs.length > 0 ? bytesOf(shapes) : 0;
  const batches = plan.map((runs) => runs.map(({ shape }) => shape));
  mustFitTraining(model, trainingBytes({ shapes, objective, batches }) + kept);

  const { weights } = await readModel(model);
  const unembedding = `${familyOf(gpt).names.output}.weight`;
  if (head.likelihoodPower === undefined) weights.delete(unembedding);
  if (base.kind === "lm") {
    const first = likelihood
      ? await likelihoodHead(gpt, head, weights, train, { threads, tokens, seed, signal })
      : initialRewardHead(gpt.nEmbd, seed);
    for (const [name, tensor] of first) weights.set(name, tensor);
  }
  if (ties === "davidson") weights.set(logNu, { shape: [1], data: Float32Array.of(Math.log(initialNu(train.groups))) });
  const optimizer = new Optimizer({ weights, objective, adamW: { ...adamWDefaults, weightDecay }, threads });
  letGo([...weights.values()].map(({ data }) => data));
  const body = new ForwardPass(gpt, answerFeatures(head), { threads, tokens });
  const read = (now: Weights, packs: readonly Pack[]) => body.run(now, packs, signal);
  const evaluate = async (now: Weights) => evaluation(heldOut.groups, rewards(now, await read(now, heldOut.packs)));
  const best = new KeptBest(
    learning(
      optimizer,
      (index) => {
        const all = plan[index]!.flatMap(({ batch }) => batch.members.map((i) => train.groups[i]!));
        return plan[index]!.map(({ batch, shape }): Batch => {
          const groups = batch.members.map((i) => train.groups[i]!);
          const pairs = pairFeeds(groups, all, shape[4], ties);
          const texts = { ...packedFeeds(batch, shape, padId(gpt)), ...rewardFeeds(batch, shape, head) };
          return { shape, feeds: { ...texts, ...pairs } };
        });
      },
      cosine(learningRate, plan.length),
    ),
    patience,
  );
  try {
    yield* trainLoop({
      learner: best,
      steps: plan.length,
      figures,
      isDone: best.isDone,
      evaluate: async (step) => {
        const measured = await evaluate(optimizer.weights());
        best.consider(negative(measured["eval/loss"]), step, optimizer.weights());
        return measured;
      },
      evaluateEvery: Math.max(1, Math.ceil(plan.length / 10)),
      checkpoints,
      checkpointMs: 60_000,
      identity: {
        trainer: "reward",
        config: numbers,
        baseHash: await hashModel(model),
        dataHash: await hashFiles(data, demonstrations),
      },
      signal,
    });

    const trained = best.weights ?? optimizer.weights();
    const metrics = {
      ...(await evaluate(trained)),
      ...figures,
      "train/step": best.weights ? best.at : plan.length,
    } as Record<string, number>;
    const nu = trained.get(logNu)?.data[0];
    trained.delete(logNu);
    const features = await read(trained, train.packs);
    // Only differences are learned. The bias puts the mean at 0, so that the sign says something, and so that PPO begins
    // at an advantage of 0.
    const reference = rewards(trained, demonstrated ? await read(trained, demonstrated) : features).flat();
    const bias = trained.get("score.bias")!;
    trained.set("score.bias", { shape: bias.shape, data: Float32Array.of(bias.data[0]! - mean(reference)) });
    const likelihoodWeight = head.likelihoodPower === undefined ? undefined : trained.get("score.weight")!.data.at(-1);
    const heads = await trainHeads(train.groups, features, { seed, signal, likelihoodWeight });
    const classifier = await asClassifier(gpt, head, trained, model);
    await writeModel(out, { ...head, ...classifier, heads, dtype: "F32", tokenizerFrom: model });
    if (nu !== undefined) metrics.davidson_nu = Math.exp(nu);
    return { dir: out, metrics };
  } finally {
    await optimizer.dispose();
    await body.dispose();
  }
}

const negative = (loss: number | undefined) => (loss === undefined ? undefined : -loss);

/** What the head gives each answer for what it reads of it. */
function rewards(weights: Weights, features: readonly (readonly Float32Array[])[]): number[][] {
  const [weight, bias] = [weights.get("score.weight")!.data, weights.get("score.bias")!.data[0]!];
  return features.map((answers) => answers.map((state) => state.reduce((sum, x, c) => sum + x * weight[c]!, bias)));
}

/** The loss of a batch of packs, see `pairwise`, from each answer's reward. */
export function rewardObjective(
  graph: Graph,
  config: Architecture,
  head: Head,
  parameters: Parameters,
  shape: PackedShape,
  ties: Ties = "drop",
) {
  const hidden = hiddenStates(config, parameters, packedLayout(graph, shape));
  const nu = ties === "davidson" ? parameters(logNu) : undefined;
  return pairwise(graph, scores(parameters, rewardFeatures(config, head, parameters, hidden, shape)), ties, nu);
}

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
  const all = (await readComparisons(data)).filter(({ pairs }) => pairs.length > 0);
  const heldOut = all.some((group) => group.split !== undefined);
  const groups = heldOut ? all.filter(isHeldOut) : all;
  if (groups.length === 0) {
    throw new DataError(
      all.length === 0 ? `${data} has only ties.` : `${data} has only comparisons of the training split.`,
    );
  }
  const scorer = await RewardScorer.load(model);
  try {
    return { ...evaluation(groups, await scorer.scoreGroups(groups)), "eval/held_out": heldOut ? 1 : 0 };
  } finally {
    await scorer.dispose();
  }
}
