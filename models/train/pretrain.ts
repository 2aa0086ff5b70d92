// Making a base model from nothing: learn a vocabulary, then train a GPT, on the synthetic world or on one's own texts.
import { rm } from "node:fs/promises";
import * as z from "zod";
import { parseJsonl } from "../../lib/preference/jsonl.ts";
import { trainBpe, writeTokenizer } from "../gpt/bpe.ts";
import { documents } from "../world/documents.ts";
import { type BaseSizeName, baseSizes, usualSize } from "./base-sizes.ts";
import { DataError, lines } from "./data.ts";
import { type LmTrainConfig, lmDefaults, trainLm } from "./lm.ts";
import type { TrainEvent, TrainResult } from "./loop.ts";

export interface PretrainConfig
  extends Omit<LmTrainConfig, "documents" | "validation" | "tokenizer" | "steps" | "evaluateEvery"> {
  /** JSONL of {"text"}; the synthetic world where absent. Every 50th document is held out. */
  data?: string;
  /** Tokens to train on: steps = tokens / (rows · rowTokens), rounded up. */
  tokens: number;
  vocabSize: number;
  evaluateEvery?: number;
}

/** As the shipped model of this size was made. */
export function pretrainDefaults(size: BaseSizeName = usualSize) {
  const { nLayer, nEmbd, nHead, tokens, learningRate } = baseSizes[size];
  return { ...lmDefaults, vocabSize: 1024, nLayer, nEmbd, nHead, tokens, learningRate };
}

/** Characters the vocabulary is learned from: more changes little, and takes longer. */
const vocabularyCharacters = 10_000_000;
const text = z.looseObject({ text: z.string().min(1) });

/**
 * Train a tokenizer, beside `out` until it joins the model there, then the model; or go on from `model`.
 * Metrics as trainLm.
 * @throws DataError, JsonlError
 */
export async function* pretrain(config: PretrainConfig, signal?: AbortSignal): AsyncGenerator<TrainEvent, TrainResult> {
  const { data, tokens, vocabSize, ...rest } = config;
  const source = data === undefined ? world(config.seed) : await ownTexts(data);
  // Learned anew at every start, which takes seconds, so that it can only be this data's.
  const learned = `${config.out}.tokenizer`;
  const tokenizer = config.model ?? learned;
  if (!config.model) await writeTokenizer(learned, trainBpe(some(source.documents()), vocabSize), config.nCtx);
  const result = yield* trainLm(
    {
      evaluateEvery: lmDefaults.evaluateEvery,
      ...rest,
      ...source,
      tokenizer,
      steps: Math.ceil(tokens / (config.rows * config.rowTokens)),
    },
    signal,
  );
  await rm(learned, { recursive: true, force: true });
  return result;
}

type Source = Pick<LmTrainConfig, "documents" | "validation">;

/** The world keeps a part of all its documents for validation: none of it is trained on, whatever the seed. */
function world(seed: number): Source {
  return { documents: () => documents(seed, "train"), validation: () => documents(seed, "validation") };
}

async function ownTexts(file: string): Promise<Source> {
  const texts: string[] = [];
  for await (const [line, number] of lines(file)) texts.push(parseJsonl(line, number, file, text).text);
  if (texts.length < 2)
    throw new DataError(`${file} has fewer than two texts: one is needed to train on, one to hold out.`);
  const held = (i: number) => i % 50 === 1;
  return {
    documents: () => texts.filter((_, i) => !held(i)),
    validation: () => texts.filter((_, i) => held(i)),
  };
}

function* some(texts: Iterable<string>): Generator<string> {
  let characters = 0;
  for (const one of texts) {
    if (characters > vocabularyCharacters) return;
    yield one;
    characters += one.length;
  }
}
