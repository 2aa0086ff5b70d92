// Where a model directory keeps its tensors: in model.safetensors, in several files with an index, or as a LoRA adapter
// beside a base model (PEFT). Says what is there from headers alone; pickles are named and never opened.
import { readdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import * as z from "zod";
import { refusalOf } from "../../lib/vocabulary/refusal.ts";
import { isThere, wholeDirectory } from "./directory.ts";
import { readHeader, readTensors, SafetensorsError, type TensorData, type TensorEntry } from "./safetensors.ts";

export const weightsFile = "model.safetensors";
const indexFile = `${weightsFile}.index.json`;
const adapterConfig = "adapter_config.json";
const adapterFile = "adapter_model.safetensors";

/** A tensor and the file it is in. */
export interface StoredTensor extends TensorEntry {
  file: string;
}

export interface Stored {
  /** Where config.json is: the directory itself, or an adapter's base model. */
  base: string;
  /** Files of numbers, in the order of their names; the adapter's last. */
  files: string[];
  tensors: Map<string, StoredTensor>;
  /** Where the directory is an adapter. */
  adapter?: { config: string; tensors: Map<string, StoredTensor> };
}

/**
 * @param dir as it was found, see `wholeDirectory`.
 * @throws SafetensorsError when there are no weights, or some are missing, cut, or in a format that is not read.
 */
export async function storedTensors(dir: string): Promise<Stored> {
  if (await isThere(join(dir, adapterConfig))) {
    const base = await adapterBase(dir);
    const under = await storedTensors(base);
    if (under.adapter) throw new SafetensorsError(`${dir} is an adapter of ${base}, which is an adapter itself.`);
    const file = join(dir, adapterFile);
    if (!(await isThere(file))) return refuseOthers(dir, adapterFile);
    const adapter = { config: join(dir, adapterConfig), tensors: await headerOf(file) };
    return { ...under, files: [...under.files, adapter.config, file], adapter };
  }
  const whole = join(dir, weightsFile);
  if (await isThere(whole)) return { base: dir, files: [whole], tensors: await headerOf(whole) };
  const index = join(dir, indexFile);
  if (!(await isThere(index))) return refuseOthers(dir, weightsFile);
  return await sharded(dir, index);
}

const index = z.looseObject({ weight_map: z.record(z.string(), z.string().regex(/^[\w.-]+\.safetensors$/)) });

async function sharded(dir: string, file: string): Promise<Stored> {
  const { weight_map: map } = await readJson(file, index, "no index of weights");
  const names = [...new Set(Object.values(map))].sort();
  const tensors = new Map<string, StoredTensor>();
  for (const name of names) {
    const shard = join(dir, name);
    if (!(await isThere(shard))) throw new SafetensorsError(`${dir} has no ${name}, which ${indexFile} names.`);
    for (const [tensor, entry] of await headerOf(shard)) {
      if (tensors.has(tensor)) throw new SafetensorsError(`${shard} has ${tensor}, which is in another file, too.`);
      tensors.set(tensor, entry);
    }
  }
  const lost = Object.keys(map).find((tensor) => tensors.get(tensor)?.file !== join(dir, map[tensor]!));
  if (lost !== undefined) throw new SafetensorsError(`${map[lost]} has no ${lost}, which ${file} puts there.`);
  return { base: dir, files: [file, ...names.map((name) => join(dir, name))], tensors };
}

async function headerOf(file: string): Promise<Map<string, StoredTensor>> {
  return new Map([...(await readHeader(file))].map(([name, entry]) => [name, { ...entry, file }]));
}

/** @throws SafetensorsError saying what is there instead. */
async function refuseOthers(dir: string, wanted: string): Promise<never> {
  const found = (await readdir(dir).catch(() => [])).find((name) => /\.(bin|pt|pth|ckpt|gguf|h5|msgpack)$/.test(name));
  if (found === undefined) throw new SafetensorsError(`${dir} has no ${wanted}.`);
  if (!/\.(bin|pt|pth|ckpt)$/.test(found)) {
    throw new SafetensorsError(`${dir} has no ${wanted}, and ${found} is not read.`);
  }
  throw new SafetensorsError(
    `${dir} has no ${wanted}, and ${found} is a pickle, which could run anything and is never opened: convert it in Python with AutoModelForCausalLM.from_pretrained(…).save_pretrained(…).`,
  );
}

const adapterBaseKey = z.looseObject({ base_model_name_or_path: z.string().min(1) });

/** The model that an adapter is for: the path it names, or a folder of that name beside it. */
async function adapterBase(dir: string): Promise<string> {
  const file = join(dir, adapterConfig);
  const { base_model_name_or_path: name } = await readJson(file, adapterBaseKey, "no adapter's config");
  for (const path of [resolve(dir, name), resolve(dir, "..", name), resolve(dir, "..", basename(name))]) {
    if (path !== resolve(dir) && (await isThere(join(path, "config.json")))) return path;
  }
  throw new SafetensorsError(
    `${file}: base_model_name_or_path: ${name} is no folder of a model; put one beside ${dir}.`,
  );
}

/** Where the tokenizer of a model directory is: an adapter may leave it to its base. */
export async function tokenizerDirectory(dir: string): Promise<string> {
  const whole = await wholeDirectory(dir);
  const own = (await isThere(join(whole, "tokenizer.json"))) || !(await isThere(join(whole, adapterConfig)));
  return own ? whole : await adapterBase(whole);
}

/** Numbers of tensors, of whichever files. */
export async function readStored(tensors: ReadonlyMap<string, StoredTensor>): Promise<Map<string, TensorData>> {
  const result = new Map<string, TensorData>();
  for (const [file, some] of Map.groupBy(tensors, ([, { file }]) => file)) {
    for (const [name, tensor] of await readTensors(file, some)) result.set(name, tensor);
  }
  return result;
}

/** @throws SafetensorsError naming the file and the key. */
export async function readJson<T>(file: string, schema: z.ZodType<T>, what: string): Promise<T> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new SafetensorsError(`${file} is ${what}: it is not JSON.`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new SafetensorsError(`${file} is ${what}: ${refusalOf(parsed.error.issues[0]!, json).sentence}`);
}
