// A model as @huggingface/transformers and Optimum lay one out: config.json, generation_config.json and the tokenizer, and
// the graph in onnx/model.onnx, for a large model with the weights beside it.
import type { FileHandle } from "node:fs/promises";
import { besideWeights, type Files, ModelDirectoryError, type ModelToWrite } from "../gpt/checkpoint.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import { bytesOf, constantsOf, encodeModel, type Place } from "../onnx/proto.ts";
import { languageModelGraph, rewardModelGraph } from "./onnx-graph.ts";

const graphFile = "onnx/model.onnx";
const weightsName = "model.onnx_data";
export const onnxFiles = [graphFile, `onnx/${weightsName}`];

/** A protocol buffer ends at 2 GiB; from here on weights have a file of their own. */
const largestInside = 1.5e9;
/** Where pages of memory begin, so that readers can map the file. */
const alignment = 4096;

/** The files of `model`. @throws ModelDirectoryError where transformers.js has no such model. */
export async function onnxModel(
  model: ModelToWrite,
  inside = largestInside,
): Promise<{ files: Files; streams: Record<string, (handle: FileHandle) => Promise<void>> }> {
  const { config, kind, weights } = model;
  if (config.modelType === "openai-gpt" && kind === "lm") {
    throw new ModelDirectoryError(
      "transformers.js has no GPT-1 (openai-gpt) that answers, so it is not written as ONNX: take hf.",
    );
  }
  const graph = kind === "lm" ? languageModelGraph(config, weights) : rewardModelGraph(config, weights);
  const places = placesOf(graph, inside);
  const external = places.size > 0;
  // It would look for 8-bit weights in a browser.
  const settings = { dtype: "fp32", ...(external ? { use_external_data_format: true } : {}) };
  return {
    files: await besideWeights({ ...model, dtype: "F32" }, { "transformers.js_config": settings }),
    streams: {
      [graphFile]: async (handle) => await handle.writeFile(encodeModel(graph, places)),
      ...(external ? { [`onnx/${weightsName}`]: (handle) => writeConstants(handle, graph, places) } : {}),
    },
  };
}

/** Places for the constants that are worth one, where all of them are too much for one file. */
function placesOf(graph: Graph, inside: number): Map<Value, Place> {
  const constants = constantsOf(graph);
  const places = new Map<Value, Place>();
  let offset = 0;
  for (const [value, { byteLength }] of constants) {
    if (byteLength < 1024) continue;
    places.set(value, { file: weightsName, offset });
    offset += Math.ceil(byteLength / alignment) * alignment;
  }
  return offset > inside ? places : new Map();
}

async function writeConstants(handle: FileHandle, graph: Graph, places: ReadonlyMap<Value, Place>): Promise<void> {
  for (const [value, { offset }] of places) {
    const bytes = bytesOf(graph.constants.get(value)!);
    for (let done = 0; done < bytes.length; ) {
      done += (await handle.write(bytes, done, Math.min(bytes.length - done, 2 ** 30), offset + done)).bytesWritten;
    }
  }
}
