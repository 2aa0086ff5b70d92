// A model as one GGUF file for llama.cpp: Llama, Mistral without a window, Qwen2, Qwen3, and GPT-2 with its head written out.
// Format: version 3, github.com/ggml-org/ggml/blob/master/docs/gguf.md; little-endian, numbers as F32.
import type { FileHandle } from "node:fs/promises";
import { type Architecture, familyOf, parameterShapes } from "../gpt/architecture.ts";
import { ModelDirectoryError, type ModelToWrite, type Weights } from "../gpt/checkpoint.ts";
import { languageModelHead } from "../gpt/heads.ts";
import { frequencies } from "../gpt/rope.ts";
import type { TensorData } from "../gpt/safetensors.ts";
import { ggufTokenizer } from "./gguf-tokenizer.ts";

export const ggufFile = "model.gguf";

/** A value of the header, by GGUF's type. */
export type Field =
  | { uint32: number }
  | { int32: number }
  | { float32: number }
  | { bool: boolean }
  | { string: string }
  | { strings: readonly string[] }
  | { int32s: readonly number[] };
export type Fields = Map<string, Field>;

/** What llama.cpp calls the families it has. Its "llama" sees all tokens: a Mistral whose window is shorter is none. */
const names: Partial<Record<Architecture["modelType"], string>> = {
  gpt2: "gpt2",
  llama: "llama",
  mistral: "llama",
  qwen2: "qwen2",
  qwen3: "qwen3",
};

/** The file of `model`. @throws ModelDirectoryError where llama.cpp has no such model or tokenizer. */
export async function ggufModel(model: ModelToWrite): Promise<{ [ggufFile]: (handle: FileHandle) => Promise<void> }> {
  const { config, kind, weights, tokenizerFrom } = model;
  const architecture = mustCarry(config, kind);
  const fields: Fields = new Map([
    ["general.architecture", { string: architecture }],
    ["general.file_type", { uint32: 0 }],
    ...sizes(config).map(([key, field]): [string, Field] => [`${architecture}.${key}`, field]),
    ...(await ggufTokenizer(tokenizerFrom, config)),
  ]);
  const tensors = ggufTensors(config, weights);
  return { [ggufFile]: (handle) => writeGguf(handle, fields, tensors) };
}

/** @throws ModelDirectoryError naming what llama.cpp lacks. @returns what it calls the model. */
function mustCarry(config: Architecture, kind: ModelToWrite["kind"]): string {
  const refuse = (why: string): never => {
    throw new ModelDirectoryError(`${why}, so this model cannot be written as GGUF.`);
  };
  const { modelType, activation, layers, headSize, nCtx } = config;
  const name = names[modelType];
  if (kind === "reward") return refuse("llama.cpp has no score of a decoder's last token");
  if (!name)
    return refuse(`Of the architectures here llama.cpp has ${Object.keys(names).join(", ")}, not ${modelType}`);
  const window = layers.find((layer) => layer.window !== undefined && layer.window < nCtx)?.window;
  if (window !== undefined) refuse(`llama.cpp's ${name} sees all tokens, not the last ${window}`);
  const own = modelType === "gpt2" ? "gelu_new" : "silu";
  if (activation !== own) refuse(`llama.cpp's ${name} has the activation ${own}, not ${activation}`);
  const scale = 1 / Math.sqrt(headSize);
  if (layers.some((layer) => Math.abs(layer.scale / scale - 1) > 1e-6)) {
    refuse(`llama.cpp's ${name} scales attention by 1/√${headSize} in every layer`);
  }
  return name;
}

function sizes(config: Architecture): [string, Field][] {
  const { nCtx, nEmbd, nLayer, nInner, nHead, nKvHead, headSize, norm, normEpsilon, rotary, vocabSize } = config;
  const counts = {
    context_length: nCtx,
    embedding_length: nEmbd,
    block_count: nLayer,
    feed_forward_length: nInner,
    "attention.head_count": nHead,
    "attention.head_count_kv": nKvHead,
    vocab_size: vocabSize,
    ...(rotary
      ? { "attention.key_length": headSize, "attention.value_length": headSize, "rope.dimension_count": headSize }
      : {}),
  };
  const epsilon = norm === "rms" ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon";
  const scaling = rotary?.scaling;
  return [
    ...Object.entries(counts).map(([key, uint32]): [string, Field] => [key, { uint32 }]),
    [epsilon, { float32: normEpsilon }],
    ...(rotary ? [["rope.freq_base", { float32: rotary.theta }] as [string, Field]] : []),
    ...(scaling?.type === "linear"
      ? ([
          ["rope.scaling.type", { string: "linear" }],
          ["rope.scaling.factor", { float32: scaling.factor }],
        ] as [string, Field][])
      : []),
  ];
}

/** The parameters by llama.cpp's names; matrices are [out, in]. */
export function ggufTensors(config: Architecture, weights: Weights): Map<string, TensorData> {
  const { nHead, nKvHead, modelType, tieWordEmbeddings, rotary, headSize } = config;
  const { names: own, stored } = familyOf(config);
  const [q, k, v] = typeof own.qkv === "string" ? [] : own.qkv;
  const within: Record<string, string> = {
    [own.attentionNorm]: "attn_norm",
    ...(typeof own.qkv === "string" ? { [own.qkv]: "attn_qkv" } : { [q!]: "attn_q", [k!]: "attn_k", [v!]: "attn_v" }),
    [own.out]: "attn_output",
    [own.mlpNorm]: "ffn_norm",
    [own.up]: "ffn_up",
    [own.down]: "ffn_down",
    ...(own.gate ? { [own.gate]: "ffn_gate" } : {}),
    ...(own.queryKeyNorms ? { [own.queryKeyNorms[0]]: "attn_q_norm", [own.queryKeyNorms[1]]: "attn_k_norm" } : {}),
  };
  const outside: Record<string, string> = {
    [own.tokens]: "token_embd",
    ...(own.positions ? { [own.positions]: "position_embd" } : {}),
    [own.finalNorm!]: "output_norm",
    [own.output]: "output",
  };
  const layer = new RegExp(`^${own.layers}\\.(\\d+)\\.(.*)$`);
  const tensors = new Map<string, TensorData>();
  for (const name of parameterShapes(config, languageModelHead).keys()) {
    const [, module, part] = name.match(/^(.*)\.(weight|bias)$/)!;
    const [, number, inLayer] = module!.match(layer) ?? [];
    let tensor = weights.get(name)!;
    if (inLayer !== undefined && stored === "in-out" && tensor.shape.length === 2) tensor = transposed(tensor);
    // llama.cpp turns neighbours by the same angle where Llama has them half a head apart; its Qwen does as Qwen does.
    if (names[modelType] === "llama" && (inLayer === q || inLayer === k)) {
      tensor = neighbours(tensor, inLayer === q ? nHead : nKvHead);
    }
    const given = inLayer === undefined ? outside[module!] : `blk.${number}.${within[inLayer]}`;
    tensors.set(`${given}.${part}`, tensor);
  }
  // Its GPT-2 wants a head of its own.
  if (modelType === "gpt2" && tieWordEmbeddings) tensors.set("output.weight", weights.get(`${own.tokens}.weight`)!);
  if (rotary?.scaling?.type === "llama3") {
    const { scaling: _, ...plain } = rotary;
    const scaled = frequencies(rotary, headSize);
    const data = frequencies(plain, headSize).map((frequency, i) => frequency / scaled[i]!);
    tensors.set("rope_freqs.weight", { shape: [data.length], data });
  }
  return tensors;
}

/** [a, b] → [b, a] */
function transposed({ shape, data }: TensorData): TensorData {
  const [rows, columns] = shape as [number, number];
  const turned = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j]!;
  return { shape: [columns, rows], data: turned };
}

/** Rows of each head 0, 1, …, D − 1 → 0, D/2, 1, D/2 + 1, … */
function neighbours({ shape, data }: TensorData, heads: number): TensorData {
  const D = shape[0]! / heads;
  const width = data.length / shape[0]!;
  const moved = new Float32Array(data.length);
  for (let head = 0; head < heads; head++) {
    for (let to = 0; to < D; to++) {
      const from = head * D + (to % 2) * (D / 2) + (to >> 1);
      moved.set(data.subarray(from * width, (from + 1) * width), (head * D + to) * width);
    }
  }
  return { shape, data: moved };
}

/** Bytes that tensors begin at a multiple of. */
const alignment = 32;

async function writeGguf(handle: FileHandle, fields: Fields, tensors: ReadonlyMap<string, TensorData>): Promise<void> {
  const parts: Uint8Array[] = [];
  const number = (bytes: number, write: (view: DataView) => void) => {
    const view = new DataView(new ArrayBuffer(bytes));
    write(view);
    parts.push(new Uint8Array(view.buffer));
  };
  const uint32 = (x: number) => number(4, (view) => view.setUint32(0, x, true));
  const int32 = (x: number) => number(4, (view) => view.setInt32(0, x, true));
  const uint64 = (x: number) => number(8, (view) => view.setBigUint64(0, BigInt(x), true));
  const string = (text: string) => {
    const bytes = Buffer.from(text);
    uint64(bytes.length);
    parts.push(bytes);
  };
  const value = (field: Field) => {
    if ("uint32" in field) [uint32(4), uint32(field.uint32)];
    else if ("int32" in field) [uint32(5), int32(field.int32)];
    else if ("float32" in field) [uint32(6), number(4, (view) => view.setFloat32(0, field.float32, true))];
    else if ("bool" in field) [uint32(7), parts.push(Uint8Array.of(Number(field.bool)))];
    else if ("string" in field) [uint32(8), string(field.string)];
    else {
      const [type, list] = "strings" in field ? [8, field.strings] : [5, field.int32s];
      uint32(9);
      uint32(type);
      uint64(list.length);
      for (const one of list) typeof one === "string" ? string(one) : int32(one);
    }
  };
  parts.push(Buffer.from("GGUF"));
  uint32(3);
  uint64(tensors.size);
  uint64(fields.size);
  for (const [key, field] of fields) {
    string(key);
    value(field);
  }
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    string(name);
    uint32(shape.length);
    // The axis whose numbers are neighbours comes first.
    for (const size of shape.toReversed()) uint64(size);
    uint32(0);
    uint64(offset);
    offset += Math.ceil(data.byteLength / alignment) * alignment;
  }
  const header = Buffer.concat(parts);
  await handle.writeFile(header);
  await handle.writeFile(Buffer.alloc(-header.length & (alignment - 1)));
  for (const { data } of tensors.values()) {
    await handle.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    await handle.writeFile(Buffer.alloc(-data.byteLength & (alignment - 1)));
  }
}
