// A GPT for generation, as two graphs with the weights inside (so that the runtime packs them once): one reads the
// prompt, one makes a token for each of K answers. A prompt's keys and values are stored once, for all its answers.
// Shapes: P prompt tokens, K answers, S tokens of each answer so far, C width, V vocabulary; H heads of queries and KV of
// keys and values, of size D.
import { type Dim, Graph, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { type Architecture, familyOf } from "./architecture.ts";
import { attention, forWindows, joinHeads, splitHeads } from "./attention.ts";
import type { Parameters } from "./block.ts";
import type { Weights } from "./checkpoint.ts";
import { body, embed } from "./forward.ts";
import { logits } from "./heads.ts";

/**
 * Reads a prompt. Inputs: `ids` and `positions` [P], `inverse_temperature` [].
 * Outputs: `keys_l`, `values_l` [1, KV, P, D] of every layer l; `logits` and `probabilities` [1, V] of the next token.
 */
export function promptGraph(given: Architecture, weights: Weights): Graph {
  const graph = new Graph();
  const { architecture, parameters } = scaledQueries(graph, given, weights);
  const [ids, positions] = ["ids", "positions"].map((name) => graph.input(name, "int32", ["P"])) as [Value, Value];
  const [rows, columns] = [op.reshape(positions, ["P", 1]), op.reshape(positions, [1, "P"])];
  const [seen, hidden] = [graph.scalar(0), graph.scalar(Number.NEGATIVE_INFINITY)];
  const causal = op.where(op.less(rows, columns), hidden, seen);
  const mask = forWindows((window) =>
    window === undefined ? causal : op.where(op.less(op.sub(rows, columns), window), causal, hidden),
  );
  const last = architecture.nLayer - 1;
  // Of the last layer only the last token is asked for, and it sees all others, or as many as its window holds.
  const lastOf = (x: Value, axis: number) =>
    graph.node("Gather", [x, graph.int64s([-1])], [{ dtype: x.dtype, shape: x.shape.with(axis, 1) }], { axis })[0]!;
  const states = body(architecture, parameters, embed(architecture, parameters, ids, positions), {
    positions,
    layer: (layer) => (layer === last ? { select: (x) => lastOf(x, 0) } : {}),
    attend: (q, k, v, how) => {
      const [queries, keys, values] = [q, k, v].map((x) => splitHeads(x, 1, "P", how.D)) as [Value, Value, Value];
      graph.output(`keys_${how.layer}`, keys);
      graph.output(`values_${how.layer}`, values);
      if (how.layer < last) return joinHeads(attention(queries, keys, values, mask(how), how));
      const its = how.window === undefined ? undefined : lastOf(mask(how), 0);
      return joinHeads(attention(lastOf(queries, 2), keys, values, its, how));
    },
  });
  predict(architecture, parameters, states);
  return graph;
}

/**
 * Makes one token of K answers. Inputs: `ids` and `positions` [K], `inverse_temperature` [], `sizes` [2] = (P, S), and of
 * every layer l the prompt's `prompt_keys_l`, `prompt_values_l` [1, KV, P, D] and the answers' `keys_l`, `values_l`
 * [S, K, KV, D]. Where each answer has its own prompt, those are [K, KV, P, D], and `prompt_mask` [K, 1, 1, P] is −∞ behind
 * its end. Where layers have windows, `distances` [K, 1, 1, P + S] tell how far before the new token each other stands.
 * Outputs: `logits` and `probabilities` [K, V], and `new_keys_l`, `new_values_l` [K, KV·D].
 *
 * The new keys and values must be fetched into the last of the S rows of `keys_l` and `values_l`: they are written
 * there by the very node that also makes the queries, so every later node finds them. Nothing of the cache is copied.
 * Attention is a product for each answer and head of keys, so that no answer's rounding depends on K.
 */
export function stepGraph(given: Architecture, weights: Weights, prompts: "shared" | "own"): Graph {
  const graph = new Graph();
  const { architecture, parameters } = scaledQueries(graph, given, weights);
  const { nHead: H, nKvHead: KV, headSize: D } = architecture;
  const [ids, positions] = ["ids", "positions"].map((name) => graph.input(name, "int32", ["K"])) as [Value, Value];
  const sizes = graph.input("sizes", "int64", [2]);
  const promptMask = prompts === "own" ? graph.input("prompt_mask", "float32", ["K", 1, 1, "P"]) : undefined;
  const distances = hasWindows(architecture) ? graph.input("distances", "int32", ["K", 1, 1, "P+S"]) : undefined;
  const windowMask = forWindows((window) => {
    if (window === undefined) return undefined;
    return op.where(op.less(distances!, window), graph.scalar(0), graph.scalar(Number.NEGATIVE_INFINITY));
  });
  const promptShape: Dim[] = [promptMask ? "K" : 1, KV, "P", D];
  const states = body(architecture, parameters, embed(architecture, parameters, ids, positions), {
    positions,
    attend: (...[q, k, v, how]) => {
      const { layer } = how;
      const promptKeys = graph.input(`prompt_keys_${layer}`, "float32", promptShape);
      const promptValues = graph.input(`prompt_values_${layer}`, "float32", promptShape);
      const keys = graph.input(`keys_${layer}`, "float32", ["S", "K", KV, D]);
      const values = graph.input(`values_${layer}`, "float32", ["S", "K", KV, D]);
      const [query, key, value] = together(q, k, v);
      graph.output(`new_keys_${layer}`, key);
      graph.output(`new_values_${layer}`, value);

      const queries = op.reshape(query, ["K", KV, H / KV, D]);
      const toPrompt = op.matMul(queries, promptKeys, { transB: true });
      // transBatchB reads [S, K, KV, D] as [K, KV, S, D]: a new token is one more row at the end of the buffer.
      const toOwn = op.matMul(queries, keys, { transB: true, transBatchB: true });
      const products = op.concat([promptMask ? op.add(toPrompt, promptMask) : toPrompt, toOwn], 3);
      const far = windowMask(how);
      const shares = op.softmax(far ? op.add(products, far) : products);
      const parts = [toPrompt, toOwn].map(({ dtype, shape }) => ({ dtype, shape }));
      const [promptShares, ownShares] = graph.node("Split", [shares, sizes], parts, { axis: 3 }) as [Value, Value];
      const fromPrompt = op.matMul(promptShares, promptValues);
      const fromOwn = op.matMul(ownShares, values, { transBatchB: true });
      return op.reshape(op.add(fromPrompt, fromOwn), ["K", H * D]);
    },
  });
  predict(architecture, parameters, states);
  return graph;
}

/**
 * The model with its queries scaled by what makes them instead of where they meet keys: the runtime's product of a vector and
 * a matrix is fast only without a factor.
 */
function scaledQueries(graph: Graph, architecture: Architecture, weights: Weights) {
  const { nHead: H, nKvHead: KV, headSize: D, layers, queryKeyNorm } = architecture;
  const { names, stored, qkvByHead } = familyOf(architecture);
  const scaled: Weights = new Map(weights);
  const width = (H + 2 * KV) * D;
  /** Is output number o of the one matrix a query's? */
  const isQuery = (o: number) => (qkvByHead ? o % (3 * D) < D : o < H * D);
  for (const [layer, { scale }] of layers.entries()) {
    const one = queryKeyNorm ? names.queryKeyNorms![0] : typeof names.qkv === "string" ? names.qkv : names.qkv[0];
    const joined = one === names.qkv;
    for (const part of queryKeyNorm ? ["weight"] : ["weight", "bias"]) {
      const name = `${names.layers}.${layer}.${one}.${part}`;
      const tensor = weights.get(name);
      if (!tensor) continue;
      const { shape, data } = tensor;
      const into = shape.length === 1 ? 1 : shape[stored === "in-out" ? 0 : 1]!;
      const output = (i: number) => (stored === "in-out" ? i % width : Math.floor(i / into));
      const factor = 1 / scale;
      scaled.set(name, { shape, data: data.map((w, i) => (!joined || isQuery(output(i)) ? w / factor : w)) });
    }
  }
  const plain = { ...architecture, layers: layers.map((layer) => ({ ...layer, scale: 1 })) };
  return { architecture: plain, parameters: constants(graph, scaled) };
}

export const hasWindows = ({ layers }: Architecture): boolean => layers.some(({ window }) => window !== undefined);

/** Queries, keys and values as outputs of one node, see `stepGraph`. */
function together(q: Value, k: Value, v: Value): [q: Value, k: Value, v: Value] {
  if (q.node === k.node && q.node === v.node) return [q, k, v];
  const widths = [q, k, v].map((x) => x.size(1));
  return op.split(op.concat([q, k, v], 1), 1, widths) as [Value, Value, Value];
}

/** Outputs `logits`, divided by the temperature, and their softmax `probabilities`. */
function predict(architecture: Architecture, parameters: Parameters, states: Value): void {
  const { graph } = states;
  // Scaled here, where a row is C wide and not V.
  const cooled = op.mul(states, graph.input("inverse_temperature", "float32", []));
  const all = logits(architecture, parameters, cooled);
  graph.output("logits", all);
  graph.output("probabilities", op.softmax(all));
}

/** Weights as part of the graph. */
export function constants(graph: Graph, weights: Weights): Parameters {
  const made = new Map<string, Value>();
  return (name) => {
    let value = made.get(name);
    if (!value) {
      const { shape, data } = weights.get(name)!;
      value = graph.constant(name, "float32", shape, data);
      made.set(name, value);
    }
    return value;
  };
}
