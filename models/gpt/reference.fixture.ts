// For tests: small models of every architecture that Hugging Face transformers wrote, with what it computes for them.
// reference/README.md says how they were made.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Architecture } from "./architecture.ts";
import { readModel, type Weights } from "./checkpoint.ts";
import { readHeader, readTensors, type TensorData } from "./safetensors.ts";

const root = join(import.meta.dirname, "reference");

/** Names of their directories. */
export const references = readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

export const referenceDirectory = (name: string): string => join(root, name);

export interface Reference {
  config: Architecture;
  weights: Weights;
  /** Rows of one length, and their logits, end to end. */
  ids: number[][];
  logits: Float32Array;
  /** The likeliest tokens after the prompt, the end token left out. */
  prompt: number[];
  greedy: number[];
  /** Texts of several lengths, and the scores of the same body under a head: of each alone, and of all in one batch. */
  rows: number[][];
  scores: number[];
  padded: number[];
  head: TensorData;
}

export async function readReference(name: string): Promise<Reference> {
  const dir = referenceDirectory(name);
  const { config, weights } = await readModel(dir);
  const file = join(dir, "expected.safetensors");
  const tensors = await readTensors(file, await readHeader(file));
  const said = JSON.parse(readFileSync(join(dir, "expected.json"), "utf8"));
  return { config, weights, ...said, logits: tensors.get("logits")!.data, head: tensors.get("score.weight")! };
}
