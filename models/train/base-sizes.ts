// The models that are shipped in models/zoo: the base models' shapes and how long each was trained, and what the practice
// model is made of. Data only: the web process reads it, too.

interface BaseSize {
  /** Of its directory in models/zoo. */
  name: string;
  /** What it is good for, in a sentence. */
  about: string;
  nLayer: number;
  nEmbd: number;
  nHead: number;
  /** Tokens it was trained on. */
  tokens: number;
  /** Peak of the cosine: DeepSeek's law (Bi et al. 2024, eq. 1) for this compute, × √ of our batch's share of theirs. */
  learningRate: number;
}

/** Smallest first. One vocabulary, one context, one corpus: `rankloop pretrain --size` makes each again. */
export const baseSizes = {
  small: {
    name: "world-0.4m",
    about:
      "The smallest base model that comes with Rankloop, for experiments: it goes on as the pages of its valley do, good and bad.",
    nLayer: 4,
    nEmbd: 80,
    nHead: 4,
    tokens: 25_000_000,
    learningRate: 3e-3,
  },
  medium: {
    name: "world-1.5m",
    about:
      "The middle base model that comes with Rankloop, for experiments: trains in a third of the time of the largest.",
    nLayer: 4,
    nEmbd: 160,
    nHead: 4,
    tokens: 12_000_000,
    learningRate: 2e-3,
  },
  large: {
    name: "world-6m",
    about: "The largest base model that comes with Rankloop, for experiments: the practice model is made of it.",
    nLayer: 6,
    nEmbd: 288,
    nHead: 6,
    tokens: 20_000_000,
    learningRate: 1.5e-3,
  },
} as const satisfies Record<string, BaseSize>;

export type BaseSizeName = keyof typeof baseSizes;

/** The size that is used where none is named. */
export const usualSize = "large" satisfies BaseSizeName;

/** What answers people where no other model is named: world/practice.ts says what it is taught. */
export const practiceModel = {
  name: "practice",
  about: "A practice model to begin with: it knows one small valley, and says so when it is asked about anything else.",
  /** Directory of the base model that it was fine-tuned from. */
  base: baseSizes.large.name,
  /**
   * One after the other, each on demonstrations of its own seed, mixed as PracticeMixture in world/practice.ts says; rates
   * are peaks of the cosine. bench/practice-trials.md tells of a third.
   */
  rounds: [
    { seed: 1, demonstrations: 2_500, learningRate: 8e-4, outsideShare: 0.36, evenShare: 0 },
    { seed: 2, demonstrations: 2_000, learningRate: 6e-4, outsideShare: 0.36, evenShare: 0 },
  ],
} as const;
