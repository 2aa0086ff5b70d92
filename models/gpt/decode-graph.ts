// GPT-2 for generation, as two graphs with the weights inside (so that the runtime packs them once): one reads the
// prompt, one makes a token for each of K answers. A prompt's keys and values are stored once, for all its answers.
// Shapes: P prompt tokens, K answers, S tokens of each answer so far, C width, H heads of size D = C/H, V vocabulary.
import { type Attribute, type Dim, type Domain, type DType, Graph, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import type { Weights } from "./checkpoint.ts";
import type { GptConfig } from "./config.ts";

/**
 * Reads a prompt. Inputs: `x` [P, C] embedded tokens, `mask` [P, P] (0 or −∞), `inverse_temperature` [].
 * Outputs: `keys_l`, `values_l` [H, P, D] of every layer l; `logits` and `probabilities` [1, V] of the next token.
 */
export function promptGraph(config: GptConfig, weights: Weights): Graph {
  const g = new Builder(config, weights);
  const mask = g.graph.input("mask", "float32", ["P", "P"]);
  let x = g.graph.input("x", "float32", ["P", g.C]);
  for (let layer = 0; layer < config.nLayer; layer++) {
    const parts = op.transpose(op.reshape(g.project(layer, x), ["P", 3 * g.H, g.D]), [1, 0, 2]);
    let [q, k, v] = op.split(parts, 0, 3) as [Value, Value, Value]; // [H, P, D] each
    g.graph.output(`keys_${layer}`, k);
    g.graph.output(`values_${layer}`, v);
    const last = layer === config.nLayer - 1;
    // Of the last layer only the last token is asked for, and it sees all others.
    if (last) {
      x = g.node("Gather", [x, g.graph.int64s([-1])], [1, g.C], { axis: 0 });
      q = g.node("Gather", [q, g.graph.int64s([-1])], [g.H, 1, g.D], { axis: 1 });
    }
    const scores = op.matMul(q, k, { transB: true });
    const mixed = op.transpose(op.matMul(op.softmax(last ? scores : op.add(scores, mask)), v), [1, 0, 2]);
    x = g.rest(layer, x, g.view(mixed, [-1, g.C], [x.shape[0]!, g.C]));
  }
  g.predict(x);
  return g.graph;
}

/**
 * Makes one token of K answers. Inputs: `x` [K, C], `inverse_temperature` [], `sizes` [2] = (P, S), and of every layer
 * l the prompt's `prompt_keys_l`, `prompt_values_l` [H, P, D] and the answers' `keys_l`, `values_l` [S, K, H, D].
 * Where each answer has its own prompt, those are [K, H, P, D], and `prompt_mask` [K, 1, 1, P] is −∞ behind its end.
 * Outputs: `logits` and `probabilities` [K, V], and `new_keys_l`, `new_values_l` [K, C].
 *
 * The new keys and values must be fetched into the last of the S rows of `keys_l` and `values_l`: they are written
 * there by the very node that also makes the queries, so every later node finds them. Nothing of the cache is copied.
 * Attention is a vector-matrix product for each answer and head, so that no answer's rounding depends on K.
 */
export function stepGraph(config: GptConfig, weights: Weights, prompts: "shared" | "own"): Graph {
  const g = new Builder(config, weights);
  const { graph, C, H, D } = g;
  const sizes = graph.input("sizes", "int64", [2]);
  const mask = prompts === "own" ? graph.input("prompt_mask", "float32", ["K", 1, 1, "P"]) : undefined;
  const promptShape: Dim[] = mask ? ["K", H, "P", D] : [H, "P", D];
  let x = graph.input("x", "float32", ["K", C]);
  for (let layer = 0; layer < config.nLayer; layer++) {
    const promptKeys = graph.input(`prompt_keys_${layer}`, "float32", promptShape);
    const promptValues = graph.input(`prompt_values_${layer}`, "float32", promptShape);
    const keys = graph.input(`keys_${layer}`, "float32", ["S", "K", H, D]);
    const values = graph.input(`values_${layer}`, "float32", ["S", "K", H, D]);
    const [q, k, v] = op.split(g.project(layer, x), 1, 3) as [Value, Value, Value];
    graph.output(`new_keys_${layer}`, k);
    graph.output(`new_values_${layer}`, v);

    const queries = g.view(q, [-1, H, 1, D], ["K", H, 1, D]);
    const toPrompt = g.product(queries, promptKeys, ["K", H, 1, "P"], { transB: 1 });
    // transBatchB reads [S, K, H, D] as [K, H, S, D]: a new token is one more row at the end of the buffer.
    const toOwn = g.product(queries, keys, ["K", H, 1, "S"], { transB: 1, transBatchB: 1 });
    const shares = op.softmax(op.concat([mask ? op.add(toPrompt, mask) : toPrompt, toOwn], 3));
    const parts = [
      { dtype: "float32", shape: ["K", H, 1, "P"] },
      { dtype: "float32", shape: ["K", H, 1, "S"] },
    ] as const;
    const [promptShares, ownShares] = graph.node("Split", [shares, sizes], parts, { axis: 3 }) as [Value, Value];
    const fromPrompt = g.product(promptShares, promptValues, ["K", H, 1, D]);
    const fromOwn = g.product(ownShares, values, ["K", H, 1, D], { transBatchB: 1 });
    x = g.rest(layer, x, g.view(op.add(fromPrompt, fromOwn), [-1, C], ["K", C]));
  }
  g.predict(x);
  return graph;
}

/** What both graphs share: everything of a block but the attention between its two halves. */
class Builder {
  readonly graph = new Graph();
  readonly C: number;
  readonly H: number;
  readonly D: number;
  private readonly config: GptConfig;
  private readonly weights: Weights;

  constructor(config: GptConfig, weights: Weights) {
    this.config = config;
    this.weights = weights;
    this.C = config.nEmbd;
    this.H = config.nHead;
    this.D = this.C / this.H;
  }

  node(op: string, inputs: Value[], shape: Dim[], attributes: Record<string, Attribute> = {}, domain: Domain = "") {
    return this.graph.node(op, inputs, [{ dtype: "float32" as DType, shape }], attributes, domain)[0]!;
  }

  /** Reshape with ONNX's own marks: 0 keeps the size at its place, −1 is worked out. */
  view(x: Value, target: number[], shape: Dim[]): Value {
    return this.node("Reshape", [x, this.graph.int64s(target)], shape);
  }

  /** com.microsoft's FusedMatMul: leading axes broadcast, and either operand may be read transposed. */
  product(a: Value, b: Value, shape: Dim[], attributes: Record<string, Attribute> = {}): Value {
    return this.node("FusedMatMul", [a, b], shape, attributes, "com.microsoft");
  }

  /** LayerNorm and projection, x [N, C] → queries (divided by √D), keys and values side by side [N, 3·C]. */
  project(layer: number, x: Value): Value {
    const { C, D } = this;
    const name = `h.${layer}.attn.c_attn`;
    // The first C columns make the queries.
    const scaled = (part: "weight" | "bias") => {
      const { shape, data } = this.weights.get(`${name}.${part}`)!;
      const values = data.map((w, i) => (i % (3 * C) < C ? w / Math.sqrt(D) : w));
      return this.graph.constant(`${name}.${part}`, "float32", shape, values);
    };
    const h = this.norm(`h.${layer}.ln_1`, x);
    return this.node("Gemm", [h, scaled("weight"), scaled("bias")], [x.shape[0]!, 3 * C]);
  }

  /** From the attention's result [N, C] to the block's: x [N, C] → [N, C]. */
  rest(layer: number, x: Value, mixed: Value): Value {
    const { C } = this;
    const name = `h.${layer}`;
    const attended = op.add(x, this.linear(`${name}.attn.c_proj`, mixed, C));
    const h = this.norm(`${name}.ln_2`, attended);
    const wide = this.linear(`${name}.mlp.c_fc`, h, 4 * C);
    const active = this.config.activation === "gelu_new" ? op.geluTanh(wide) : op.geluErf(wide);
    return op.add(attended, this.linear(`${name}.mlp.c_proj`, active, C));
  }

  /** Outputs `logits`, divided by the temperature, and their softmax `probabilities`. */
  predict(x: Value): void {
    const { vocabSize: V, tieWordEmbeddings } = this.config;
    const inverseTemperature = this.graph.input("inverse_temperature", "float32", []);
    const output = this.weight(tieWordEmbeddings ? "wte.weight" : "lm_head.weight");
    // Scaled here, where a row is C wide and not V.
    const h = op.mul(this.norm("ln_f", x), inverseTemperature);
    const logits = this.product(h, output, [x.shape[0]!, V], { transB: 1 });
    this.graph.output("logits", logits);
    this.graph.output("probabilities", op.softmax(logits));
  }

  private weight(name: string): Value {
    const { shape, data } = this.weights.get(name)!;
    return this.graph.constant(name, "float32", shape, data);
  }

  private norm(name: string, x: Value): Value {
    const parameters = [this.weight(`${name}.weight`), this.weight(`${name}.bias`)];
    const epsilon = { float: this.config.layerNormEpsilon };
    return this.node("LayerNormalization", [x, ...parameters], [x.shape[0]!, this.C], { axis: -1, epsilon });
  }

  private linear(name: string, x: Value, width: number): Value {
    return this.node("Gemm", [x, this.weight(`${name}.weight`), this.weight(`${name}.bias`)], [x.shape[0]!, width]);
  }
}
