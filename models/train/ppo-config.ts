// The settings of PPO and PPO-ptx with their defaults. InstructGPT = Ouyang et al. 2022, C.4; LMHP = Ziegler et al. 2019
// and its code, lm-human-preferences. Where a default is not the paper's, its line says why.
import * as z from "zod";
import type { PromptContent } from "../../lib/vocabulary/conversation.ts";
import { ConfigError, checked, path, rate, runFields } from "./config.ts";

/** What takes the place of a reward model: a number for each answer, higher is better. */
export interface Scorer {
  /** Part of the run's identity: a checkpoint is not gone on with under another scorer. */
  name: string;
  score: (
    items: readonly { prompt: PromptContent; answer: string }[],
    signal?: AbortSignal,
  ) => Promise<ArrayLike<number>> | ArrayLike<number>;
}

const count = z.int().min(1);
const share = z.number().min(0).max(1);
const positive = z.number().positive();

const settings = {
  /** Answers to learn from, in all. InstructGPT: 256,000, which takes days here; small policies turn in thousands. */
  episodes: count.default(8192),
  /** Episodes of one iteration, sampled from one policy. InstructGPT: 512; fewer here, so that there are iterations. */
  batch: count.default(128),
  /** Episodes of one update. InstructGPT: 64, an eighth of its batch as here. */
  minibatch: count.default(16),
  /** Passes over an iteration's episodes. InstructGPT: 1. */
  innerEpochs: count.default(1),
  /** Share of the prompts that are not learned on but measured on at the end, where the file names no split. */
  validFraction: runFields.validFraction,
  /** Longest prompt, tokens; longer ones are dropped, as InstructGPT drops those above 1,000. */
  promptTokens: count.default(256),
  /** Longest answer, tokens, its end token included. Few answers of the shipped models are longer; such get −1, see below. */
  answerTokens: count.default(128),
  /** Of sampling, and of every log-probability. InstructGPT: 1. */
  temperature: z.number().min(0.01).max(10).default(1),
  /** Of the policy, after the warm-up. InstructGPT: 9e-6 for 1.3 billion parameters; smaller models take more. */
  learningRate: rate.default(1e-4),
  /** Of the value function, whose head begins at 0 and has a short run to learn in. InstructGPT: 9e-6. */
  valueLearningRate: rate.default(3e-4),
  /** Iterations in which the rate rises from a tenth. InstructGPT: 10 of its 500; 2 of our 64 are a share like that. */
  warmup: z.int().min(0).default(2),
  /** β, the price of one nat of KL. InstructGPT: 0.02. */
  beta: z.number().min(0).default(0.02),
  /** KL of an answer, nats, that β is adapted to (LMHP); 0 keeps β, as InstructGPT does. */
  klTarget: z.number().min(0).default(0),
  /** Episodes in which β may change. LMHP: 10,000. */
  klHorizon: positive.default(10_000),
  /** How far the ratio to the old policy counts. InstructGPT and LMHP: 0.2. */
  clipRange: positive.default(0.2),
  /** How far a value may move from the old one. LMHP: 0.2. */
  valueClipRange: positive.default(0.2),
  /** Weight of the value loss. LMHP: 0.1. The value function is a network of its own: only gradient clipping feels it. */
  valueCoefficient: positive.default(0.1),
  /** Discount. InstructGPT and LMHP: 1, none. */
  gamma: share.default(1),
  /** λ of GAE. LMHP: 0.95. */
  lambda: share.default(0.95),
  /**
   * Scale rewards of a minibatch to variance 1, keeping their mean. LMHP: yes, with answers of one length. Here lengths
   * differ, and what whitening takes from each token before the last makes every token cost, or pay, whatever it says:
   * answers shrink, or grow. Scores have variance 1 anyway, see normaliseOn, and advantages are whitened.
   */
  whitenRewards: z.boolean().default(false),
  /** Score of an answer without its end token. lm-human-preferences: −1. */
  missingEndScore: z.number().default(-1),
  /**
   * Answers of the reference that scores are normalised on, to mean 0 and variance 1 (lm-human-preferences), so that β
   * and the score of a missing end mean the same for every reward model; 0 leaves scores as they are.
   */
  normaliseOn: z.int().min(0).default(256),
  /** γ, the weight of the pre-training loss beside PPO's, both means over tokens. InstructGPT: 27.8. */
  ptxCoefficient: z.number().min(0).default(27.8),
  /**
   * Rows of pre-training text for each episode. InstructGPT: 8. Each takes longer than an episode; γ weighs their mean,
   * so 1 or 2 are a cheap alternative, only noisier.
   */
  ptxRows: count.default(8),
  /** Tokens of such a row: a longer document is cut, and goes on as if it were another. */
  ptxTokens: count.default(256),
  /**
   * Decay of the average of the weights, at each update; the average is the model written. InstructGPT: 0.992, which
   * looks back over 125 of its 4,000 updates; 0.96 looks back over 25 of our 512. A run of 128 would with 0.992 write a model
   * that has gone 30 % of the policy's way.
   */
  ema: z.number().min(0).max(0.99999).default(0.96),
  /** Order of the prompts and every sampled token. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 20)
    .default(1),
  /**
   * As in the other trainers; a quarter of theirs: policy and value function both keep what they need, and a minibatch
   * fills small batches better.
   */
  tokens: runFields.tokens.default(512),
};
export const ppoSettings = z.object(settings);
export const ppoDefaults = ppoSettings.parse({});
export type PpoSettings = typeof ppoDefaults;

/** What does not fit together in settings that are each within their bounds, as a sentence; null when all does. */
export function ppoProblem({ episodes, batch, minibatch }: PpoSettings): string | null {
  if (batch % minibatch !== 0) return `A batch of ${batch} episodes is not made of whole minibatches of ${minibatch}.`;
  if (episodes % batch === 0) return null;
  const fewer = episodes - (episodes % batch);
  const whole = fewer === 0 ? `${batch}` : `${fewer} or ${fewer + batch}`;
  return `${episodes} episodes are not made of whole batches of ${batch}: take ${whole}.`;
}

const ppoConfig = z.object({
  ...settings,
  /** JSONL of {"prompt"}, text or turns; other fields are not read. */
  prompts: path,
  /** Directory of the policy to start from: the SFT model. */
  model: path,
  /** Directory of the model that KL is measured to; the one to start from where absent. */
  reference: path.optional(),
  /** Directory of the reward model, or a function in its place. */
  reward: z.union([path, z.custom<Scorer>((value) => typeof value === "object" && value !== null && "score" in value)]),
  /** Directory of the model whose body the value function begins with: where absent the reward model, else the policy. */
  value: path.optional(),
  /**
   * Pre-training texts for PPO-ptx: JSONL of {"text"}, or documents, called again where more are needed. Without them
   * it is plain PPO.
   */
  pretraining: z.union([path, z.custom<() => Iterable<string>>((value) => typeof value === "function")]).optional(),
  /** Directory for the finished policy. */
  out: runFields.out,
  checkpoints: runFields.checkpoints,
  threads: runFields.threads,
});
export type PpoTrainConfig = z.input<typeof ppoConfig>;

/** A run's configuration with the defaults filled in: its numbers, and what they are applied to. @throws ConfigError */
export function checkedPpo(config: PpoTrainConfig) {
  const { prompts, model, reference, reward, value, pretraining, out, checkpoints, threads, ...numbers } = checked(
    ppoConfig,
    config,
  );
  const problem = ppoProblem(numbers);
  if (problem !== null) throw new ConfigError(problem);
  return { numbers, prompts, model, reference, reward, value, pretraining, out, checkpoints, threads };
}
