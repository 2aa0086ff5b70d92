// rankloop pretrain: how the shipped model was made. Documents of the small world → a GPT from random weights.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { number, path, whole } from "./input.ts";
import { note, result } from "./output.ts";
import { trainToEnd } from "./training-run.ts";

interface Options {
  out: string;
  tokenizer?: string;
  vocabulary: number;
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

/** What the tokenizer learns its merges from. */
const tokenizerDocuments = 100_000;

export function addPretrain(program: Command): void {
  const seed = whole("The seed", 0, 0xffffffff);
  program
    .command("pretrain")
    .description("Train a GPT from random weights on the small world's documents.")
    .requiredOption("--out <dir>", "directory for the model", path)
    .requiredOption("--steps <number>", "optimiser steps", whole("The steps", 1))
    .option("--tokenizer <dir>", "model directory whose tokenizer to use (default: one trained on the documents)", path)
    .option("--vocabulary <number>", "tokens of a tokenizer trained here", whole("The vocabulary", 257, 65_536), 2_048)
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
  const { json, checkpoints: named, tokenizer: given, vocabulary, ...settings } = options;
  const { trainLm } = await import("../../models/train/lm.ts");
  const { documents } = await import("../../models/world/documents.ts");
  const tokenizer = given ?? (await trainTokenizer(vocabulary, settings.nCtx, documents(settings.seed, "train")));
  const config = {
    ...settings,
    tokenizer,
    documents: () => documents(settings.seed, "train"),
    // Disjoint from the training documents, whatever the seed.
    validation: () => documents(settings.seed, "validation"),
  };
  try {
    const trained = await trainToEnd(options.out, named, (checkpoints, signal) =>
      trainLm({ ...config, checkpoints }, signal),
    );
    result(json, trained, () => {
      const loss = trained.metrics["eval/loss"];
      return `The model is in ${trained.dir}${loss === undefined ? "" : `; its loss on held-out documents is ${loss.toFixed(4)}`}.`;
    });
  } finally {
    if (!given) await rm(tokenizer, { recursive: true });
  }
}

/** The same documents give the same tokenizer, so that an interrupted run goes on with the one it had. */
async function trainTokenizer(vocabulary: number, nCtx: number, documents: Generator<string>): Promise<string> {
  const { trainBpe, writeTokenizer } = await import("../../models/gpt/bpe.ts");
  const dir = await mkdtemp(join(tmpdir(), "rankloop-tokenizer-"));
  note(`Training a tokenizer of ${vocabulary} tokens …`);
  await writeTokenizer(dir, trainBpe(documents.take(tokenizerDocuments), vocabulary), nCtx);
  return dir;
}
