// The two scales of a reproduction: full, in at most 90 minutes on two cores, or quick, every part in minutes.
import { type BaseSizeName, baseSizes } from "../../models/train/base-sizes.ts";
import type { DpoSettings } from "../../models/train/dpo-config.ts";
import type { PpoSettings } from "../../models/train/ppo-config.ts";
import type { RewardSettings } from "../../models/train/reward-config.ts";
import type { SftSettings } from "../../models/train/sft-config.ts";

/** The shipped base models. InstructGPT: 1.3, 6 and 175 billion parameters. */
export type Size = BaseSizeName;
/** Smallest first. */
export const sizes = Object.keys(baseSizes) as Size[];

/** Makes something for each size, one after the other, because each uses all cores. */
export async function bySize<T>(make: (size: Size) => Promise<T>): Promise<Record<Size, T>> {
  const made: [Size, T][] = [];
  for (const size of sizes) made.push([size, await make(size)]);
  return Object.fromEntries(made) as Record<Size, T>;
}

/** The size of the reward model of all policies: the middle one, as InstructGPT's 6B served its 175B. */
export const rewardSize: Size = "medium";

export interface Scale {
  /** The share of the full reproduction's time, by which the time left is estimated. */
  time: number;
  /** Tokens of pre-training from scratch; absent: as many as each shipped model had. */
  pretrainingTokens?: number;
  /** Prompts with a demonstration. InstructGPT: 11,295 by labelers. */
  demonstrations: number;
  /** Prompts ranked by the training labelers, K = 4 … 9. InstructGPT: 6,623 by labelers. */
  comparisons: number;
  /** Prompts nothing learns from, ranked by the training labelers and by the held-out ones. */
  heldOutComparisons: number;
  /** Prompts nothing learns from, on which policies are judged. */
  heldOutPrompts: number;
  /** Answers sampled for each of them. */
  samples: number;
  /** The seeds of the experiments that are cheap enough to repeat. */
  seeds: readonly number[];
  /** Longest answer, tokens. */
  answerTokens: number;
  /** The sizes that DPO is trained at. No figure of the papers needs it, so only those that take minutes. */
  dpoSizes: readonly Size[];
  sft: Partial<SftSettings>;
  reward: Partial<RewardSettings>;
  ppo: Partial<PpoSettings>;
  dpo: Partial<DpoSettings>;
  /** Numbers of ranked prompts that reward models are trained on, for the curve. */
  comparisonCounts: readonly number[];
  /** Numbers of pairs at which K-way rankings and independent pairs are compared. */
  pairCounts: readonly number[];
  /** Prompts for policies that are trained from files, in this process. */
  practicePrompts: number;
  /** Sizes of the over-optimisation part: ranked prompts of the proxy, episodes of PPO, prompts and samples of best-of-n. */
  proxy: { comparisons: number; episodes: number; prompts: number; samples: number };
  /** γ of PPO-ptx. 0 is PPO. InstructGPT: 27.8. */
  ptxCoefficients: readonly number[];
  /** The alignment tax is measured on so many blocks of documents, of 4,096 tokens each. */
  taxBlocks: number;
}

/** K of the i-th prompt: 4 to 9 by turns, as InstructGPT's labelers had it. */
export const answersOf = (i: number): number => 4 + (i % 6);

export const full: Scale = {
  time: 1,
  demonstrations: 1_000,
  comparisons: 1_200,
  heldOutComparisons: 150,
  heldOutPrompts: 300,
  samples: 2,
  seeds: [1, 2, 3],
  answerTokens: 128,
  dpoSizes: ["small", "medium"],
  sft: { epochs: 4, learningRate: 2e-4 },
  // The head reads the likelihood: InstructGPT's own, which is trained beside it, learns next to nothing here.
  reward: { learningRate: 9e-6, likelihood: true },
  // γ: with 27.8 times as much of the texts' gradient as of the reward's, both means over tokens, a policy only goes back to
  // what it was before demonstrations. The last part of the report has it, too.
  // β: with the paper's 0.02 small policies leave what their reward model knows within a thousand episodes.
  ppo: { episodes: 2_048, beta: 0.05, ptxRows: 1, ptxCoefficient: 0.2 },
  dpo: {},
  comparisonCounts: [100, 300, 1_000],
  pairCounts: [300, 1_000],
  practicePrompts: 1_000,
  proxy: { comparisons: 600, episodes: 2_048, prompts: 64, samples: 128 },
  ptxCoefficients: [0, 0.2, 27.8],
  taxBlocks: 12,
};

/** The quick scale runs every step, at sizes too small to show much. */
export const quick: Scale = {
  ...full,
  time: 0.05,
  pretrainingTokens: 8_192,
  demonstrations: 16,
  comparisons: 16,
  heldOutComparisons: 4,
  heldOutPrompts: 6,
  samples: 1,
  answerTokens: 32,
  sft: { ...full.sft, epochs: 1, batch: 8 },
  ppo: { ...full.ppo, episodes: 16, batch: 8, minibatch: 8, answerTokens: 32, ptxRows: 1, normaliseOn: 8 },
  comparisonCounts: [6, 12],
  pairCounts: [30],
  practicePrompts: 16,
  proxy: { comparisons: 8, episodes: 32, prompts: 4, samples: 8 },
  ptxCoefficients: [0, 27.8],
  taxBlocks: 1,
  seeds: [1, 2],
};
