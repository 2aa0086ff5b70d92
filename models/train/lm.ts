// Language-model pre-training: next-token prediction on documents, from random weights to a model directory.
// Loss: the mean over all tokens of −log p(token | those before it in its document), in nats.
import { availableParallelism } from "node:os";
import * as z from "zod";
import type { Architecture } from "../gpt/architecture.ts";
import { languageModel, ModelDirectoryError, mayWriteModel, writeModel } from "../gpt/checkpoint.ts";
import { type Gpt2Sizes, gpt2 } from "../gpt/families/gpt2.ts";
import { initialWeights } from "../gpt/init.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { adamWDefaults } from "./adamw.ts";
import { checked, rate } from "./config.ts";
import { DocumentLoss, documentsToMeasure, lmLoss } from "./document-loss.ts";
import { DocumentRows } from "./document-rows.ts";
import { cosine, learning, type TrainEvent, type TrainResult, trainLoop } from "./loop.ts";
import { Optimizer } from "./optimizer.ts";
import { type RowsShape, rowWidths } from "./rows.ts";
import { hashModel } from "./run-state.ts";

export interface LmTrainConfig {
  /** Training documents; called again where more are needed. */
  documents: () => Iterable<string>;
  /** Documents to measure on, none of them trained on. */
  validation: () => Iterable<string>;
  /** Directory with tokenizer.json and tokenizer_config.json. */
  tokenizer: string;
  /** Directory of a language model to go on from: its weights and shape, instead of random ones of the shape below. */
  model?: string;
  /** Directory for the finished model. */
  out: string;
  /** Directory for the run's checkpoint. */
  checkpoints: string;
  /** Of a new model, see `newGpt`. */
  architecture: keyof typeof newGpt;
  /** Layers, width, heads and positions of a new model. */
  nLayer: number;
  nEmbd: number;
  nHead: number;
  nCtx: number;
  steps: number;
  /** Tokens of a row, at most: a longer document is cut in pieces. */
  rowTokens: number;
  /** A step has as many tokens as so many rows of that length. */
  rows: number;
  /** Peak of the cosine. GPT-3 used 6e-4 at 125M parameters and more for smaller models. */
  learningRate: number;
  /** Steps of linear warm-up. */
  warmup: number;
  weightDecay: number;
  seed: number;
  /** Steps between measurements on the validation documents. */
  evaluateEvery: number;
  threads?: number;
}

/**
 * The three GPT architectures that a new model can have, at the same sizes. "gpt-1": norms after each sum. "gpt-2": norms before attention and MLP.
 * "gpt-3": every second layer sees the last tokens only, as many as GPT-Neo's share of its context, an eighth; and as in
 * GPT-Neo products of queries and keys are not scaled.
 */
export const newGpt = {
  "gpt-1": (sizes: Gpt2Sizes): Architecture => ({ ...gpt2(sizes), modelType: "openai-gpt", residual: "post" }),
  "gpt-2": gpt2,
  "gpt-3": (sizes: Gpt2Sizes): Architecture => ({
    ...gpt2(sizes),
    modelType: "gpt_neo",
    biases: { qkv: false, out: true, mlp: true },
    layers: Array.from({ length: sizes.nLayer }, (_, layer) => ({
      scale: 1,
      ...(layer % 2 === 1 ? { window: Math.ceil(sizes.nCtx / 8) } : {}),
    })),
  }),
};

export const lmDefaults = {
  architecture: "gpt-2",
  nLayer: 4,
  nEmbd: 256,
  nHead: 4,
  nCtx: 512,
  rows: 4,
  rowTokens: 512,
  learningRate: 1e-3,
  warmup: 200,
  weightDecay: adamWDefaults.weightDecay,
  seed: 1,
  evaluateEvery: 250,
} satisfies Partial<LmTrainConfig>;

const count = z.int().min(1);
/** The settings of a run, for a new model and for its training. */
const figures = z
  .object({
    architecture: z.enum(["gpt-1", "gpt-2", "gpt-3"]),
    nLayer: count,
    nEmbd: count,
    nHead: count,
    nCtx: count,
    rows: count,
    rowTokens: count,
    steps: count,
    learningRate: rate,
    warmup: z.int().min(0),
    weightDecay: z.number().min(0).max(1),
    seed: z.int().min(0).max(0xffffffff),
    evaluateEvery: count,
    threads: count.optional(),
  })
  .refine(({ nEmbd, nHead }) => nEmbd % nHead === 0, {
    path: ["nEmbd"],
    message: 'The setting "nEmbd" is not a multiple of "nHead".',
  });

/**
 * Train a GPT on documents and write it, with 16-bit weights, to `out`. Goes on from `checkpoints` where one is there.
 * Metrics: `loss`, see above, of the step's documents before its update; `gradient_norm`: of its gradient, before clipping;
 * `learning_rate`; `eval/loss`: the same mean over validation documents.
 * @throws ConfigError, ModelDirectoryError, Error where there is no document, before anything is written; NonFiniteError
 *   naming the step.
 */
export async function* trainLm(config: LmTrainConfig, signal?: AbortSignal): AsyncGenerator<TrainEvent, TrainResult> {
  checked(figures, config);
  const { rows: B, rowTokens: T, steps, seed } = config;
  await mayWriteModel(config.out);
  const tokenizer = await loadTokenizer(config.tokenizer);
  const base = config.model === undefined ? undefined : await languageModel(config.model);
  const { nCtx: context, nEmbd: width, nLayer: layers, nHead: heads } = config;
  const gpt =
    base?.config ??
    newGpt[config.architecture]({
      vocabSize: tokenizer.vocabSize,
      nCtx: context,
      nEmbd: width,
      nLayer: layers,
      nHead: heads,
      eosTokenId: tokenizer.eosId,
    });
  if (T > gpt.nCtx) throw new ModelDirectoryError(`Rows of ${T} tokens do not fit a context of ${gpt.nCtx}.`);
  const train = new DocumentRows({
    documents: config.documents,
    tokenizer,
    widths: rowWidths(T),
    steps,
    stepTokens: B * T,
  });

  const optimizer = new Optimizer({
    weights: base?.weights ?? initialWeights(gpt, seed),
    objective: (graph, parameters, shape) => ({
      loss: lmLoss(graph, gpt, parameters, shape as RowsShape),
      metrics: {},
    }),
    adamW: { ...adamWDefaults, weightDecay: config.weightDecay },
    threads: config.threads ?? availableParallelism(),
  });
  const evaluator = new DocumentLoss(gpt, documentsToMeasure(config.validation, tokenizer, gpt), config.threads);
  try {
    const { learningRate, warmup, weightDecay } = config;
    const { nLayer, nEmbd, nHead, nCtx } = gpt;
    const settings = {
      nLayer,
      nEmbd,
      nHead,
      nCtx,
      B,
      T,
      steps,
      learningRate,
      warmup,
      weightDecay,
      seed,
      // Runs that began before there was a choice can be resumed.
      ...(config.architecture === "gpt-2" ? {} : { architecture: config.architecture }),
    };
    const loop = trainLoop({
      learner: learning(optimizer, (index) => train.passes(index), cosine(learningRate, steps, warmup)),
      steps,
      evaluate: async () => ({ "eval/loss": await evaluator.of(optimizer.weights(), signal) }),
      evaluateEvery: config.evaluateEvery,
      checkpoints: config.checkpoints,
      checkpointMs: 120_000,
      identity: {
        trainer: "lm",
        config: settings,
        baseHash: config.model === undefined ? null : await hashModel(config.model),
        dataHash: train.hash(),
      },
      signal,
    });
    const metrics = yield* loop;
    const weights = optimizer.weights();
    await writeModel(config.out, { config: gpt, kind: "lm", weights, dtype: "F16", tokenizerFrom: config.tokenizer });
    return { dir: config.out, metrics };
  } finally {
    await optimizer.dispose();
    await evaluator.dispose();
  }
}
