// rankloop pretrain: how the shipped model was made. Documents of the small world → a GPT from random weights.
import type { Command } from "commander";
import { number, path, whole } from "./input.ts";
import { result } from "./output.ts";
import { trainToEnd } from "./training-run.ts";

interface Options {
  out: string;
  tokenizer: string;
  checkpoints?: string;
  steps: number;
  nLayer: number;
  nEmbd: number;
  nHead: number;
  nCtx: number;
  rows: number;
  rowTokens: number;
  learningRate: number;
  warmup: number;
  weightDecay: number;
  evaluateEvery: number;
  seed: number;
  json?: boolean;
}

/** Documents to measure on come from another seed than those to train on: the generator never gives one twice. */
const validationSeed = 0x5eed;

export function addPretrain(program: Command): void {
  const seed = whole("The seed", 0, 0xffffffff);
  program
    .command("pretrain")
    .description("Train a GPT from random weights on the small world's documents.")
    .requiredOption("--out <dir>", "directory for the model", path)
    .requiredOption("--tokenizer <dir>", "directory with tokenizer.json and tokenizer_config.json", path)
    .requiredOption("--steps <number>", "optimiser steps", whole("The steps", 1))
    .option("--checkpoints <dir>", "directory for the run's checkpoint (default: <out>.checkpoint)", path)
    .option("--n-layer <number>", "layers", whole("Layers", 1, 96), 4)
    .option("--n-embd <number>", "width", whole("The width", 1, 12_288), 256)
    .option("--n-head <number>", "attention heads", whole("Heads", 1, 96), 4)
    .option("--n-ctx <number>", "positions", whole("Positions", 2, 2_048), 512)
    .option("--rows <number>", "rows of a step", whole("Rows", 1, 1_024), 8)
    .option("--row-tokens <number>", "tokens of a row", whole("Tokens of a row", 2, 2_048), 256)
    .option("--learning-rate <number>", "peak of the cosine", number("The learning rate", 0, 1), 1.5e-3)
    .option("--warmup <number>", "steps of linear warm-up", whole("Warm-up", 0), 100)
    .option("--weight-decay <number>", "decoupled, as in AdamW", number("The weight decay", 0, 1), 0.1)
    .option("--evaluate-every <number>", "steps between measurements", whole("Steps between measurements", 1), 250)
    .option("--seed <number>", "initial weights and documents", seed, 1)
    .option("--json", "one JSON object on stdout")
    .action(pretrain);
}

async function pretrain(options: Options): Promise<void> {
  const { json, checkpoints: named, ...settings } = options;
  const { trainLm } = await import("../../models/train/lm.ts");
  const { documents } = await import("../../models/world/documents.ts");
  const config = {
    ...settings,
    documents: () => documents(settings.seed),
    validation: () => documents(settings.seed ^ validationSeed),
  };
  const trained = await trainToEnd(options.out, named, (checkpoints, signal) =>
    trainLm({ ...config, checkpoints }, signal),
  );
  result(json, trained, () => {
    const loss = trained.metrics["eval/loss"];
    return `The model is in ${trained.dir}${loss === undefined ? "" : `; its loss on held-out documents is ${loss.toFixed(4)}`}.`;
  });
}
