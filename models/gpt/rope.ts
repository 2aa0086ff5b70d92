// Rotary positions (Su et al. 2021): pairs of a head's numbers are turned by angles that grow with the token's position,
// so that a product of query and key depends on their distance. Pairs are the first half and the second, as Llama has them.
import type { Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import type { Architecture } from "./architecture.ts";

export interface Rotary {
  /** Pair i of n turns by theta^(−i/n) radians a position. */
  theta: number;
  /** The part of each head that is turned, from its beginning. */
  share: number;
  /**
   * How a model that was trained on a short context was taught a longer one. "linear": all frequencies divided by `factor`.
   * "llama3": those that turn less than `low` times in the old `context` divided, those that turn more than `high` times
   * kept, between them a mixture (Grattafiori et al. 2024).
   */
  scaling?:
    | { type: "linear"; factor: number }
    | { type: "llama3"; factor: number; low: number; high: number; context: number };
}

/** Radians a position of each pair that is turned. */
export function frequencies({ theta, share, scaling }: Rotary, headSize: number): Float32Array {
  const turned = Math.floor(headSize * share);
  const plain = Float32Array.from({ length: Math.ceil(turned / 2) }, (_, i) => 1 / theta ** ((2 * i) / turned));
  if (scaling === undefined) return plain;
  const { factor } = scaling;
  if (scaling.type === "linear") return plain.map((f) => f / factor);
  const { low, high, context } = scaling;
  return plain.map((f) => {
    const turns = (context * f) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return (1 - kept) * (f / factor) + kept * f;
  });
}

/** Angles of tokens at `positions` [N], int32 → what turns queries or keys [N, heads · D] by them. */
export function turning(architecture: Architecture, rotary: Rotary, positions: Value): (x: Value) => Value {
  const { graph } = positions;
  const { headSize: D } = architecture;
  const each = frequencies(rotary, D);
  const [N] = positions.shape;
  const angles = op.mul(
    op.reshape(op.cast(positions, "float32"), [N!, 1]),
    graph.unnamed("float32", [1, each.length], each),
  );
  const [cos, sin] = [op.cos(angles), op.sin(angles)];
  return (x) => op.rotary(x, cos, sin, D);
}
