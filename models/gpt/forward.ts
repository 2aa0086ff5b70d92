// The forward pass of a GPT: tokens embedded, one block after the other, and the last norm. Heads are in heads.ts.
// Shapes: N tokens in all, C width. Activations are [N, C]; which tokens see which is the layout's, see attention.ts.
import { type Graph, GraphError, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { type Architecture, familyOf, parameterShapes } from "./architecture.ts";
import { type Attend, attention, causalMask, forWindows, joinHeads, splitHeads } from "./attention.ts";
import { type BlockOptions, block, norm, type Parameters } from "./block.ts";
import type { Head } from "./heads.ts";
import { turning } from "./rope.ts";

/** Parameters as inputs of `graph`, so that a trainer can measure the weights it has just now. */
export function fedParameters(graph: Graph, architecture: Architecture, head: Head): Parameters {
  const inputs = new Map<string, Value>();
  for (const [name, shape] of parameterShapes(architecture, head))
    inputs.set(name, graph.input(name, "float32", shape));
  return (name) => inputs.get(name)!;
}

/** The tokens of a batch and who sees whom. */
export interface Layout {
  /** Token ids [N], int32. */
  ids: Value;
  /** Each token's place in its text [N], int32: 0 for the first, below the model's context. */
  positions: Value;
  attend: Attend;
}

/** Residual dropout: of what attention and MLP write to the residual stream, a share is left out while training. */
export interface Dropout {
  /** The share left out; what stays is divided by 1 − rate, so that sums keep their mean. */
  rate: number;
  /** What stays of each of the 2·nLayer writes [2·nLayer, N, C], bool: fed, see models/train/dropout.ts. */
  keep: Value;
}

/**
 * The residual stream after the last layer and its norm [N, C], for a layout or for plain rows of ids [B, T] (int32), in
 * which each token sees itself and those before it: what follows a row's last real token does not change it.
 * @throws GraphError when T exceeds the model's context.
 */
export function hiddenStates(
  architecture: Architecture,
  parameters: Parameters,
  tokens: Value | Layout,
  dropout?: Dropout,
): Value {
  const { ids, positions, attend } = "attend" in tokens ? tokens : causalRows(architecture, tokens);
  const keeps = dropout && op.split(dropout.keep, 0, 2 * architecture.nLayer);
  return body(architecture, parameters, embed(architecture, parameters, ids, positions), {
    positions,
    attend,
    layer: (layer) =>
      dropout && keeps ? { kept: (x, write) => dropped(x, keeps[2 * layer + write]!, dropout.rate) } : {},
  });
}

/** Tokens [N] at `positions` [N] → what the first layer reads [N, C]. */
export function embed(architecture: Architecture, parameters: Parameters, ids: Value, positions: Value): Value {
  const { names } = familyOf(architecture);
  const tokens = op.gather(parameters(`${names.tokens}.weight`), ids);
  if (architecture.rotary) return tokens;
  return op.add(tokens, op.gather(parameters(`${names.positions}.weight`), positions));
}

/** All layers and the last norm, from what they read: embedded tokens, or anything else [N, C] that stands in their place. */
export function body(
  architecture: Architecture,
  parameters: Parameters,
  embedded: Value,
  {
    positions,
    attend,
    layer: options = () => ({}),
  }: Pick<Layout, "positions" | "attend"> & { layer?: (layer: number) => BlockOptions },
): Value {
  const { rotary, nLayer, residual } = architecture;
  const turn = rotary && turning(architecture, rotary, positions);
  const attending: Attend = turn ? (q, k, v, how) => attend(turn(q), turn(k), v, how) : attend;
  let x = embedded;
  for (let layer = 0; layer < nLayer; layer++) {
    const read = x;
    x = embedded.graph.segment(() => block(architecture, parameters, layer, read, attending, options(layer)));
  }
  return residual === "post" ? x : norm(architecture, parameters, familyOf(architecture).names.finalNorm!, x);
}

/** Rows of ids [B, T] (int32) that each begin at position 0. */
function causalRows(architecture: Architecture, ids: Value): Layout {
  const [B, T] = [ids.size(0), ids.size(1)];
  if (T > architecture.nCtx) throw new GraphError(`${T} tokens do not fit the model's context of ${architecture.nCtx}`);
  const { graph } = ids;
  const mask = forWindows((window) => causalMask(graph, T, window));
  const positions = Int32Array.from({ length: B * T }, (_, i) => i % T);
  return {
    ids: op.reshape(ids, [B * T]),
    positions: graph.unnamed("int32", [B * T], positions),
    attend: rowAttention(B, T, mask),
  };
}

/** The attention of B rows of T tokens by a mask that is the same for all rows, or has one for each. */
export function rowAttention(B: number, T: number, mask: ReturnType<typeof forWindows<Value>>): Attend {
  return (q, k, v, how) => {
    const [queries, keys, values] = [q, k, v].map((x) => splitHeads(x, B, T, how.D)) as [Value, Value, Value];
    return joinHeads(attention(queries, keys, values, mask(how), how));
  };
}

function dropped(x: Value, keep: Value, rate: number): Value {
  const zero = x.graph.scalar(0);
  return op.where(op.reshape(keep, x.shape), op.mul(x, 1 / (1 - rate)), zero);
}
