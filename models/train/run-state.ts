// A run's checkpoint on the disk: weights, moments and step, with what the run is made of, written whole or not at all.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { replaceDirectory, wholeDirectory } from "../gpt/directory.ts";
import { readHeader, readTensors, writeTensors } from "../gpt/safetensors.ts";
import { storedTensors, tokenizerDirectory } from "../gpt/stored.ts";
import type { OptimizerState } from "./optimizer.ts";

/** What makes two runs the same: the trainer, its settings, the model it starts from and the data. Stored beside each checkpoint. */
export interface RunIdentity {
  trainer: string;
  /** Settings that change the numbers, seed included; no paths. */
  config: Record<string, unknown>;
  /** Of the model it started from, see hashModel; null for random weights. */
  baseHash: string | null;
  /** SHA-256 of the data, hexadecimal. */
  dataHash: string;
}

/** A checkpoint that cannot be gone on from; the message is one sentence. */
export class RunStateError extends Error {
  override name = "RunStateError";
}

const stateFile = "state.json";
const arraysFile = "state.safetensors";
/** Raised when the meaning of a stored step changes, so that an old checkpoint is not continued wrongly. */
const version = 2;
const stored = z.object({ version: z.int(), step: z.int().min(0), identity: z.unknown() });

/** Replace the checkpoint in `dir`. @throws DirectoryError when the disk is full; the old one is whole. */
export async function saveRun(dir: string, identity: RunIdentity, state: OptimizerState): Promise<void> {
  const content = `${JSON.stringify({ version, step: state.step, identity }, null, 2)}\n`;
  await replaceDirectory(
    dir,
    [stateFile, arraysFile],
    { [stateFile]: (path) => writeFile(path, content) },
    { [arraysFile]: (handle) => writeTensors(handle, state.arrays, "F32") },
  );
}

/**
 * The checkpoint in `dir`, or null where there is none.
 * @throws RunStateError when it belongs to a run with other settings or data, or cannot be read.
 */
export async function readRun(dir: string, identity: RunIdentity): Promise<OptimizerState | null> {
  const whole = await wholeDirectory(dir);
  const file = join(whole, stateFile);
  if (!(await stat(file).catch(() => null))) return null;
  const parsed = stored.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!parsed.success) throw new RunStateError(`${file} is no checkpoint of a training run.`);
  const { step, identity: other } = parsed.data;
  if (parsed.data.version !== version || JSON.stringify(other) !== JSON.stringify(identity)) {
    throw new RunStateError(
      `${dir} holds the checkpoint of another run (other settings or data): choose a new directory.`,
    );
  }
  const arrays = join(whole, arraysFile);
  return { step, arrays: await readTensors(arrays, await readHeader(arrays)) };
}

/** How many steps the checkpoint in `dir` has behind it; null where there is none that can be read. */
export async function checkpointStep(dir: string): Promise<number | null> {
  const text = await readFile(join(await wholeDirectory(dir), stateFile), "utf8").catch(() => "null");
  try {
    const { success, data } = stored.safeParse(JSON.parse(text));
    return success && data.version === version ? data.step : null;
  } catch {
    return null;
  }
}

/** SHA-256 over the weights, the config and the tokenizer of a model directory, hexadecimal. */
export async function hashModel(dir: string): Promise<string> {
  const whole = await wholeDirectory(dir);
  const { base, files } = await storedTensors(whole);
  const tokenizer = await tokenizerDirectory(dir);
  const hashes = [
    join(base, "config.json"),
    ...files,
    join(tokenizer, "tokenizer.json"),
    join(tokenizer, "tokenizer_config.json"),
  ].map(hashFile);
  return createHash("sha256")
    .update((await Promise.all(hashes)).join())
    .digest("hex");
}

/** SHA-256 over several files, in this order, or of one; those that are not named are left out. */
export async function hashFiles(...files: (string | undefined)[]): Promise<string> {
  const hashes = await Promise.all(files.filter((file) => file !== undefined).map(hashFile));
  return hashes.length === 1 ? hashes[0]! : createHash("sha256").update(hashes.join()).digest("hex");
}

/** SHA-256 of a file's bytes, hexadecimal. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}
