// Supervised fine-tuning (Ouyang et al. 2022, §3.5, C.1): the language model learns to answer as people demonstrated.
// loss = mean over the answers' tokens, the end token included, of −log p(token | prompt, answer before it), in nats;
// with λ > 0 also λ · the same mean over the prompts' tokens, GPT-1's auxiliary objective (Radford et al. 2018, eq. 5).

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
import { bytesToLoad } from "../gpt/decoder.ts";
import { languageModelHead } from "../gpt/heads.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { mean } from "../interval.ts";
import type { Graph } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { letGo } from "../onnx/session.ts";
import { adamWDefaults } from "./adamw.ts";
import { longFigures } from "./comparisons.ts";
import { checked } from "./config.ts";
import { DataError, type Demonstration, readDemonstrations } from "./data.ts";
import { fedDropout, keepMask } from "./dropout.ts";
import { EpochJudge } from "./epochs.ts";
import { answerLogProbabilities, ForwardPass } from "./forward-pass.ts";
import { KeptBest } from "./kept-best.ts";
import { cosine, learning, type TrainEvent, type TrainResult, trainLoop } from "./loop.ts";
import { bytesOf, mustFitTraining, trainingBytes } from "./memory.ts";
import { type Batch, type Objective, Optimizer, type OptimizerConfig } from "./optimizer.ts";
import { type Pack, packOf } from "./packed.ts";
import { planRows, randomSteps } from "./plan.ts";
import { type RowsShape, rowLogProbabilities, rowsFeeds, type Text } from "./rows.ts";
import { hashFile, hashModel } from "./run-state.ts";
import { type SftTrainConfig, sftConfig } from "./sft-config.ts";
import { splitByPrompt, tooLong } from "./split.ts";

/**
 * Fine-tune a language model on demonstrations and write the kept epoch's to `out`. Metrics:
 * - `loss`: see above; with λ also its parts `loss/answer` and `loss/prompt`, unweighted;
 * - `gradient_norm`: of the step's gradient, before clipping; `learning_rate`;
 * - after each epoch `eval/loss`: mean −log p over the answers' tokens of held-out demonstrations, without dropout;
 *   `eval/reward`: mean reward-model score of one sampled answer (temperature 1, the same seeds each time) to each of at
 *   most 64 held-out prompts, where there is a reward model; `eval/no_end_fraction`, the share of these that were cut;
 * - before the first step, and at the end, `train/demonstrations`, `train/demonstrations_held_out` and, of both, where there
 *   are any, `train/answers_too_long`, left out, or `train/answers_cut`;
 * - at the end the kept epoch's `eval/…`, `train/epoch` (which one it is).
 * @throws ConfigError, DataError, JsonlError, ModelDirectoryError before anything is written; NonFiniteError naming the
 *   step.
 */
export async function* trainSft(config: SftTrainConfig, signal?: AbortSignal): AsyncGenerator<TrainEvent, TrainResult> {
  const {
    data,
    model,
    rewardModel,
    out,
    checkpoints,
    threads = availableParallelism(),
    ...numbers
  } = checked(sftConfig, config);
  const {
    learningRate,
    epochs,
    batch: B,
    dropout,
    lmWeight,
    weightDecay,
    seed,
    tokens,
    validFraction,
    overlong,
  } = numbers;
  await mayWriteModel(out);
  const { config: gpt, parameters, ...found } = await describeModel(model);
  mustBeLanguageModel(model, found);
  const tokenizer = await loadTokenizer(model);
  const parts = splitByPrompt(await readDemonstrations(data), data, validFraction, seed);
  let long = 0;
  const ready = (demonstrations: readonly Demonstration[]) =>
    demonstrations.flatMap((demonstration) => {
      const { prompt, answer } = demonstration;
      const pack = packOf(tokenizer, prompt, [answer], gpt.nCtx);
      if (!pack.cut[0]) return [{ demonstration, pack }];
      long++;
      if (overlong === "refuse") throw tooLong(data, prompt, gpt.nCtx);
      return overlong === "drop" ? [] : [{ demonstration, pack }];
    });
  const [train, held] = [ready(parts.train), ready(parts.heldOut)];
  if (train.length === 0) {
    const why = parts.train.length === 0 ? "all are held out" : "all are too long";
    throw new DataError(`${data} has no demonstration to train on: ${why}.`);
  }
  if (rewardModel !== undefined && held.length === 0) {
    throw new DataError(`${data} holds out no prompt, so a reward model has nothing to score.`);
  }
  const [trainPacks, heldOutPacks] = [train, held].map((all) => all.map(({ pack }) => pack)) as [Pack[], Pack[]];
  const heldOut = held.map(({ demonstration }) => demonstration);
  const figures = {
    "train/demonstrations": train.length,
    "train/demonstrations_held_out": heldOut.length,
    ...longFigures(long, overlong),
  };

  const texts = trainPacks.map((pack) => learned(pack, lmWeight));
  const steps = randomSteps(texts.length, B, epochs, seed);
  const perEpoch = steps.length / epochs;
  const plan = planRows(steps, texts, tokens);
  const objective: OptimizerConfig["objective"] = (graph, parameters, shape) =>
    sftObjective(graph, gpt, parameters, shape as RowsShape, { dropout, lmWeight });
  const shapes = parameterShapes(gpt, languageModelHead);
  const batches = plan.map((runs) => runs.map(({ shape }) => shape));
  // A judge samples answers with the weights of just now, keeps the best ones, and is a model itself.
  const judging =
    rewardModel === undefined
      ? 0
      : parameters * bytesToLoad[32] + bytesOf(shapes) + 4 * (await describeModel(rewardModel)).parameters;
  mustFitTraining(model, trainingBytes({ shapes, objective, batches }) + judging);

  const { weights } = await languageModel(model);
  const optimizer = new Optimizer({ weights, objective, adamW: { ...adamWDefaults, weightDecay }, threads });
  letGo([...weights.values()].map(({ data }) => data));
  const forward = new ForwardPass(gpt, answerLogProbabilities(), { threads, tokens });
  const judge =
    rewardModel === undefined
      ? undefined
      : await EpochJudge.load(rewardModel, { config: gpt, tokenizer, heldOut, threads, ...numbers });
  const evaluate = async (now: Weights): Promise<Record<string, number>> => {
    if (heldOut.length === 0) return {};
    const read = (await forward.run(now, heldOutPacks, signal)).flatMap(([answer]) => [...answer!]);
    const loss = { "eval/loss": -mean(read) };
    return judge ? { ...loss, ...(await judge.score(now, signal)) } : loss;
  };
  const best = new KeptBest(
    learning(
      optimizer,
      (index) => {
        const all = steps[index]!.map((i) => texts[i]!);
        return plan[index]!.map(({ rows, shape }, part): Batch => {
          const members = rows.map((row) => row.map((i) => texts[i]!));
          const keep = keepMask(gpt, shape[0] * shape[1], dropout, { seed, step: index, part });
          return { shape, feeds: { ...sftFeeds(members, all, shape, padId(gpt)), keep } };
        });
      },
      cosine(learningRate, plan.length),
    ),
  );
  try {
    yield* trainLoop({
      learner: best,
      steps: plan.length,
      figures,
      evaluate: async (step) => {
        const figures = await evaluate(optimizer.weights());
        best.consider(figures["eval/reward"], step / perEpoch, optimizer.weights());
        return figures;
      },
      evaluateEvery: perEpoch,
      checkpoints,
      checkpointMs: 60_000,
      identity: {
        trainer: "sft",
        config: { ...numbers, judge: rewardModel === undefined ? null : await hashModel(rewardModel) },
        baseHash: await hashModel(model),
        dataHash: await hashFile(data),
      },
      signal,
    });
    const kept = best.weights ?? optimizer.weights();
    const metrics = {
      ...(await evaluate(kept)),
      "train/epoch": best.weights ? best.at : epochs,
      ...figures,
    };
    await writeModel(out, { config: gpt, kind: "lm", weights: kept, dtype: "F32", tokenizerFrom: model });
    return { dir: out, metrics };
  } finally {
    await optimizer.dispose();
    await forward.dispose();
    await judge?.dispose();
  }
}

/** A demonstration as the loss sees it: the tokens that are read are those of `answer`. */
export interface Learned extends Text {
  /** How many of them are the prompt's: with λ all but the first one, which nothing comes before. */
  promptTokens: number;
}

export function learned({ prompt, answers }: Pack, lmWeight: number): Learned {
  const answer = answers[0]!;
  if (lmWeight === 0) return { prompt, answer: [...answer], promptTokens: 0 };
  return { prompt: prompt.slice(0, 1), answer: [...prompt.slice(1), ...answer], promptTokens: prompt.length - 1 };
}

/**
 * The loss of a batch of rows. Inputs beside those of the rows: `answer_share` [N], a token's part of the mean over the
 * answers; with λ also `prompt_share` [N]; with dropout `keep`.
 */
export function sftObjective(
  graph: Graph,
  config: Architecture,
  parameters: Parameters,
  shape: RowsShape,
  { dropout, lmWeight }: { dropout: number; lmWeight: number },
): Objective {
  const [R, W, N] = shape;
  const masks = fedDropout(graph, config, R * W, dropout);
  const read = rowLogProbabilities(graph, config, parameters, shape, masks);
  const meanBy = (share: string) => op.neg(op.reduceSum(op.mul(read, graph.input(share, "float32", [N]))));
  const answer = meanBy("answer_share");
  if (lmWeight === 0) return { loss: answer, metrics: {} };
  const prompt = meanBy("prompt_share");
  const loss = op.add(answer, op.mul(prompt, lmWeight));
  return { loss, metrics: { "loss/answer": answer, "loss/prompt": prompt } };
}

/** Feeds of `sftObjective` but for dropout. @param all every text of the step, of which `rows` are this batch's. */
export function sftFeeds(
  rows: readonly (readonly Learned[])[],
  all: readonly Learned[],
  shape: RowsShape,
  padId: number,
) {
  const promptTokens = all.reduce((sum, text) => sum + text.promptTokens, 0);
  const answerTokens = all.reduce((sum, text) => sum + text.answer.length - text.promptTokens, 0);
  const [answerShare, promptShare] = [new Float32Array(shape[2]), new Float32Array(shape[2])];
  let start = 0;
  for (const text of rows.flat()) {
    const end = start + text.answer.length;
    promptShare.fill(1 / promptTokens, start, start + text.promptTokens);
    answerShare.fill(1 / answerTokens, start + text.promptTokens, end);
    start = end;
  }
  return { ...rowsFeeds(rows, shape, padId), answer_share: answerShare, prompt_share: promptShare };
}
