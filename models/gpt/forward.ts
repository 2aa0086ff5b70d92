// The forward pass of GPT-2 (Radford et al. 2019): pre-LN blocks, learned positions, tanh-GELU, as ONNX nodes.
// Shapes: B rows, T tokens a row, C width, H heads of size D = C/H, V vocabulary. Activations are [B·T, C].
import { type Graph, GraphError, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { type GptConfig, parameterShapes } from "./config.ts";

/** Parameters by their Hugging Face names, as inputs (training) or constants (inference) of one graph. */
export type Parameters = (name: string) => Value;

/** Parameters as inputs of `graph`, so that a trainer can measure the weights it has just now. */
export function fedParameters(graph: Graph, config: GptConfig, kind: "lm" | "reward"): Parameters {
  const inputs = new Map<string, Value>();
  for (const [name, shape] of parameterShapes(config, kind)) inputs.set(name, graph.input(name, "float32", shape));
  return (name) => inputs.get(name)!;
}

/**
 * Token ids [B, T] (int32) → the residual stream after the final LayerNorm [B·T, C].
 * Each token sees itself and those before it, so what follows a row's last real token does not change it.
 * @throws GraphError when T exceeds the model's context.
 */
export function hiddenStates(parameters: Parameters, config: GptConfig, ids: Value): Value {
  const [B, T] = [ids.size(0), ids.size(1)];
  if (T > config.nCtx) throw new GraphError(`${T} tokens do not fit the model's context of ${config.nCtx}`);
  const { nEmbd: C, nLayer } = config;
  const positions = op.slice(parameters("wpe.weight"), 0, 0, T);
  let x = op.reshape(op.add(op.gather(parameters("wte.weight"), ids), positions), [B * T, C]);
  const mask = causalMask(ids.graph, T);
  for (let layer = 0; layer < nLayer; layer++) {
    const p: Parameters = (name) => parameters(`h.${layer}.${name}`);
    x = op.add(x, attention(p, config, norm(p, config, "ln_1", x), mask, B, T));
    x = op.add(x, mlp(p, config, norm(p, config, "ln_2", x)));
  }
  return norm(parameters, config, "ln_f", x);
}

/** Hidden states [N, C] → logits [N, V], through the embedding itself where it is tied. */
export function logits(parameters: Parameters, config: GptConfig, hidden: Value): Value {
  const name = config.tieWordEmbeddings ? "wte.weight" : "lm_head.weight";
  return op.matMul(hidden, parameters(name), { transB: true });
}

/** Hidden states [B·T, C] and each row's last token `last` [B] (int32, r·T + length − 1) → rewards [B]. */
export function rewards(parameters: Parameters, hidden: Value, last: Value): Value {
  const at = op.gather(hidden, last);
  const scores = op.matMul(at, parameters("score.weight"), { transB: true });
  return op.reshape(op.add(scores, parameters("score.bias")), [last.size(0)]);
}

/** x [N, in] · weight [in, out] + bias [out] */
function linear(p: Parameters, name: string, x: Value): Value {
  return op.add(op.matMul(x, p(`${name}.weight`)), p(`${name}.bias`));
}

function norm(p: Parameters, config: GptConfig, name: string, x: Value): Value {
  return op.layerNorm(x, p(`${name}.weight`), p(`${name}.bias`), config.layerNormEpsilon)[0];
}

function mlp(p: Parameters, config: GptConfig, x: Value): Value {
  const gelu = config.activation === "gelu_new" ? op.geluTanh : op.geluErf;
  return linear(p, "mlp.c_proj", gelu(linear(p, "mlp.c_fc", x)));
}

/** Multi-head causal self-attention, x [B·T, C] → [B·T, C]. */
function attention(p: Parameters, config: GptConfig, x: Value, mask: Value, B: number, T: number): Value {
  const { nEmbd: C, nHead: H } = config;
  const D = C / H;
  const heads = op.transpose(op.reshape(linear(p, "attn.c_attn", x), [B, T, 3 * H, D]), [0, 2, 1, 3]);
  const [q, k, v] = op.split(heads, 1, 3) as [Value, Value, Value]; // [B, H, T, D] each
  const scores = op.add(op.matMul(q, k, { transB: true, alpha: 1 / Math.sqrt(D) }), mask); // [B, H, T, T]
  const mixed = op.matMul(op.softmax(scores), v);
  return linear(p, "attn.c_proj", op.reshape(op.transpose(mixed, [0, 2, 1, 3]), [B * T, C]));
}

/** [T, T]: 0 where a token (row) may see another (column), −∞ where it comes later. */
function causalMask(graph: Graph, T: number): Value {
  const mask = new Float32Array(T * T);
  for (let row = 0; row < T; row++) mask.fill(Number.NEGATIVE_INFINITY, row * T + row + 1, (row + 1) * T);
  return graph.constant("causal_mask", "float32", [T, T], mask);
}
