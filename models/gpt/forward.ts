// The forward pass of GPT-2 (Radford et al. 2019): pre-LN blocks, learned positions, tanh-GELU, as ONNX nodes.
// Shapes: N tokens in all, C width, H heads of size D = C/H, V vocabulary. Activations are [N, C]; which tokens see
// which is the layout's: plain rows here, prompts with several answers in models/train/packed.ts.
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

/** The tokens of a batch and who sees whom. */
export interface Layout {
  /** Token ids [N], int32. */
  ids: Value;
  /** Each token's place in its text [N], int32: 0 for the first, below the model's context. */
  positions: Value;
  /** Queries, keys and values side by side [N, 3·C] → what each token takes from those it sees [N, C]. */
  attend: (qkv: Value) => Value;
}

/** Residual dropout: of what attention and MLP write to the residual stream, a share is left out while training. */
export interface Dropout {
  /** The share left out; what stays is divided by 1 − rate, so that sums keep their mean. */
  rate: number;
  /** What stays of each of the 2·nLayer writes [2·nLayer, N, C], bool: fed, see models/train/dropout.ts. */
  keep: Value;
}

/**
 * The residual stream after the final LayerNorm [N, C], for a layout or for plain rows of ids [B, T] (int32), in which
 * each token sees itself and those before it: what follows a row's last real token does not change it.
 * @throws GraphError when T exceeds the model's context.
 */
export function hiddenStates(
  parameters: Parameters,
  config: GptConfig,
  tokens: Value | Layout,
  dropout?: Dropout,
): Value {
  const { ids, positions, attend } = "attend" in tokens ? tokens : causalRows(config, tokens);
  const keeps = dropout && op.split(dropout.keep, 0, 2 * config.nLayer);
  const kept = (x: Value, write: number) => (dropout && keeps ? dropped(x, keeps[write]!, dropout.rate) : x);
  let x = op.add(op.gather(parameters("wte.weight"), ids), op.gather(parameters("wpe.weight"), positions));
  for (let layer = 0; layer < config.nLayer; layer++) {
    const p: Parameters = (name) => parameters(`h.${layer}.${name}`);
    const mixed = attend(linear(p, "attn.c_attn", norm(p, config, "ln_1", x)));
    x = op.add(x, kept(linear(p, "attn.c_proj", mixed), 2 * layer));
    x = op.add(x, kept(mlp(p, config, norm(p, config, "ln_2", x)), 2 * layer + 1));
  }
  return norm(parameters, config, "ln_f", x);
}

/** Hidden states [M, C] → logits [M, V], through the embedding itself where it is tied. */
export function logits(parameters: Parameters, config: GptConfig, hidden: Value): Value {
  const name = config.tieWordEmbeddings ? "wte.weight" : "lm_head.weight";
  return op.matMul(hidden, parameters(name), { transB: true });
}

/**
 * Hidden states [M, C] and the token that follows each, `targets` [M, 1] (int32) → log p(target) [M], in nats.
 * `temperature` divides the logits, for probabilities as a sampler had them.
 */
export function logProbabilities(
  parameters: Parameters,
  config: GptConfig,
  hidden: Value,
  targets: Value,
  temperature = 1,
): Value {
  const cooled = temperature === 1 ? hidden : op.mul(hidden, 1 / temperature);
  const all = op.logSoftmax(logits(parameters, config, cooled));
  return op.reshape(op.gatherElements(all, targets), [hidden.size(0)]);
}

/** Hidden states [M, C] → the scalar head's number for each [M]: a reward, or a value. */
export function scores(parameters: Parameters, hidden: Value): Value {
  const score = op.matMul(hidden, parameters("score.weight"), { transB: true });
  return op.reshape(op.add(score, parameters("score.bias")), [hidden.size(0)]);
}

/** q [..., T, D], k and v [..., U, D], mask broadcasting to [..., T, U]: 0 where seen, −∞ where not → [..., T, D]. */
export function attention(q: Value, k: Value, v: Value, mask: Value): Value {
  const shares = op.softmax(op.add(op.matMul(q, k, { transB: true, alpha: 1 / Math.sqrt(q.size(-1)) }), mask));
  return op.matMul(shares, v);
}

/** Queries, keys and values of B rows of T tokens, side by side [B·T, 3·C] → each [B, H, T, D]. */
export function splitHeads(qkv: Value, B: number, T: number, H: number): [q: Value, k: Value, v: Value] {
  const D = qkv.size(-1) / (3 * H);
  const heads = op.transpose(op.reshape(qkv, [B, T, 3 * H, D]), [0, 2, 1, 3]);
  return op.split(heads, 1, 3) as [Value, Value, Value];
}

/** [B, H, T, D] → [B·T, C] */
export function joinHeads(x: Value): Value {
  const [B, H, T, D] = [0, 1, 2, 3].map((axis) => x.size(axis)) as [number, number, number, number];
  return op.reshape(op.transpose(x, [0, 2, 1, 3]), [B * T, H * D]);
}

/** [T, T]: 0 where a token (row) may see another (column), −∞ where it comes later. */
export function causalMask(graph: Graph, T: number): Value {
  const mask = new Float32Array(T * T);
  for (let row = 0; row < T; row++) mask.fill(Number.NEGATIVE_INFINITY, row * T + row + 1, (row + 1) * T);
  return graph.unnamed("float32", [T, T], mask);
}

/** Rows of ids [B, T] (int32) that each begin at position 0. */
function causalRows(config: GptConfig, ids: Value): Layout {
  const [B, T] = [ids.size(0), ids.size(1)];
  if (T > config.nCtx) throw new GraphError(`${T} tokens do not fit the model's context of ${config.nCtx}`);
  const { graph } = ids;
  const mask = causalMask(graph, T);
  const positions = Int32Array.from({ length: B * T }, (_, i) => i % T);
  return {
    ids: op.reshape(ids, [B * T]),
    positions: graph.unnamed("int32", [B * T], positions),
    attend: (qkv) => joinHeads(attention(...splitHeads(qkv, B, T, config.nHead), mask)),
  };
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

function dropped(x: Value, keep: Value, rate: number): Value {
  const zero = x.graph.scalar(0);
  return op.where(op.reshape(keep, x.shape), op.mul(x, 1 / (1 - rate)), zero);
}
