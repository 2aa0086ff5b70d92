// rankloop pretrain: how the shipped models were made. Documents → a tokenizer → a GPT from random weights.
import { type Command, Option } from "commander";
import { type BaseSizeName, baseSizes, usualSize } from "../../models/train/base-sizes.ts";
import type { PretrainConfig } from "../../models/train/pretrain.ts";
import { result } from "../output.ts";
import { number, path, whole } from "./input.ts";
import { addRunOptions, type RunOptions, trainToEnd } from "./training-run.ts";

type Settings = Omit<PretrainConfig, "out" | "checkpoints">;
type Options = Partial<Settings> & RunOptions & { size: BaseSizeName; json?: boolean };

export function addPretrain(program: Command): void {
  const command = program
    .command("pretrain")
    .description("Train a GPT from random weights. What is left out is as it was for the shipped model of its size.");
  addRunOptions(command)
    .addOption(
      new Option("--size <name>", "shape, tokens and learning rate of a shipped model")
        .choices(Object.keys(baseSizes))
        .default(usualSize),
    )
    .option("--data <file>", 'documents, one {"text"} a line (default: the small world written for this project)', path)
    .option("--model <dir>", "language model to go on from, instead of random weights", path)
    .option("--tokens <number>", "tokens to train on", whole("The tokens", 1))
    .option("--vocab-size <number>", "tokens of the vocabulary", whole("The vocabulary", 257, 65_536))
    .addOption(
      new Option("--architecture <name>", "of a new model").choices(["gpt-1", "gpt-2", "gpt-3"]).default("gpt-2"),
    )
    .option("--n-layer <number>", "layers", whole("Layers", 1, 96))
    .option("--n-embd <number>", "width", whole("The width", 1, 12_288))
    .option("--n-head <number>", "attention heads", whole("Heads", 1, 96))
    .option("--n-ctx <number>", "positions", whole("Positions", 2, 2_048))
    .option("--rows <number>", "tokens of a step, as rows of that length", whole("Rows", 1, 1_024))
    .option("--row-tokens <number>", "tokens of a row", whole("Tokens of a row", 2, 2_048))
    .option("--learning-rate <number>", "peak of the cosine", number("The learning rate", 0, 1))
    .option("--warmup <number>", "steps of linear warm-up", whole("Warm-up", 0))
    .option("--weight-decay <number>", "decoupled, as in AdamW", number("The weight decay", 0, 1))
    .option("--evaluate-every <number>", "steps between measurements", whole("Steps between measurements", 1))
    .option("--seed <number>", "initial weights and documents", whole("The seed", 0, 0xffffffff))
    .option("--json", "one JSON object on stdout")
    .action(train);
}

async function train(options: Options): Promise<void> {
  const { json, checkpoints: named, force, tensorboard, out, size, ...given } = options;
  const { pretrain, pretrainDefaults } = await import("../../models/train/pretrain.ts");
  const trained = await trainToEnd({ out, checkpoints: named, force, tensorboard }, (checkpoints, signal) =>
    pretrain({ ...pretrainDefaults(size), ...given, out, checkpoints }, signal),
  );
  result(json, trained, () => {
    const loss = trained.metrics["eval/loss"];
    const measured = loss === undefined ? "" : `; its loss on held-out documents is ${loss.toFixed(4)}`;
    return `The model is in ${trained.dir}${measured}.`;
  });
}
