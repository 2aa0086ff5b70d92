// rankloop train sft|reward|dpo|ppo: data of people and a model to start from → a model.
import type { Command } from "commander";
import { baseSizes, usualSize } from "../../models/train/base-sizes.ts";
import type { TrainEvent, TrainResult } from "../../models/train/loop.ts";
import { result } from "../output.ts";
import { smallWorld, type TrainingKind } from "../vocabulary/labeling.ts";
import { path, shippedModel } from "./input.ts";
import { rewardReport } from "./reward-report.ts";
import { addSettings, settingsFrom } from "./settings.ts";
import { addRunOptions, type RunOptions, trainToEnd } from "./training-run.ts";

/** Options that every kind of training has beside its settings. */
interface Options extends RunOptions {
  model?: string;
  json?: boolean;
}

/** Places are the paths a run reads and writes. */
interface Places {
  model: string;
  out: string;
  checkpoints: string;
}

type Start<Given> = (
  options: Given,
  places: Places,
  signal: AbortSignal,
) => Promise<AsyncGenerator<TrainEvent, TrainResult>>;

export function addTrain(program: Command): void {
  const group = program.command("train").description("Train a model.");
  const add = <Given extends Options>(
    kind: TrainingKind,
    description: string,
    data: (command: Command) => Command,
    start: Start<Given>,
    report: (metrics: Record<string, number>) => string,
  ) =>
    addSettings(
      addRunOptions(
        data(group.command(kind).description(description)).option(
          "--model <dir>",
          "language model to start from (default: the largest shipped base model)",
          path,
        ),
      ),
      kind,
    )
      .option("--json", "one JSON object on stdout")
      .action((options: Given) => train(options, start, report));

  add<Options & { data: string; rewardModel?: string }>(
    "sft",
    "Fine-tune a language model on demonstrations (InstructGPT §3.5).",
    (command) =>
      command
        .requiredOption("--data <file>", 'demonstrations, one {"prompt", "completion"} a line', path)
        .option("--reward-model <dir>", "keeps the epoch whose answers it likes best; else the last", path),
    async ({ data, rewardModel, ...options }, places, signal) => {
      const { trainSft } = await import("../../models/train/sft.ts");
      return trainSft({ ...settingsFrom("sft", options), ...places, data, rewardModel }, signal);
    },
    sftReport,
  );
  add<Options & { data: string; demonstrations?: string }>(
    "reward",
    "Train a reward model on comparisons: the language model with a scalar head (InstructGPT §3.5).",
    (command) =>
      command
        .requiredOption("--data <file>", 'comparisons, one {"prompt", "chosen", "rejected"} a line', path)
        .option("--demonstrations <file>", "are to score 0 on average; else the answers compared do", path),
    async ({ data, demonstrations, ...options }, places, signal) => {
      const { trainReward } = await import("../../models/train/reward.ts");
      return trainReward({ ...settingsFrom("reward", options), ...places, data, demonstrations }, signal);
    },
    rewardReport,
  );
  add<Options & { data: string }>(
    "dpo",
    "Train a language model on comparisons directly, without a reward model (Rafailov et al. 2023).",
    (command) => command.requiredOption("--data <file>", 'comparisons, {"prompt", "chosen", "rejected"} a line', path),
    async ({ data, ...options }, places, signal) => {
      const { trainDpo } = await import("../../models/train/dpo.ts");
      return trainDpo({ ...settingsFrom("dpo", options), ...places, data }, signal);
    },
    rewardReport,
  );
  add<Options & { prompts: string; rewardModel: string; texts?: string }>(
    "ppo",
    "Train a language model on a reward model's scores of its own answers: PPO, with texts PPO-ptx (InstructGPT §3.5).",
    (command) =>
      command
        .requiredOption("--prompts <file>", 'what it practises on, one {"prompt"} a line', path)
        .requiredOption("--reward-model <dir>", "reward model with the same tokenizer", path)
        .option(
          "--texts <file>",
          `not to be forgotten, one {"text"} a line, or "${smallWorld}": makes it PPO-ptx`,
          (text) => (text === smallWorld ? text : path(text)),
        ),
    async ({ prompts, rewardModel: reward, texts, ...options }, places, signal) => {
      const { trainPpo } = await import("../../models/train/ppo.ts");
      const settings = settingsFrom("ppo", options);
      const pretraining = texts === smallWorld ? await worldDocuments(settings.seed) : texts;
      return trainPpo({ ...settings, ...places, prompts, reward, pretraining }, signal);
    },
    () => "",
  );
}

async function train<Given extends Options>(
  options: Given,
  start: Start<Given>,
  report: (metrics: Record<string, number>) => string,
): Promise<void> {
  const { json, out, model = shippedModel(baseSizes[usualSize].name) } = options;
  const trained = await trainToEnd(options, (checkpoints, signal) =>
    start(options, { model, out, checkpoints }, signal),
  );
  const said = report(trained.metrics);
  result(json, trained, () => `${said ? `${said}\n` : ""}The model is in ${trained.dir}.`);
}

const sftReport = ({ "eval/loss": loss }: Record<string, number>): string =>
  loss === undefined ? "" : `Its loss on held-out demonstrations is ${loss.toFixed(4)}.`;

async function worldDocuments(seed: number): Promise<() => Iterable<string>> {
  const { documents } = await import("../../models/world/documents.ts");
  return () => documents(seed, "train");
}
