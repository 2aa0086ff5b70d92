// A model as one ONNX graph in standard operators, with the inputs and outputs that Optimum and transformers.js have: a
// language model that takes and gives keys and values, or a reward model as a sequence classifier.
// Shapes: B rows of T new tokens after P earlier ones, U = P + T; N = B·T; H heads of queries and KV of keys, of size D.
import type { Architecture } from "../gpt/architecture.ts";
import type { Attend } from "../gpt/attention.ts";
import { forWindows } from "../gpt/attention.ts";
import type { Weights } from "../gpt/checkpoint.ts";
import { constants } from "../gpt/decode-graph.ts";
import { body, embed } from "../gpt/forward.ts";
import { logits, scores } from "../gpt/heads.ts";
import { type Dim, Graph, type Shape, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { inStandardOps } from "../onnx/standard.ts";

const [B, T, P, U] = ["batch_size", "sequence_length", "past_sequence_length", "total_sequence_length"];
/** What is not seen: finite, so that a row of padding that sees nothing has no 0/0. */
const unseen = -3.4028234663852886e38;

/**
 * Inputs `input_ids` and `position_ids` [B, T], `attention_mask` [B, U] (int64; 0 for padding) and of every layer l
 * `past_key_values.l.key` and `.value` [B, KV, P, D]. Outputs `logits` [B, T, V], `present.l.key` and `.value` [B, KV, U, D].
 */
export function languageModelGraph(architecture: Architecture, weights: Weights): Graph {
  const graph = new Graph();
  const parameters = constants(graph, weights);
  const { nKvHead: KV, headSize: D, vocabSize: V } = architecture;
  const ids = graph.input("input_ids", "int64", [B!, T!]);
  const mask = graph.input("attention_mask", "int64", [B!, U!]);
  const positions = flat(graph.input("position_ids", "int64", [B!, T!]));
  const attend = maskedAttention(ids, mask, (made, which, layer) => {
    const past = graph.input(`past_key_values.${layer}.${which}`, "float32", [B!, KV, P!, D]);
    const all = node("Concat", [past, made], "float32", [B!, KV, U!, D], { axis: 2 });
    graph.output(`present.${layer}.${which}`, all);
    return all;
  });
  const embedded = embed(architecture, parameters, flat(ids), positions);
  const states = body(architecture, parameters, embedded, { positions, attend });
  graph.output("logits", reshaped(logits(architecture, parameters, states), ids, [B!, T!, V]));
  inStandardOps(graph);
  // As others list them: logits first.
  graph.outputs.sort((one, other) => Number(other.name === "logits") - Number(one.name === "logits"));
  return graph;
}

/** Inputs `input_ids` and `attention_mask` [B, T] (int64; 0 for padding, on either side). Output `logits` [B, 1], the score. */
export function rewardModelGraph(architecture: Architecture, weights: Weights): Graph {
  const graph = new Graph();
  const parameters = constants(graph, weights);
  const ids = graph.input("input_ids", "int64", [B!, T!]);
  const mask = graph.input("attention_mask", "int64", [B!, T!]);
  const count = node("CumSum", [mask, graph.scalar(1, "int64")], "int64", mask.shape);
  const before = op.sub(count, 1);
  const positions = flat(op.where(op.less(before, 0), graph.scalar(0, "int64"), before));
  const embedded = embed(architecture, parameters, flat(ids), positions);
  const attend = maskedAttention(ids, mask, (made) => made);
  const states = body(architecture, parameters, embedded, { positions, attend });
  // The last token of each row that is no padding, among all N.
  const [rows, columns] = [
    counting(graph.scalar(0, "int64"), sizeOf(ids, 0), B!),
    counting(undefined, sizeOf(ids, 1), T!),
  ];
  const last = node("ReduceMax", [op.mul(mask, columns)], "int64", [B!], { axes: [1], keepdims: 0 });
  const at = op.add(op.mul(rows, sizeOf(ids, 1)), last);
  graph.output("logits", op.reshape(scores(parameters, op.gather(states, at)), [B!, 1]));
  inStandardOps(graph);
  return graph;
}

/** Attention of rows to what is before them and no padding. @param cached what a layer's new keys and values become. */
function maskedAttention(
  ids: Value,
  mask: Value,
  cached: (made: Value, which: "key" | "value", layer: number) => Value,
): Attend {
  const { graph } = ids;
  const [seen, hidden] = [graph.scalar(0), graph.scalar(unseen)];
  const total = sizeOf(mask, 1);
  const all = mask.shape[1]!;
  const rows = op.reshape(counting(op.sub(total, sizeOf(ids, 1)), total, T!), [T!, 1]);
  const columns = op.reshape(counting(undefined, total, all), [1, all]);
  const padding = op.equal(op.reshape(mask, [B!, 1, 1, 1, all]), 0);
  const masks = forWindows((window) => {
    const causal = op.where(op.less(rows, columns), hidden, seen);
    const near = window === undefined ? causal : op.where(op.less(op.sub(rows, columns), window), causal, hidden);
    return op.where(padding, hidden, near);
  });
  return (q, k, v, how) => {
    const { layer, H, KV, D, scale } = how;
    const G = H / KV;
    // Heads of queries that share one of keys stand on an axis of their own.
    const queries = op.transpose(reshaped(q, ids, [B!, T!, KV, G, D]), [0, 2, 3, 1, 4]);
    const split = (x: Value) => op.transpose(reshaped(x, ids, [B!, T!, KV, D]), [0, 2, 1, 3]);
    const [keys, values] = [cached(split(k), "key", layer), cached(split(v), "value", layer)].map((x) =>
      op.reshape(x, [B!, KV, 1, all, D]),
    ) as [Value, Value];
    const products = op.mul(op.matMul(queries, keys, { transB: true }), scale);
    const taken = op.matMul(op.softmax(op.add(products, masks(how))), values);
    const joined = op.transpose(taken, [0, 3, 1, 2, 4]);
    return node("Reshape", [joined, graph.int64s([-1, H * D])], "float32", ["N", H * D]);
  };
}

function node(
  name: string,
  inputs: readonly Value[],
  dtype: Value["dtype"],
  shape: Shape,
  attributes: Parameters<Graph["node"]>[3] = {},
): Value {
  return inputs[0]!.graph.node(name, inputs, [{ dtype, shape }], attributes)[0]!;
}

/** [B, T] → [N] */
const flat = (x: Value): Value => node("Reshape", [x, x.graph.int64s([-1])], x.dtype, ["N"]);

/** [N, …] → [B, T, …], as many rows and columns as `ids` has. */
function reshaped(x: Value, ids: Value, shape: readonly Dim[]): Value {
  const { graph } = ids;
  const rest = graph.int64s(shape.slice(2) as number[]);
  const size = node("Shape", [ids], "int64", [2]);
  return node("Reshape", [x, node("Concat", [size, rest], "int64", [shape.length], { axis: 0 })], x.dtype, shape);
}

/** The size of one axis [], int64, known when the graph runs. */
const sizeOf = (x: Value, axis: number): Value =>
  op.gather(node("Shape", [x], "int64", [x.rank]), x.graph.scalar(axis, "int64"));

/** Whole numbers from `first` (0 where absent) up to `end`, not included. */
function counting(first: Value | undefined, end: Value, length: Dim): Value {
  const { graph } = end;
  return node("Range", [first ?? graph.scalar(0, "int64"), end, graph.scalar(1, "int64")], "int64", [length]);
}
