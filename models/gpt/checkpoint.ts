// A model directory in Hugging Face's layout: config.json, weights (stored.ts), tokenizer.json, tokenizer_config.json,
// generation_config.json; beside them heads.safetensors, where a reward model has an ensemble of heads. Read strictly,
// written as a whole or not at all. No onnxruntime: the web process reads here too.
import { copyFile, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { refusalOf } from "../../lib/vocabulary/refusal.ts";
import { mustFit } from "../memory.ts";
import {
  type Architecture,
  ArchitectureError,
  familyOf,
  formatArchitecture,
  parameterShapes,
  parseArchitecture,
} from "./architecture.ts";
import { DirectoryError, isThere, refuseForeign, replaceDirectory, wholeDirectory } from "./directory.ts";
import { type Head, scoreWidth } from "./heads.ts";
import { mergeAdapter, readAdapter } from "./lora.ts";
import { type AddedToken, withPadToken } from "./padding.ts";
import {
  isSameTensor,
  mustBeFinite,
  mustBeRead,
  readHeader,
  readTensors,
  SafetensorsError,
  type TensorData,
  writeTensors,
} from "./safetensors.ts";
import { readJson, readStored, type StoredTensor, storedTensors, tokenizerDirectory, weightsFile } from "./stored.ts";

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

const headsFile = "heads.safetensors";
const headsName = "heads.weight";
const tokenizerFiles = ["tokenizer.json", "tokenizer_config.json"];
const optionalTokenizerFiles = [
  "chat_template.jinja",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
];

/**
 * Config, kind and size of a model, from config.json and the header of model.safetensors: milliseconds for any size.
 * @throws ModelDirectoryError when a file is missing or malformed, or a tensor is missing, unknown or misshapen.
 */
export async function describeModel(dir: string): Promise<ModelDescription> {
  const { config, head, tensors } = await inspect(dir);
  let parameters = 0;
  for (const { shape } of tensors.values()) parameters += shape.reduce((a, b) => a * b, 1);
  const heads = await inspectHeads(dir, config, head);
  return { config, ...head, parameters, heads: heads?.entry.shape[0] ?? 0 };
}

/**
 * As `describeModel`, and every number is looked at once, as long as reading the files takes: what is said of a model when it
 * is added need not be said when it is first used.
 * @throws ModelDirectoryError as `describeModel`, or naming a tensor with numbers that are not finite.
 */
export async function verifyModel(dir: string): Promise<ModelDescription> {
  const description = await describeModel(dir);
  const { config, head, tensors, adapter } = await inspect(dir);
  const heads = await inspectHeads(dir, config, head);
  const all = [...tensors, ...(adapter?.tensors ?? [])].map(([name, tensor]) => ({ ...tensor, name }));
  if (heads) all.push({ ...heads.entry, file: heads.file, name: headsName });
  for (const [file, some] of Map.groupBy(all, ({ file }) => file)) {
    await mustBeFinite(
      file,
      some.map((tensor) => [tensor.name, tensor] as const),
    ).catch(rethrow);
  }
  return description;
}

/**
 * Config and weights of a model. Reads F32, F16 and BF16, with and without the family's prefix; an adapter is merged.
 * A reward model without score.bias (Hugging Face's has none) gets 0.
 * @throws ModelDirectoryError as `describeModel`; MemoryError.
 */
export async function readModel(dir: string): Promise<Head & { config: Architecture; weights: Weights }> {
  const { config, head, tensors, adapter } = await inspect(dir);
  mustFit(
    `Reading ${dir}`,
    [...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 4), 0),
  );
  const weights: Weights = await readStored(tensors).catch(rethrow);
  if (adapter) await mergeAdapter(config, weights, adapter).catch(rethrow);
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
/** All that may stand beside weights. */
export const filesBesideWeights = [
  "config.json",
  "generation_config.json",
  ...tokenizerFiles,
  ...optionalTokenizerFiles,
  card,
];
const modelFiles = [weightsFile, headsFile, ...filesBesideWeights];

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
  /** Added to that tokenizer, see padding.ts. */
  padToken?: AddedToken;
  /** The model's card, where there is none that somebody wrote. */
  card?: string;
}

/**
 * Write a model directory. Everything goes to a directory beside `dir`, is synced to the disk and renamed: at any kill
 * or full disk `dir` is the old model or the new one. A model that is there is replaced; any other directory is refused.
 * @throws ModelDirectoryError when weights and config disagree, a number is not finite, or the disk refuses.
 */
export async function writeModel(dir: string, model: ModelToWrite): Promise<void> {
  const { config, weights, heads, dtype, kind, likelihoodPower } = model;
  const head: Head = { kind, ...(likelihoodPower === undefined ? {} : { likelihoodPower }) };
  const { names, prefix } = familyOf(config);
  const shapes = parameterShapes(config, head);
  checkShapes("the weights to write", shapes, weights, config, head);
  const prefixed = new Map<string, TensorData>();
  for (const name of shapes.keys()) {
    const tensor = weights.get(name);
    // Hugging Face's head has no bias, and 0 is what is read where there is none.
    if (name === "score.bias" && tensor?.data[0] === 0) continue;
    // Its heads sit beside the body, not in it.
    if (tensor) prefixed.set(/^score\./.test(name) || name === `${names.output}.weight` ? name : prefix + name, tensor);
  }
  const files = await besideWeights(model);
  const oldCard = join(await wholeDirectory(dir), card);
  if (await isThere(oldCard)) files[card] = (path) => copyFile(oldCard, path);
  else if (model.card !== undefined) files[card] = (path) => writeFile(path, model.card!);
  await replaceDirectory(dir, modelFiles, files, {
    [weightsFile]: (handle) => writeTensors(handle, prefixed, dtype),
    ...(heads ? { [headsFile]: (handle) => writeTensors(handle, new Map([[headsName, heads]]), "F32") } : {}),
  }).catch(rethrow);
}

/** Files by name, each written to a path. */
export type Files = Record<string, (path: string) => Promise<void>>;

/**
 * What stands beside a model's weights, in whatever format those are: config.json, generation_config.json, the tokenizer.
 * @param more keys for config.json
 * @throws ModelDirectoryError when `tokenizerFrom` has no tokenizer.
 */
export async function besideWeights(
  {
    config,
    kind,
    likelihoodPower,
    dtype,
    tokenizerFrom,
    padToken,
  }: Pick<ModelToWrite, "config" | "kind" | "likelihoodPower" | "dtype" | "tokenizerFrom" | "padToken">,
  more: Record<string, unknown> = {},
): Promise<Files> {
  const source = await tokenizerDirectory(tokenizerFrom).catch(rethrow);
  const written = formatConfig(config, { kind, ...(likelihoodPower === undefined ? {} : { likelihoodPower }) });
  const { bos_token_id, eos_token_id } = written;
  const generation = { bos_token_id, eos_token_id, do_sample: true };
  const files: Files = {
    "config.json": (path) =>
      writeFile(path, json({ ...written, torch_dtype: dtype === "F16" ? "float16" : "float32", ...more })),
    "generation_config.json": (path) => writeFile(path, json(generation)),
  };
  const changed = padToken ? await withPadToken(source, padToken) : {};
  for (const name of [...tokenizerFiles, ...optionalTokenizerFiles]) {
    const from = join(source, name);
    const text = changed[name];
    if (text !== undefined) files[name] = (path) => writeFile(path, text);
    else if (await isThere(from)) files[name] = (path) => copyFile(from, path);
    else if (tokenizerFiles.includes(name)) throw new ModelDirectoryError(`${tokenizerFrom} has no ${name} to copy.`);
  }
  return files;
}

/**
 * A reward model that reads the likelihood is for this project only. Under a name of its own other programs say that they do
 * not know it; older ones of ours are called what their body is.
 */
const likelihoodType = "rankloop_likelihood_reward";
const likelihoodClass = "RankloopLikelihoodReward";

/** What goes into config.json. */
function formatConfig(config: Architecture, { kind, likelihoodPower }: Head): Record<string, unknown> {
  return {
    ...formatArchitecture(config),
    architectures: [familyOf(config).classes[kind]],
    ...(kind === "reward" ? { num_labels: 1 } : {}),
    ...(likelihoodPower === undefined
      ? {}
      : {
          model_type: likelihoodType,
          architectures: [likelihoodClass],
          rankloop_body: config.modelType,
          rankloop_likelihood_power: likelihoodPower,
        }),
  };
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Everything that can be known without reading the weights. */
async function inspect(path: string) {
  const dir = await wholeDirectory(path);
  // A directory without config.json is no model, whatever else it holds.
  const isAdapter = await isThere(join(dir, "adapter_config.json"));
  const first = isAdapter ? undefined : await readConfig(dir);
  const { base, tensors: stored, adapter: written } = await storedTensors(dir).catch(rethrow);
  const { config, head } = first ?? (await readConfig(base));
  const { names, prefix, buffers } = familyOf(config);
  const tensors = new Map<string, StoredTensor>();
  for (const [whole, tensor] of stored) {
    const name = whole.startsWith(prefix) ? whole.slice(prefix.length) : whole;
    if (buffers?.test(name)) continue;
    if (tensors.has(name)) {
      throw new ModelDirectoryError(`${tensor.file} has ${name} with and without "${prefix}".`);
    }
    tensors.set(name, tensor);
  }
  const unembedding = `${names.output}.weight`;
  const tied = config.tieWordEmbeddings && head.kind === "lm" && (await isCopy(tensors, unembedding, names.tokens));
  if (tied) tensors.delete(unembedding);
  const own = config.tieWordEmbeddings && head.kind === "lm" && tensors.has(unembedding);
  const found: Architecture = own ? { ...config, tieWordEmbeddings: false } : config;
  const where = [...stored.values()][0]?.file ?? dir;
  checkShapes(where, parameterShapes(found, head), tensors, found, head);
  try {
    for (const [name, tensor] of tensors) mustBeRead(tensor.file, name, tensor);
  } catch (cause) {
    rethrow(cause);
  }
  const adapter = written && (await readAdapter(found, tensors, written).catch(rethrow));
  return { config: found, head, tensors, adapter };
}

/** Is the output projection that a tied model has stored beside the embedding the same numbers? */
async function isCopy(tensors: ReadonlyMap<string, StoredTensor>, unembedding: string, tokens: string) {
  const [one, other] = [tensors.get(unembedding), tensors.get(`${tokens}.weight`)];
  return one !== undefined && other !== undefined && (await isSameTensor(one, other).catch(rethrow));
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
  model_type: z.string().optional(),
  rankloop_body: z.string().optional(),
  architectures: z.array(z.string()).nullish(),
  num_labels: z.int().optional(),
  id2label: z.record(z.string(), z.unknown()).nullish(),
  rankloop_likelihood_power: z.number().min(0).max(1).optional(),
});

/** A config.json has some two thousand characters. */
const longestConfig = 2 ** 20;

async function readConfig(dir: string): Promise<{ config: Architecture; head: Head }> {
  const file = join(dir, "config.json");
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
    const { model_type: type, rankloop_body: body, ...keys } = headKeys.parse(parsed);
    const known = type === likelihoodType ? { ...(parsed as object), model_type: body } : parsed;
    const config = await withGenerationConfig(parseArchitecture(known, file), dir);
    const { architectures, num_labels, id2label, rankloop_likelihood_power: power } = keys;
    const { reward } = familyOf(config).classes;
    if (!architectures?.some((name) => name === reward || name === likelihoodClass)) {
      return { config, head: { kind: "lm" } };
    }
    // Hugging Face writes only what differs from two labels.
    const labels = num_labels ?? (id2label ? Object.keys(id2label).length : 2);
    if (labels !== 1)
      throw new ModelDirectoryError(`${file} describes a classifier of ${labels} labels, not one score.`);
    return { config, head: { kind: "reward", ...(power === undefined ? {} : { likelihoodPower: power }) } };
  } catch (cause) {
    if (cause instanceof ArchitectureError) throw new ModelDirectoryError(cause.message, { cause });
    if (cause instanceof z.ZodError) {
      throw new ModelDirectoryError(`${file}: ${refusalOf(cause.issues[0]!, parsed).sentence}`, { cause });
    }
    throw cause;
  }
}

const token = z.int().min(0);
const generationKeys = z.looseObject({ eos_token_id: z.union([token, z.array(token)]).nullish() });

/** generation_config.json, where there is one, knows best what ends an answer. */
async function withGenerationConfig(config: Architecture, dir: string): Promise<Architecture> {
  const file = join(dir, "generation_config.json");
  if (!(await isThere(file))) return config;
  const { eos_token_id: ends } = await readJson(file, generationKeys, "no model's settings").catch(rethrow);
  if (ends === null || ends === undefined) return config;
  const eosTokenIds = [ends].flat();
  const outside = eosTokenIds.find((id) => id >= config.vocabSize);
  if (outside === undefined) return { ...config, eosTokenIds };
  throw new ModelDirectoryError(`${file}: token ${outside} is outside the vocabulary of ${config.vocabSize}.`);
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

/** @throws ModelDirectoryError when `dir` holds no model, or a reward model. */
export async function languageModel(dir: string) {
  const { config, weights, ...head } = await readModel(dir);
  mustBeLanguageModel(dir, head);
  return { config, weights };
}

/** @throws ModelDirectoryError when what was found in `dir` is a reward model. */
export function mustBeLanguageModel(dir: string, { kind }: Head): void {
  if (kind !== "lm") throw new ModelDirectoryError(`${dir} holds a reward model, not a language model.`);
}
