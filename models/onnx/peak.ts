// How much memory a run of a graph takes at the most, known from its shapes before anything is allocated.
import type { DType, Graph, Value } from "./graph.ts";

const width: Record<DType, number> = { float32: 4, int32: 4, int64: 8, uint8: 1, bool: 1, float16: 2 };

/** Whether a graph that takes so many bytes keeps them for its next run: of larger ones only one is to be in memory at a time. */
export const keepsMemory = (bytes: number): boolean => bytes < 2 ** 28;

/** Operators whose result is their first input under another shape. */
const views = new Set(["Reshape", "Identity"]);
/** Operators that write over an input which nobody reads any more. */
const overwriting = new Set(["Add", "Sub", "Mul", "Div", "Neg", "Exp", "Log", "Sqrt", "Tanh", "Sigmoid", "Erf"]);

/**
 * Bytes at the most, beside inputs and outputs, whose memory is the caller's: each value lives from the node that makes it to
 * the last one that reads it, in the order in which nodes were added.
 * @throws GraphError where a size is only known at run time.
 */
export function peakBytes(graph: Graph): number {
  const bytes = (x: Value) => x.shape.reduce((n: number, _, axis) => n * x.size(axis), width[x.dtype]);
  const last = new Map<Value, number>();
  /** The value whose memory a view looks at. */
  const owner = new Map<Value, Value>();
  const owned = (x: Value) => owner.get(x) ?? x;
  for (const { op, inputs, outputs } of graph.nodes) {
    if (views.has(op)) owner.set(outputs[0]!, owned(inputs[0]!));
  }
  for (const [at, { inputs }] of graph.nodes.entries()) for (const x of inputs) if (x) last.set(owned(x), at);

  const elsewhere = new Set<Value>([...graph.inputs, ...graph.outputs, ...graph.constants.keys()]);
  let now = [...graph.constants.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  let most = now;
  const live = new Map<Value, number>();
  for (const [at, { op, inputs, outputs }] of graph.nodes.entries()) {
    const dying = new Set(
      inputs.flatMap((x) => (x && last.get(owned(x)) === at && live.has(owned(x)) ? [owned(x)] : [])),
    );
    const free = (x: Value) => {
      now -= live.get(x)!;
      live.delete(x);
      dying.delete(x);
    };
    for (const y of outputs) {
      if (owner.has(y) || elsewhere.has(y)) continue;
      const own = bytes(y);
      const under = overwriting.has(op) ? [...dying].find((x) => live.get(x) === own) : undefined;
      if (under) free(under);
      live.set(y, own);
      now += own;
    }
    most = Math.max(most, now);
    for (const x of [...dying]) free(x);
    // What nobody reads is made all the same.
    for (const y of outputs) if (live.has(y) && !last.has(y)) free(y);
  }
  return most;
}
