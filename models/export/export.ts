// A model for other programs: Hugging Face's layout, ONNX as transformers.js opens it, or GGUF for llama.cpp. All of it is
// written beside the place it goes to and renamed, or nothing is.
import type { FileHandle } from "node:fs/promises";
import {
  type Files,
  filesBesideWeights,
  ModelDirectoryError,
  type ModelToWrite,
  readModel,
  writeModel,
} from "../gpt/checkpoint.ts";
import { asClassifier } from "../gpt/classifier.ts";
import { DirectoryError, replaceDirectory, wholeDirectory } from "../gpt/directory.ts";
import { storedTensors } from "../gpt/stored.ts";
import { ggufFile, ggufModel } from "./gguf.ts";
import { onnxFiles, onnxModel } from "./onnx.ts";

/** Hugging Face's layout, ONNX as transformers.js opens it, or GGUF for llama.cpp. */
export type ModelFormat = "hf" | "onnx" | "gguf";

/**
 * Write the model in `dir` (an adapter merged, shards joined) to the directory `out`.
 * @throws ModelDirectoryError when the format cannot carry it, or `out` holds anything else: then nothing is written.
 */
export async function exportModel(dir: string, format: ModelFormat, out: string): Promise<void> {
  const model = await modelOf(dir);
  if (format === "hf") return await writeModel(out, model);
  const owned = format === "onnx" ? [...onnxFiles, ...filesBesideWeights] : [ggufFile];
  const { files, streams } =
    format === "onnx" ? await onnxModel(model) : { files: {}, streams: await ggufModel(model) };
  await replace(out, owned, files, streams);
}

/** The model as it will be written, with a reward model's score where other programs find it. */
async function modelOf(dir: string): Promise<ModelToWrite> {
  const { config, weights, ...head } = await readModel(dir);
  if (head.likelihoodPower !== undefined) {
    throw new ModelDirectoryError(
      `The head of ${dir} reads the likelihood of an answer, which no other program computes: train a reward model without it.`,
    );
  }
  const { tensors, adapter } = await storedTensors(await wholeDirectory(dir));
  const halves = !adapter && [...tensors.values()].every(({ dtype }) => dtype === "F16");
  const model = { config, weights, ...head, dtype: halves ? "F16" : "F32", tokenizerFrom: dir } as const;
  return head.kind === "lm" ? model : { ...model, dtype: "F32", ...(await asClassifier(config, head, weights, dir)) };
}

async function replace(
  out: string,
  owned: readonly string[],
  files: Files,
  streams: Record<string, (handle: FileHandle) => Promise<void>>,
): Promise<void> {
  await replaceDirectory(out, owned, files, streams).catch((cause) => {
    throw cause instanceof DirectoryError ? new ModelDirectoryError(cause.message, { cause }) : cause;
  });
}
