// rankloop train reward: a comparisons file and a language model → a reward model.
import type { Command } from "commander";
import { rewardSettings } from "../api/contract.ts";
import { number, path, whole } from "./input.ts";
import { result } from "./output.ts";
import { rewardReport } from "./reward-report.ts";
import { shippedModel } from "./shipped.ts";
import { trainToEnd } from "./training-run.ts";

interface Options {
  data: string;
  model?: string;
  out: string;
  checkpoints?: string;
  learningRate: number;
  epochs: number;
  rows: number;
  weightDecay: number;
  seed: number;
  validFraction: number;
  json?: boolean;
}

export function addTrain(program: Command): void {
  const defaults = rewardSettings.parse({});
  program
    .command("train")
    .description("Train a model.")
    .command("reward")
    .description("Train a reward model on comparisons: the language model with a scalar head (InstructGPT §3.5).")
    .requiredOption("--data <file>", 'comparisons, one {"prompt", "chosen", "rejected"} a line', path)
    .option("--model <dir>", "language model to start from (default: the shipped one)", path)
    .requiredOption("--out <dir>", "directory for the reward model", path)
    .option("--checkpoints <dir>", "directory for the run's checkpoint (default: <out>.checkpoint)", path)
    .option("--learning-rate <number>", "peak of the cosine", number("The learning rate", 0, 1), defaults.learningRate)
    .option("--epochs <number>", "passes over the data", whole("Epochs", 1, 100), defaults.epochs)
    .option("--rows <number>", "prompt-and-answer rows of a step", whole("Rows", 2, 64), defaults.rows)
    .option("--weight-decay <number>", "decoupled, as in AdamW", number("The weight decay", 0, 1), defaults.weightDecay)
    .option("--seed <number>", "order of the data and initial head", whole("The seed", 0, 0xffffffff), defaults.seed)
    .option(
      "--valid-fraction <share>",
      "prompts held out, where the data names no split",
      number("The held-out fraction", 0, 0.9),
      0.1,
    )
    .option("--json", "one JSON object on stdout")
    .action(trainReward);
}

async function trainReward(options: Options): Promise<void> {
  const { json, model = shippedModel(), checkpoints: named, ...settings } = options;
  const trainer = await import("../../models/train/reward.ts");
  const trained = await trainToEnd(options.out, named, (checkpoints, signal) =>
    trainer.trainReward({ ...settings, model, checkpoints }, signal),
  );
  result(json, trained, () => `${rewardReport(trained.metrics)}\nThe reward model is in ${trained.dir}.`);
}
