// A model directory in Hugging Face's layout: config.json, model.safetensors, tokenizer.json, tokenizer_config.json,
// generation_config.json; beside them heads.safetensors, where a reward model has an ensemble of heads. Read strictly, written as a whole or not at all. No onnxruntime: the web process reads here too.
import { copyFile, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import {
  type Architecture,
  ArchitectureError,
  familyOf,
  formatArchitecture,
  padId,
  parameterShapes,
  parseArchitecture,
} from "./architecture.ts";
import { DirectoryError, isThere, refuseForeign, replaceDirectory, wholeDirectory } from "./directory.ts";
import { type Head, scoreWidth } from "./heads.ts";
import {
  readHeader,
  readTensors,
  SafetensorsError,
  type TensorData,
  type TensorEntry,
  writeTensors,
} from "./safetensors.ts";

/** Parameters by Hugging Face name, without the family's prefix; see `parameterShapes`. */
export type Weights = Map<string, TensorData>;

export interface ModelDescription extends Head {
  config: Architecture;
  /** Numbers that were learned; a tied output projection counts once. */
  parameters: number;
  /** Of a reward model: how many heads its ensemble has (models/train/ensemble.ts); 0 where it has none. */
  heads: number;
}

/** A model directory that cannot be used or written; the message is one sentence that names the file and the tensor. */
export class ModelDirectoryError extends Error {
  override name = "ModelDirectoryError";
  readonly code = "MODEL_DIRECTORY";
}

const weightsFile = "model.safetensors";
const headsFile = "heads.safetensors";
const headsName = "heads.weight";
const tokenizerFiles = ["tokenizer.json", "tokenizer_config.json"];
const optionalTokenizerFiles = ["special_tokens_map.json", "vocab.json", "merges.txt"];

/**
 * Config, kind and size of a model, from config.json and the header of model.safetensors: milliseconds for any size.
 * @throws ModelDirectoryError when a file is missing or malformed, or a tensor is missing, unknown or misshapen.
 */
export async function describeModel(dir: string): Promise<ModelDescription> {
  const { config, head, entries } = await inspect(dir);
  let parameters = 0;
  for (const { shape } of entries.values()) parameters += shape.reduce((a, b) => a * b, 1);
  const heads = await inspectHeads(dir, config, head);
  return { config, ...head, parameters, heads: heads?.entry.shape[0] ?? 0 };
}

/**
 * Config and weights of a model. Reads F32, F16 and BF16, with and without the family's prefix.
 * A reward model without score.bias (Hugging Face's has none) gets 0.
 * @throws ModelDirectoryError as `describeModel`.
 */
export async function readModel(dir: string): Promise<Head & { config: Architecture; weights: Weights }> {
  const { config, head, file, entries } = await inspect(dir);
  const weights = await readTensors(file, entries).catch(rethrow);
  if (head.kind === "reward" && !weights.has("score.bias")) {
    weights.set("score.bias", { shape: [1], data: new Float32Array(1) });
  }
  return { config, ...head, weights };
}

/**
 * The heads of a reward model's ensemble [M, scoreWidth]; null where it has none.
 * @throws ModelDirectoryError as `describeModel`.
 */
export async function readHeads(dir: string): Promise<TensorData | null> {
  const { config, head } = await inspect(dir);
  const found = await inspectHeads(dir, config, head);
  if (!found) return null;
  return (await readTensors(found.file, [[headsName, found.entry]]).catch(rethrow)).get(headsName)!;
}

/** The model's card: written by people, so it stays when a model is written anew. */
const card = "README.md";
const modelFiles = [
  "config.json",
  "generation_config.json",
  weightsFile,
  headsFile,
  ...tokenizerFiles,
  ...optionalTokenizerFiles,
  card,
];

/**
 * Look whether a model may be written to `dir`, before the hours that training takes.
 * @throws ModelDirectoryError when it holds files that are no part of a model.
 */
export async function mayWriteModel(dir: string): Promise<void> {
  await refuseForeign(dir, modelFiles).catch(rethrow);
}

export interface ModelToWrite extends Head {
  config: Architecture;
  weights: Weights;
  /** Of a reward model [M, scoreWidth]; written as F32. */
  heads?: TensorData;
  /** F16 halves the file and rounds each weight to 11 significant bits. */
  dtype: "F32" | "F16";
  /** Model directory whose tokenizer files are copied. */
  tokenizerFrom: string;
}

/**
 * Write a model directory. Everything goes to a directory beside `dir`, is synced to the disk and renamed: at any kill
 * or full disk `dir` is the old model or the new one. A model that is there is replaced; any other directory is refused.
 * @throws ModelDirectoryError when weights and config disagree, a number is not finite, or the disk refuses.
 */
export async function writeModel(dir: string, model: ModelToWrite): Promise<void> {
  const { config, weights, heads, dtype, tokenizerFrom, kind, likelihoodPower } = model;
  const head: Head = { kind, ...(likelihoodPower === undefined ? {} : { likelihoodPower }) };
  const { names, prefix } = familyOf(config);
  const shapes = parameterShapes(config, head);
  checkShapes("the weights to write", shapes, weights, config, head);
  const prefixed = new Map<string, TensorData>();
  for (const name of shapes.keys()) {
    const tensor = weights.get(name);
    // Hugging Face's heads sit beside the body, not in it.
    if (tensor) prefixed.set(/^score\./.test(name) || name === `${names.output}.weight` ? name : prefix + name, tensor);
  }
  const source = await wholeDirectory(tokenizerFrom);
  const written = formatConfig(config, head);
  const { bos_token_id, eos_token_id } = written;
  const generation = { bos_token_id, eos_token_id, do_sample: true };

  const files: Record<string, (path: string) => Promise<void>> = {
    "config.json": (path) =>
      writeFile(path, json({ ...written, torch_dtype: dtype === "F16" ? "float16" : "float32" })),
    "generation_config.json": (path) => writeFile(path, json(generation)),
  };
  for (const name of [...tokenizerFiles, ...optionalTokenizerFiles]) {
    const from = join(source, name);
    if (await isThere(from)) files[name] = (path) => copyFile(from, path);
    else if (tokenizerFiles.includes(name)) throw new ModelDirectoryError(`${tokenizerFrom} has no ${name} to copy.`);
  }
  const oldCard = join(await wholeDirectory(dir), card);
  if (await isThere(oldCard)) files[card] = (path) => copyFile(oldCard, path);
  await replaceDirectory(dir, modelFiles, files, {
    [weightsFile]: (handle) => writeTensors(handle, prefixed, dtype),
    ...(heads ? { [headsFile]: (handle) => writeTensors(handle, new Map([[headsName, heads]]), "F32") } : {}),
  }).catch(rethrow);
}

/** What goes into config.json. A reward model that reads the likelihood is for this project only: its head is wider. */
function formatConfig(config: Architecture, { kind, likelihoodPower }: Head): Record<string, unknown> {
  return {
    ...formatArchitecture(config),
    architectures: [familyOf(config).classes[kind]],
    ...(kind === "reward" ? { num_labels: 1, pad_token_id: padId(config) } : {}),
    ...(likelihoodPower === undefined ? {} : { rankloop_likelihood_power: likelihoodPower }),
  };
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Everything that can be known without reading the weights. */
async function inspect(path: string) {
  const dir = await wholeDirectory(path);
  const { config, head } = await readConfig(join(dir, "config.json"));
  const { names, prefix, buffers } = familyOf(config);
  const file = join(dir, weightsFile);
  if (!(await isThere(file))) {
    const sharded = await isThere(`${file}.index.json`);
    throw new ModelDirectoryError(
      sharded ? `${dir} keeps its weights in several files, which is not supported.` : `${dir} has no ${weightsFile}.`,
    );
  }
  const entries = new Map<string, TensorEntry>();
  for (const [stored, entry] of await readHeader(file).catch(rethrow)) {
    const name = stored.startsWith(prefix) ? stored.slice(prefix.length) : stored;
    if (buffers?.test(name)) continue;
    // A copy of the embedding, which is read as both.
    if (name === `${names.output}.weight` && head.kind === "lm" && config.tieWordEmbeddings) continue;
    if (entries.has(name)) throw new ModelDirectoryError(`${file} has ${name} with and without "${prefix}".`);
    entries.set(name, entry);
  }
  checkShapes(file, parameterShapes(config, head), entries, config, head);
  return { config, head, file, entries };
}

async function inspectHeads(path: string, config: Architecture, head: Head) {
  const file = join(await wholeDirectory(path), headsFile);
  if (head.kind !== "reward" || !(await isThere(file))) return null;
  const entries = await readHeader(file).catch(rethrow);
  const entry = entries.get(headsName);
  const { shape = [] } = entry ?? {};
  const width = scoreWidth(config, head);
  if (!entry || entries.size > 1 || shape.length !== 2 || shape[0] === 0 || shape[1] !== width) {
    throw new ModelDirectoryError(`${file} must hold ${headsName} of shape [heads, ${width}] and nothing else.`);
  }
  return { file, entry };
}

const headKeys = z.looseObject({
  architectures: z.array(z.string()).nullish(),
  num_labels: z.int().optional(),
  id2label: z.record(z.string(), z.unknown()).nullish(),
  rankloop_likelihood_power: z.number().min(0).max(1).optional(),
});

/** A config.json has some two thousand characters. */
const longestConfig = 2 ** 20;

async function readConfig(file: string): Promise<{ config: Architecture; head: Head }> {
  const unreadable = (cause: unknown): never => {
    throw new ModelDirectoryError(`The model directory has no readable ${file}.`, { cause });
  };
  const { size } = await stat(file).catch(unreadable);
  if (size > longestConfig) throw new ModelDirectoryError(`${file} is no model's config: it has ${size} bytes.`);
  const text = await readFile(file, "utf8").catch(unreadable);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new ModelDirectoryError(`${file} is not JSON.`, { cause });
  }
  try {
    const config = parseArchitecture(parsed, file);
    const { architectures, num_labels, id2label, rankloop_likelihood_power: power } = headKeys.parse(parsed);
    if (!architectures?.includes(familyOf(config).classes.reward)) return { config, head: { kind: "lm" } };
    // Hugging Face writes only what differs from two labels.
    const labels = num_labels ?? (id2label ? Object.keys(id2label).length : 2);
    if (labels !== 1)
      throw new ModelDirectoryError(`${file} describes a classifier of ${labels} labels, not one score.`);
    return { config, head: { kind: "reward", ...(power === undefined ? {} : { likelihoodPower: power }) } };
  } catch (cause) {
    if (cause instanceof ArchitectureError) throw new ModelDirectoryError(cause.message, { cause });
    if (cause instanceof z.ZodError) throw new ModelDirectoryError(`${file} is no model's config.`, { cause });
    throw cause;
  }
}

function checkShapes(
  where: string,
  expected: ReadonlyMap<string, readonly number[]>,
  found: ReadonlyMap<string, { shape: readonly number[] }>,
  { modelType }: Architecture,
  { kind }: Head,
): void {
  const missing = [...expected.keys()].filter((name) => !found.has(name) && name !== "score.bias");
  if (missing.length > 0) throw new ModelDirectoryError(`Not in ${where}: ${listed(missing)}.`);
  const unknown = [...found.keys()].filter((name) => !expected.has(name));
  if (unknown.length > 0) {
    const what = kind === "reward" ? `${modelType} reward model` : `${modelType} model`;
    throw new ModelDirectoryError(`No part of a ${what}, but in ${where}: ${listed(unknown)}.`);
  }
  for (const [name, shape] of expected) {
    const got = found.get(name)?.shape ?? shape;
    if (got.length !== shape.length || got.some((size, i) => size !== shape[i])) {
      throw new ModelDirectoryError(
        `In ${where}, ${name} is [${got.join(", ")}], but config.json makes it [${shape.join(", ")}].`,
      );
    }
  }
}

/** listed(["a", "b", "c", "d"]) → "a, b, c and 1 more" */
function listed(names: string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function rethrow(cause: unknown): never {
  if (cause instanceof SafetensorsError || cause instanceof DirectoryError) {
    throw new ModelDirectoryError(cause.message, { cause });
  }
  throw cause;
}
