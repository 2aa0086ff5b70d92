// One layer of a GPT, as ONNX nodes: the same nodes whether it is trained, measured, reads a prompt or makes one more token.
// Shapes: N tokens in all, C width. Activations are [N, C].
import type { Dim, Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { type Architecture, familyOf } from "./architecture.ts";
import { type Attend, attentionLayer } from "./attention.ts";

/** Parameters by their Hugging Face names, as inputs (training) or constants (inference) of one graph. */
export type Parameters = (name: string) => Value;

export interface BlockOptions {
  /** Which tokens go on after the attention: those it answers for, where that is not all of them. */
  select?: (x: Value) => Value;
  /** What stays of the attention's write (0) and the MLP's (1) to the residual stream. */
  kept?: (x: Value, write: 0 | 1) => Value;
}

/** Layer number `layer`, 0 for the first: x [N, C] → [N, C]. */
export function block(
  architecture: Architecture,
  parameters: Parameters,
  layer: number,
  x: Value,
  attend: Attend,
  { select = (all) => all, kept = (all) => all }: BlockOptions = {},
): Value {
  const { names } = familyOf(architecture);
  const p: Parameters = (name) => parameters(`${names.layers}.${layer}.${name}`);
  const attended = (from: Value) => {
    const mixed = attend(...queriesKeysValues(architecture, p, from), attentionLayer(architecture, layer));
    return kept(linear(architecture, p, names.out, mixed, architecture.biases.out), 0);
  };
  const wide = (from: Value) => kept(mlp(architecture, p, from), 1);
  const before = (from: Value) => norm(architecture, p, names.attentionNorm, from);
  const after = (from: Value) => norm(architecture, p, names.mlpNorm, from);
  switch (architecture.residual) {
    case "pre": {
      const h = op.add(select(x), attended(before(x)));
      return op.add(h, wide(after(h)));
    }
    case "post": {
      const h = before(op.add(select(x), attended(x)));
      return after(op.add(h, wide(h)));
    }
    case "parallel": {
      const h = select(x);
      return op.add(op.add(h, attended(before(x))), wide(after(h)));
    }
  }
}

/** The norm called `name` along the last axis of x. */
export function norm(architecture: Architecture, p: Parameters, name: string, x: Value): Value {
  const weight = p(`${name}.weight`);
  if (architecture.norm === "layer") {
    return op.layerNorm(x, weight, p(`${name}.bias`), architecture.normEpsilon)[0];
  }
  return op.rmsNorm(x, weight, architecture.normEpsilon)[0];
}

/** x [N, in] → [N, out], by the matrix called `name`. */
function linear(architecture: Architecture, p: Parameters, name: string, x: Value, bias: boolean): Value {
  return product(architecture, x, p(`${name}.weight`), bias ? p(`${name}.bias`) : undefined);
}

function product(architecture: Architecture, x: Value, weight: Value, bias: Value | undefined): Value {
  const transB = familyOf(architecture).stored === "out-in";
  return bias ? op.gemm(x, weight, bias, { transB }) : op.matMul(x, weight, { transB });
}

function mlp(architecture: Architecture, p: Parameters, x: Value): Value {
  const { names } = familyOf(architecture);
  const { activation, gated, biases } = architecture;
  const active = { gelu_new: op.geluTanh, gelu: op.geluErf, silu: op.silu }[activation];
  const up = linear(architecture, p, names.up, x, biases.mlp);
  const inner = gated ? op.mul(active(linear(architecture, p, names.gate!, x, biases.mlp)), up) : active(up);
  return linear(architecture, p, names.down, inner, biases.mlp);
}

/** x [N, C] → queries [N, H·D], keys and values [N, KV·D]. */
function queriesKeysValues(architecture: Architecture, p: Parameters, x: Value): [q: Value, k: Value, v: Value] {
  const { nHead: H, nKvHead: KV, headSize: D, biases, queryKeyNorm } = architecture;
  const { names, qkvByHead } = familyOf(architecture);
  const { qkv } = names;
  // Three matrices become one: a large product is faster than three, and weights are small beside what they multiply.
  const joined = (part: "weight" | "bias") =>
    typeof qkv === "string"
      ? p(`${qkv}.${part}`)
      : op.concat(
          qkv.map((name) => p(`${name}.${part}`)),
          0,
        );
  const all = product(architecture, x, joined("weight"), biases.qkv ? joined("bias") : undefined);
  const [N] = all.shape as [Dim];
  if (qkvByHead) {
    const parts = op.split(op.reshape(all, [N, H, 3, D]), 2, 3);
    return parts.map((part) => op.reshape(part, [N, H * D])) as [Value, Value, Value];
  }
  const [q, k, v] = op.split(all, 1, H === KV ? 3 : [H * D, KV * D, KV * D]) as [Value, Value, Value];
  if (!queryKeyNorm) return [q, k, v];
  const normed = (heads: Value, name: string) =>
    op.reshape(norm(architecture, p, name, op.reshape(heads, [N, heads.size(1) / D, D])), heads.shape);
  return [normed(q, names.queryKeyNorms![0]), normed(k, names.queryKeyNorms![1]), v];
}
