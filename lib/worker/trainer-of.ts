// The trainer of a run, started with the run's settings, files and models.
import type { TrainingTask } from "../../db/queries/training-tasks.ts";
import { checked } from "../../models/train/config.ts";
import { trainDpo } from "../../models/train/dpo.ts";
import { dpoSettings } from "../../models/train/dpo-config.ts";
import type { Tell, TrainEvent, TrainResult } from "../../models/train/loop.ts";
import { trainPpo } from "../../models/train/ppo.ts";
import { ppoSettings } from "../../models/train/ppo-config.ts";
import { trainReward } from "../../models/train/reward.ts";
import { rewardSettings } from "../../models/train/reward-config.ts";
import { trainSft } from "../../models/train/sft.ts";
import { sftSettings } from "../../models/train/sft-config.ts";
import { modelDirectory } from "../training/model-directory.ts";
import type { TrainingDataset } from "../vocabulary/labeling.ts";
import { PermanentError } from "./loop.ts";
import type { Files } from "./snapshot.ts";

interface Places {
  /** Directory for the finished model. */
  out: string;
  checkpoints: string;
}

/** @throws PermanentError, ConfigError before the first step where something is missing or out of bounds */
export function trainerOf(
  { kind, settings, baseModel, rewardModel }: TrainingTask,
  files: Files,
  places: Places,
  signal: AbortSignal,
  tell: Tell = () => {},
): AsyncGenerator<TrainEvent, TrainResult> {
  const from = { ...places, model: modelDirectory(baseModel) };
  const reward = rewardModel ? modelDirectory(rewardModel) : undefined;
  switch (kind) {
    case "sft": {
      const data = needed(files, "demonstrations");
      return trainSft({ ...checked(sftSettings, settings), ...from, data, rewardModel: reward }, signal);
    }
    case "reward": {
      const data = needed(files, "comparisons");
      const { demonstrations } = files;
      return trainReward({ ...checked(rewardSettings, settings), ...from, data, demonstrations }, signal);
    }
    case "dpo":
      return trainDpo({ ...checked(dpoSettings, settings), ...from, data: needed(files, "comparisons") }, signal);
    case "ppo": {
      if (reward === undefined) throw new PermanentError("The run has no reward model.");
      const data = { prompts: needed(files, "prompts"), pretraining: files.texts };
      return trainPpo({ ...checked(ppoSettings, settings), ...from, ...data, reward }, signal, tell);
    }
  }
}

function needed(files: Files, dataset: TrainingDataset): string {
  const file = files[dataset];
  if (file === undefined) throw new PermanentError(`The run has no ${dataset}.`);
  return file;
}
