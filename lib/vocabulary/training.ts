// The words of training: what can be trained, and what it learns from. Constants only, so that every room may read them.

/** Fine-tuning on demonstrations, a reward model, DPO, and PPO, which is PPO-ptx where it has texts beside it. */
export const trainingKinds = ["sft", "reward", "dpo", "ppo"] as const;
export type TrainingKind = (typeof trainingKinds)[number];

/** What a run reads, a file of each: the people's, as they were when it was started, and texts for pre-training. */
export const trainingDatasets = ["demonstrations", "comparisons", "prompts", "texts"] as const;
export type TrainingDataset = (typeof trainingDatasets)[number];

/** The texts that come with Rankloop: documents of its synthetic world. Others are files under the data directory. */
export const smallWorld = "small-world";
