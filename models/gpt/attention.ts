// Attention between the projections: from queries, keys and values to what each token takes from those it sees. Which
// those are is the layout's: plain rows, rows of several texts (models/train/rows.ts), prompts with several answers
// (models/train/packed.ts), a prompt or one more token of K answers (decode-graph.ts).
import type { Dim, Graph, Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import type { Architecture } from "./architecture.ts";

/** What a layer's attention is made of. */
export interface AttentionLayer {
  /** Its number, 0 for the first. */
  layer: number;
  /** Heads of queries, and of keys and values. */
  H: number;
  KV: number;
  /** Width of a head. */
  D: number;
  /** What a product of query and key is multiplied by. */
  scale: number;
  /** How many tokens one sees, itself included; all of them where undefined. */
  window: number | undefined;
}

/** Queries [N, H·D], keys and values [N, KV·D] → what each token takes from those it sees [N, H·D]. */
export type Attend = (q: Value, k: Value, v: Value, how: AttentionLayer) => Value;

export const attentionLayer = (architecture: Architecture, layer: number): AttentionLayer => ({
  layer,
  H: architecture.nHead,
  KV: architecture.nKvHead,
  D: architecture.headSize,
  scale: architecture.layers[layer]!.scale,
  window: architecture.layers[layer]!.window,
});

/**
 * q [B, H, T, D], k and v [B, KV, U, D], mask broadcasting to [B, H, T, U]: 0 where seen, −∞ where not (all is seen without
 * one) → [B, H, T, D].
 */
export function attention(q: Value, k: Value, v: Value, mask: Value | undefined, { scale }: AttentionLayer): Value {
  const [B, H, T, D] = q.shape as [Dim, number, Dim, number];
  const [KV, U] = [k.size(1), k.shape[2]!];
  const seen = (products: Value) => op.softmax(mask ? op.add(products, mask) : products);
  if (KV === H) return op.matMul(seen(op.matMul(q, k, { transB: true, alpha: scale })), v);
  // Heads of queries that share one of keys stand on an axis of their own, along which keys and values stretch.
  const [grouped, keys, values] = [
    op.reshape(q, [B, KV, H / KV, T, D]),
    op.reshape(k, [B, KV, 1, U, D]),
    op.reshape(v, [B, KV, 1, U, D]),
  ];
  const shares = seen(op.reshape(op.matMul(grouped, keys, { transB: true, alpha: scale }), [B, H, T, U]));
  return op.reshape(op.matMul(op.reshape(shares, [B, KV, H / KV, T, U]), values), [B, H, T, D]);
}

/** B rows of T tokens [B·T, heads · D] → [B, heads, T, D]. */
export const splitHeads = (x: Value, B: number, T: Dim, D: number): Value =>
  op.transpose(op.reshape(x, [B, T, x.size(1) / D, D]), [0, 2, 1, 3]);

/** [B, H, T, D] → [B·T, H·D]; of T tokens known at run time only one row. */
export function joinHeads(x: Value): Value {
  const [B, H, T, D] = x.shape as [number, number, Dim, number];
  return op.reshape(op.transpose(x, [0, 2, 1, 3]), [typeof T === "number" ? B * T : T, H * D]);
}

/** [T, T]: 0 where a token (row) may see another (column), −∞ where that comes later, or `window` or more before. */
export function causalMask(graph: Graph, T: number, window = T): Value {
  const mask = new Float32Array(T * T).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < T; row++) mask.fill(0, row * T + Math.max(0, row + 1 - window), row * T + row + 1);
  return graph.unnamed("float32", [T, T], mask);
}

/** Something to be made once for each window that layers have. */
export function forWindows<T>(make: (window: number | undefined) => T): (how: AttentionLayer) => T {
  const made = new Map<number | undefined, T>();
  return ({ window }) => {
    if (!made.has(window)) made.set(window, make(window));
    return made.get(window)!;
  };
}
