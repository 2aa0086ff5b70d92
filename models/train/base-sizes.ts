// The base models that are shipped in models/zoo: their shapes and how long each was trained. Data only: the web process
// reads it, too.

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
    about: "The smallest that comes with Rankloop: answers at once, and is often wrong.",
    nLayer: 4,
    nEmbd: 80,
    nHead: 4,
    tokens: 25_000_000,
    learningRate: 3e-3,
  },
  medium: {
    name: "world-1.5m",
    about:
      "Between the smallest and the largest that come with Rankloop: trains in a third of the time of the largest.",
    nLayer: 4,
    nEmbd: 160,
    nHead: 4,
    tokens: 12_000_000,
    learningRate: 2e-3,
  },
  large: {
    name: "world-6m",
    about: "The largest that comes with Rankloop, and the one to begin with.",
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
