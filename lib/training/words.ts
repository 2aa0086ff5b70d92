// The label and the hint of each setting of each trainer, one line each; the reasons for the defaults are the trainers' own
// (models/train/*-config.ts).
import type { DpoSettings } from "../../models/train/dpo-config.ts";
import type { PpoSettings } from "../../models/train/ppo-config.ts";
import type { RewardSettings } from "../../models/train/reward-config.ts";
import type { SftSettings } from "../../models/train/sft-config.ts";

export interface Words {
  label: string;
  hint: string;
  /** Hardly ever changed, so the form folds it away. */
  rare?: true;
}
type WordsOf<Settings> = { readonly [Name in keyof Settings]: Words };

const shared = {
  seed: {
    label: "Seed",
    hint: "The same seed on the same data gives the same run.",
  },
  validFraction: {
    label: "Held-out share",
    hint: "Prompts kept for measuring, where no prompt of the data is in a held-out split already.",
    rare: true,
  },
  overlong: {
    label: "Too long answers",
    hint: "Those that do not fit the model's context with their prompt: “drop” leaves them out, “cut” cuts them, “refuse” ends the run.",
    rare: true,
  },
  patience: {
    label: "Patience",
    hint: "The best model on held-out prompts is kept, of some ten measured; after so many that are no better the run ends. 0 is off.",
    rare: true,
  },
  weightDecay: {
    label: "Weight decay",
    hint: "Pulls the weights towards zero at each step. 0 is off, as in InstructGPT.",
    rare: true,
  },
  tokens: {
    label: "Tokens at once",
    hint: "Bounds the memory: a step with more takes several passes, with the same result.",
    rare: true,
  },
} as const satisfies Record<string, Words>;

const ties = "Answers ranked equal: “drop” leaves them out, as InstructGPT does; “soft” counts both orders half right";

const sft: WordsOf<SftSettings> = {
  epochs: {
    label: "Epochs",
    hint: "Passes over all demonstrations. InstructGPT took 16, and let a reward model choose among them.",
  },
  learningRate: {
    label: "Learning rate",
    hint: "How far each step moves the weights. InstructGPT took 9.65e-6 for 1.3 billion of them; small models take more.",
  },
  batch: { label: "Demonstrations a step", hint: "InstructGPT took 32. Fewer make more steps of a small data set." },
  seed: shared.seed,
  dropout: {
    label: "Dropout",
    hint: "Share of the signals left out at random while training, against learning by heart. InstructGPT: 0.2.",
    rare: true,
  },
  lmWeight: {
    label: "Weight of the prompts (λ)",
    hint: "Also learn to write the prompts, so much against the answers. 0 is off; GPT-1 took 0.5.",
    rare: true,
  },
  answerTokens: {
    label: "Longest sampled answer",
    hint: "Tokens of an answer that the reward model scores after each epoch, where one is chosen.",
    rare: true,
  },
  validFraction: shared.validFraction,
  overlong: shared.overlong,
  weightDecay: shared.weightDecay,
  tokens: shared.tokens,
};

const reward: WordsOf<RewardSettings> = {
  learningRate: {
    label: "Learning rate",
    hint: "How far each step moves the weights. InstructGPT took 9e-6 for 6 billion of them; a small model takes more.",
  },
  epochs: {
    label: "Epochs",
    hint: "Passes over all comparisons. InstructGPT took one: more soon learn them by heart.",
  },
  rows: {
    label: "Answers a step",
    hint: "About so many: a step takes whole prompts, and as many tokens as the others.",
  },
  seed: shared.seed,
  ties: { label: "Ties", hint: `${ties}; “davidson” also learns how likely a tie is.`, rare: true },
  likelihood: {
    label: "Read the likelihood",
    hint: "The score also counts how likely the model finds an answer: for small models. Take a learning rate of 9e-6 with it.",
    rare: true,
  },
  patience: shared.patience,
  validFraction: shared.validFraction,
  overlong: shared.overlong,
  weightDecay: shared.weightDecay,
  tokens: shared.tokens,
};

const dpo: WordsOf<DpoSettings> = {
  beta: {
    label: "Hold on the base model (β)",
    hint: "The larger, the less the model may move away from the one it starts from. The paper took 0.1.",
  },
  learningRate: {
    label: "Learning rate",
    hint: "How far each step moves the weights. The paper took 1e-6 for billions of them; a small model takes more.",
  },
  epochs: { label: "Epochs", hint: "Passes over all comparisons. One, as for a reward model on the same data." },
  rows: {
    label: "Answers a step",
    hint: "About so many: a step takes whole prompts, and as many tokens as the others.",
  },
  seed: shared.seed,
  warmup: {
    label: "Warm-up",
    hint: "Share of the steps in which the learning rate rises. The paper took 150 steps, which is a whole run here.",
    rare: true,
  },
  ties: { label: "Ties", hint: `${ties}.`, rare: true },
  labelSmoothing: {
    label: "Label smoothing",
    hint: "Share of the pairs taken to be the wrong way round, where labelers err. The paper took none.",
    rare: true,
  },
  sftWeight: {
    label: "Weight of preferred answers",
    hint: "Also learn to write them, so much against the pairs, lest they become less likely, too. 0 is off, as in the paper.",
    rare: true,
  },
  patience: shared.patience,
  validFraction: shared.validFraction,
  overlong: shared.overlong,
  weightDecay: shared.weightDecay,
  tokens: shared.tokens,
};

const ppo: WordsOf<PpoSettings> = {
  validFraction: shared.validFraction,
  episodes: {
    label: "Episodes",
    hint: "Answers to learn from, in all. InstructGPT took 256,000, which would take days here.",
  },
  learningRate: {
    label: "Learning rate",
    hint: "How far each step moves the policy. InstructGPT took 9e-6 for 1.3 billion weights; smaller models take more.",
  },
  beta: {
    label: "Price of KL (β)",
    hint: "What a nat of distance from the base model costs in reward, token by token. InstructGPT: 0.02.",
  },
  answerTokens: { label: "Longest answer", hint: "Tokens of an answer, its end included. Longer ones are cut." },
  seed: shared.seed,
  ptxCoefficient: {
    label: "Weight of the texts (γ)",
    hint: "How much writing the pre-training texts counts beside the reward. InstructGPT: 27.8.",
  },
  ptxRows: {
    label: "Rows of text an episode",
    hint: "InstructGPT took 8. Fewer are quicker and only noisier: γ weighs their mean.",
  },
  ptxTokens: { label: "Tokens of such a row", hint: "Length of a row of pre-training text.", rare: true },
  batch: {
    label: "Episodes of one policy",
    hint: "Answers sampled before the policy changes. InstructGPT took 512; fewer here, so that it changes at all.",
    rare: true,
  },
  minibatch: {
    label: "Episodes an update",
    hint: "An eighth of the answers of one policy, as in InstructGPT. It must divide them evenly.",
    rare: true,
  },
  innerEpochs: { label: "Passes over the answers", hint: "Before new ones are sampled. InstructGPT: 1.", rare: true },
  promptTokens: { label: "Longest prompt", hint: "Tokens; prompts that are longer are left out.", rare: true },
  temperature: { label: "Temperature", hint: "Of sampling. InstructGPT: 1.", rare: true },
  valueLearningRate: { label: "Learning rate of the values", hint: "Of the value function's own network.", rare: true },
  warmup: { label: "Warm-up", hint: "Policies in which the learning rates rise from a tenth.", rare: true },
  klTarget: {
    label: "KL aimed at",
    hint: "Nats of an answer that β is adapted to. 0 keeps β as it is, as InstructGPT does.",
    rare: true,
  },
  klHorizon: { label: "Pace of β", hint: "Episodes in which β may change, where a KL is aimed at.", rare: true },
  clipRange: {
    label: "Clipping of the policy",
    hint: "How far a token's probability may move in one update and still count. InstructGPT: 0.2.",
    rare: true,
  },
  valueClipRange: { label: "Clipping of the values", hint: "How far a value may move in one update.", rare: true },
  valueCoefficient: { label: "Weight of the value loss", hint: "Felt only where gradients are clipped.", rare: true },
  gamma: { label: "Discount", hint: "Of later rewards. InstructGPT: 1, none.", rare: true },
  lambda: { label: "λ of the advantages", hint: "Between one step (0) and the whole answer (1).", rare: true },
  whitenRewards: {
    label: "Whiten rewards",
    hint: "Scale the rewards of an update to variance 1. For answers of one length: else it pays for short or long ones.",
    rare: true,
  },
  missingEndScore: { label: "Score without an end", hint: "What an answer gets that was cut.", rare: true },
  normaliseOn: {
    label: "Answers to normalise on",
    hint: "Scores are shifted and scaled by this many answers of the base model. 0 leaves them as they are.",
    rare: true,
  },
  ema: {
    label: "Averaging of the weights",
    hint: "The model written is their moving average, with this decay at each update. InstructGPT: 0.992, in a run eight times as long.",
    rare: true,
  },
  tokens: shared.tokens,
};

export const words = { sft, reward, dpo, ppo } as const;
