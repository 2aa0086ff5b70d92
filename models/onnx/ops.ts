// The operators this project uses, each with its shape rule. A number stands for a scalar constant.
// Meanings are ONNX's (opset 17) and, where marked, those of onnxruntime's com.microsoft domain.
import {
  type Attribute,
  type Dim,
  type Domain,
  type DType,
  formatShape,
  type Graph,
  GraphError,
  type Shape,
  type Value,
} from "./graph.ts";

type Operand = Value | number;

/** Types a value is cast to, by ONNX's numbers. */
const elementType = { float32: 1, int32: 6, int64: 7, bool: 9 };

function one(
  graph: Graph,
  op: string,
  inputs: (Value | null)[],
  dtype: DType,
  shape: Shape,
  attributes: Record<string, Attribute> = {},
  domain: Domain = "",
): Value {
  return graph.node(op, inputs, [{ dtype, shape }], attributes, domain)[0]!;
}

/** NumPy's rule: aligned at the last axis, a size of 1 stretches. @throws GraphError naming the op and both shapes. */
export function broadcast(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i): Dim => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new GraphError(`${op}: ${formatShape(a)} does not broadcast with ${formatShape(b)}`);
  });
}

function axisOf(op: string, x: Value, axis: number): number {
  const positive = axis < 0 ? axis + x.rank : axis;
  if (positive < 0 || positive >= x.rank) throw new GraphError(`${op}: no axis ${axis} in ${formatShape(x.shape)}`);
  return positive;
}

// Elementwise, two operands.

function binary(op: string, a: Operand, b: Operand, result?: DType): Value {
  const typed = typeof a === "number" ? b : a;
  if (typeof typed === "number") throw new GraphError(`${op}: two plain numbers need no graph`);
  const { graph, dtype } = typed;
  const lift = (x: Operand): Value => {
    if (typeof x !== "number") return x;
    if (dtype === "bool" || dtype === "uint8" || dtype === "float16")
      throw new GraphError(`${op}: a number does not meet a ${dtype}`);
    return graph.scalar(x, dtype);
  };
  const [x, y] = [lift(a), lift(b)];
  if (x.dtype !== y.dtype) throw new GraphError(`${op}: ${x.dtype} does not meet ${y.dtype}`);
  return one(graph, op, [x, y], result ?? dtype, broadcast(op, x.shape, y.shape));
}

export const add = (a: Operand, b: Operand): Value => binary("Add", a, b);
export const sub = (a: Operand, b: Operand): Value => binary("Sub", a, b);
export const mul = (a: Operand, b: Operand): Value => binary("Mul", a, b);
export const div = (a: Operand, b: Operand): Value => binary("Div", a, b);
export const less = (a: Operand, b: Operand): Value => binary("Less", a, b, "bool");
export const equal = (a: Operand, b: Operand): Value => binary("Equal", a, b, "bool");
/** The smaller of the two, elementwise. */
export const min = (a: Operand, b: Operand): Value => binary("Min", a, b);

/** `yes` where `condition` holds, else `no`. */
export function where(condition: Value, yes: Value, no: Value): Value {
  const shape = broadcast("Where", condition.shape, broadcast("Where", yes.shape, no.shape));
  return one(condition.graph, "Where", [condition, yes, no], yes.dtype, shape);
}

// Elementwise, one operand.

const unary =
  (op: string, domain: Domain = "") =>
  (x: Value): Value =>
    one(x.graph, op, [x], x.dtype, x.shape, {}, domain);

export const neg = unary("Neg");
export const exp = unary("Exp");
export const log = unary("Log");
export const sqrt = unary("Sqrt");
export const tanh = unary("Tanh");
export const sigmoid = unary("Sigmoid");
export const erf = unary("Erf");
export const cos = unary("Cos");
export const sin = unary("Sin");
/** log(1 + eˣ), without overflow. −log σ(x) = softplus(−x). */
export const softplus = unary("Softplus");
/** GPT-2's GELU, the tanh form: ½x(1 + tanh(√(2/π)(x + 0.044715x³))). com.microsoft. */
export const geluTanh = unary("FastGelu", "com.microsoft");
/** GELU by the error function: ½x(1 + erf(x/√2)). com.microsoft. */
export const geluErf = unary("Gelu", "com.microsoft");

/** x · σ(x). com.microsoft. */
export function silu(x: Value): Value {
  return one(x.graph, "QuickGelu", [x], x.dtype, x.shape, { alpha: { float: 1 } }, "com.microsoft");
}

export function cast(x: Value, dtype: keyof typeof elementType): Value {
  const to = elementType[dtype];
  return one(x.graph, "Cast", [x], dtype, x.shape, { to });
}

// Along an axis.

/** eˣ / Σ eˣ along the last axis. */
export function softmax(x: Value): Value {
  return one(x.graph, "Softmax", [x], x.dtype, x.shape, { axis: -1 });
}

/** x − log Σ eˣ along the last axis. */
export function logSoftmax(x: Value): Value {
  return one(x.graph, "LogSoftmax", [x], x.dtype, x.shape, { axis: -1 });
}

/**
 * (x − mean) · deviation · scale + bias over the last axis; deviation = 1/√(variance + epsilon).
 * x [..., C], scale [C], bias [C] → [y [..., C], mean [..., 1], deviation [..., 1]].
 */
export function layerNorm(
  x: Value,
  scale: Value,
  bias: Value,
  epsilon: number,
): [y: Value, mean: Value, deviation: Value] {
  for (const p of [scale, bias]) {
    if (p.rank !== 1 || p.shape[0] !== x.shape.at(-1)) {
      throw new GraphError(`LayerNormalization: ${formatShape(p.shape)} does not fit ${formatShape(x.shape)}`);
    }
  }
  const { dtype } = x;
  const row = [...x.shape.slice(0, -1), 1];
  const outputs = [
    { dtype, shape: x.shape },
    { dtype, shape: row },
    { dtype, shape: row },
  ];
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  return x.graph.node("LayerNormalization", [x, scale, bias], outputs, attributes) as [Value, Value, Value];
}

/**
 * x · deviation · scale with deviation = 1/√(mean of x² + epsilon) over the last axis (Zhang & Sennrich 2019).
 * x [..., C], scale [C] → [y [..., C], deviation [..., 1]]. onnxruntime's own, in ONNX's domain.
 */
export function rmsNorm(x: Value, scale: Value, epsilon: number): [y: Value, deviation: Value] {
  if (scale.rank !== 1 || scale.shape[0] !== x.shape.at(-1)) {
    throw new GraphError(`RMSNorm: ${formatShape(scale.shape)} does not fit ${formatShape(x.shape)}`);
  }
  const outputs = [
    { dtype: x.dtype, shape: x.shape },
    { dtype: x.dtype, shape: [...x.shape.slice(0, -1), 1] },
  ];
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  return x.graph.node("SimplifiedLayerNormalization", [x, scale], outputs, attributes) as [Value, Value];
}

function reducedShape(op: string, x: Value, axes: readonly number[], keepDims: boolean): Shape {
  const gone = new Set(axes.map((axis) => axisOf(op, x, axis)));
  return x.shape.flatMap((dim, i): Dim[] => (gone.has(i) ? (keepDims ? [1] : []) : [dim]));
}

/** Sum over `axes` (all where none is named). */
export function reduceSum(x: Value, axes: readonly number[] = x.shape.map((_, i) => i), keepDims = false): Value {
  const shape = reducedShape("ReduceSum", x, axes, keepDims);
  return one(x.graph, "ReduceSum", [x, x.graph.int64s(axes)], x.dtype, shape, { keepdims: keepDims ? 1 : 0 });
}

/** Mean over `axes` (all where none is named). */
export function reduceMean(x: Value, axes: readonly number[] = x.shape.map((_, i) => i), keepDims = false): Value {
  const shape = reducedShape("ReduceMean", x, axes, keepDims);
  return one(x.graph, "ReduceMean", [x], x.dtype, shape, { axes, keepdims: keepDims ? 1 : 0 });
}

/** Σ x² over everything, shape []. Not differentiated: it serves the gradient's own norm. */
export function sumOfSquares(x: Value): Value {
  return one(x.graph, "ReduceSumSquare", [x], x.dtype, [], { keepdims: 0 });
}

// Products.

export interface MatMulOptions {
  /** Swap the last two axes of the first operand before multiplying. */
  transA?: boolean;
  transB?: boolean;
  /** Read the second operand [S, ..., M, K] as [..., M, S, K] (or [..., M, K, S] with transB). Not differentiated. */
  transBatchB?: boolean;
  /** Factor on the result. */
  alpha?: number;
}

/**
 * a [..., M, K] · b [..., K, N] → [..., M, N]; leading axes broadcast.
 * With options it is com.microsoft's FusedMatMul: no transposed copy is made.
 */
export function matMul(
  a: Value,
  b: Value,
  { transA = false, transB = false, transBatchB = false, alpha = 1 }: MatMulOptions = {},
): Value {
  const fused = transA || transB || transBatchB || alpha !== 1;
  const op = fused ? "FusedMatMul" : "MatMul";
  const fail = () => {
    const flag = (on: boolean) => (on ? "ᵀ" : "");
    throw new GraphError(
      `${op}: ${formatShape(a.shape)}${flag(transA)} does not multiply ${formatShape(b.shape)}${flag(transB)}`,
    );
  };
  if (a.rank < 2 || b.rank < 2) return fail();
  const [m, ka] = transA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const read = transBatchB ? [...b.shape.slice(1, -1), b.shape[0]!, b.shape.at(-1)!] : b.shape;
  const [kb, n] = transB ? [read.at(-1)!, read.at(-2)!] : [read.at(-2)!, read.at(-1)!];
  if (ka !== kb) return fail();
  const shape = [...broadcast(op, a.shape.slice(0, -2), read.slice(0, -2)), m, n];
  if (!fused) return one(a.graph, op, [a, b], a.dtype, shape);
  const attributes = {
    transA: transA ? 1 : 0,
    transB: transB ? 1 : 0,
    ...(transBatchB ? { transBatchB: 1 } : {}),
    alpha: { float: alpha },
  };
  return one(a.graph, op, [a, b], a.dtype, shape, attributes, "com.microsoft");
}

/** x [N, in] · weight [in, out] (or [out, in] with transB) + bias [out] → [N, out]. */
export function gemm(x: Value, weight: Value, bias: Value, { transB = false }: { transB?: boolean } = {}): Value {
  const [into, out] = transB ? [weight.shape[1], weight.shape[0]] : weight.shape;
  if (x.rank !== 2 || weight.rank !== 2 || x.shape[1] !== into || bias.rank !== 1 || bias.shape[0] !== out) {
    const [a, b, c] = [x, weight, bias].map(({ shape }) => formatShape(shape));
    throw new GraphError(`Gemm: ${a} · ${b}${transB ? "ᵀ" : ""} + ${c} do not fit`);
  }
  return one(x.graph, "Gemm", [x, weight, bias], x.dtype, [x.shape[0]!, out!], { transB: transB ? 1 : 0 });
}

/**
 * Turn pairs of numbers: of each head of width D in x [N, heads · D], the first n numbers a and the next n numbers b become
 * a·cos − b·sin and b·cos + a·sin; what is behind them stays. cos and sin are [N, n], 2n ≤ D. com.microsoft.
 */
export function rotary(x: Value, cos: Value, sin: Value, D: number): Value {
  const [N, width] = [x.shape[0]!, x.size(1)];
  const n = cos.size(1);
  if (
    x.rank !== 2 ||
    width % D !== 0 ||
    2 * n > D ||
    cos.shape[0] !== N ||
    formatShape(sin.shape) !== formatShape(cos.shape)
  ) {
    throw new GraphError(
      `RotaryEmbedding: ${formatShape(cos.shape)} does not turn heads of ${D} in ${formatShape(x.shape)}`,
    );
  }
  const { graph } = x;
  const row = reshape(x, [1, N, width]);
  const attributes = { interleaved: 0, num_heads: width / D, rotary_embedding_dim: 2 * n === D ? 0 : 2 * n };
  const inputs = [row, graph.int64s([0]), cos, sin];
  return reshape(one(graph, "RotaryEmbedding", inputs, x.dtype, row.shape, attributes, "com.microsoft"), x.shape);
}

// Moving things about.

/** Same numbers, other shape. One size that only the run knows may be named in both shapes. */
export function reshape(x: Value, shape: Shape): Value {
  const count = (s: Shape) => s.reduce((n: number, d) => (typeof d === "number" ? n * d : n), 1);
  const named = (s: Shape) => s.filter((d) => typeof d === "string").join();
  if (count(shape) !== count(x.shape) || named(shape) !== named(x.shape)) {
    throw new GraphError(`Reshape: ${formatShape(x.shape)} has not as many elements as ${formatShape(shape)}`);
  }
  // 0 copies the size at the same place, −1 is worked out from the rest.
  const target = shape.map((d, i) => (typeof d === "number" ? d : x.shape[i] === d ? 0 : -1));
  if (target.filter((d) => d === -1).length > 1) throw new GraphError("Reshape: two sizes known only at run time move");
  return one(x.graph, "Reshape", [x, x.graph.int64s(target)], x.dtype, shape);
}

/** Axis i of the result is axis permutation[i] of x. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  if (permutation.length !== x.rank || new Set(permutation).size !== x.rank) {
    throw new GraphError(`Transpose: [${permutation}] does not permute ${formatShape(x.shape)}`);
  }
  const shape = permutation.map((axis) => x.shape[axisOf("Transpose", x, axis)]!);
  return one(x.graph, "Transpose", [x], x.dtype, shape, { perm: permutation });
}

export function concat(parts: readonly Value[], axis: number): Value {
  const [first] = parts;
  if (!first) throw new GraphError("Concat: nothing to join");
  const at = axisOf("Concat", first, axis);
  const sizes = parts.map((part) => part.shape[at]!);
  for (const part of parts) {
    if (part.rank !== first.rank || part.shape.some((dim, i) => i !== at && dim !== first.shape[i])) {
      throw new GraphError(
        `Concat: ${formatShape(part.shape)} does not join ${formatShape(first.shape)} at axis ${axis}`,
      );
    }
  }
  const joined: Dim = sizes.every((s) => typeof s === "number") ? sizes.reduce((a, b) => a + b, 0) : sizes.join("+");
  const known = parts.map((part) => first.graph.constants.get(part));
  if (at === 0 && known.every((data) => data instanceof Float32Array)) {
    // Of weights that are part of the graph this is done here, once.
    const data = new Float32Array(known.reduce((sum, { length }) => sum + length, 0));
    let start = 0;
    for (const part of known) {
      data.set(part, start);
      start += part.length;
    }
    return first.graph.unnamed("float32", first.shape.with(0, joined) as number[], data);
  }
  return one(first.graph, "Concat", [...parts], first.dtype, first.shape.with(at, joined), { axis: at });
}

/** Rows start (included) to end (not included) of one axis. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  const at = axisOf("Slice", x, axis);
  const size = x.size(at);
  if (!(0 <= start && start < end && end <= size)) {
    throw new GraphError(`Slice: ${start}..${end} is not within axis ${axis} of ${formatShape(x.shape)}`);
  }
  const { graph } = x;
  const inputs = [x, graph.int64s([start]), graph.int64s([end]), graph.int64s([at])];
  return one(graph, "Slice", inputs, x.dtype, x.shape.with(at, end - start));
}

/** Parts along one axis: so many equal ones, or ones of the sizes listed. */
export function split(x: Value, axis: number, parts: number | readonly number[]): Value[] {
  const at = axisOf("Split", x, axis);
  const sizes = typeof parts === "number" ? Array<number>(parts).fill(x.size(at) / parts) : parts;
  const total = sizes.reduce((a, b) => a + b, 0);
  if (total !== x.size(at) || !sizes.every((size) => Number.isInteger(size) && size > 0)) {
    throw new GraphError(`Split: ${formatShape(x.shape)} does not split in ${parts}`);
  }
  const outputs = sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(at, size) }));
  return x.graph.node("Split", [x, x.graph.int64s(sizes)], outputs, { axis: at });
}

/** Stretch axes of size 1 to `shape`. */
export function expand(x: Value, shape: readonly number[]): Value {
  const full = broadcast("Expand", x.shape, shape);
  if (full.length !== shape.length || full.some((dim, i) => dim !== shape[i])) {
    throw new GraphError(`Expand: ${formatShape(x.shape)} does not stretch to ${formatShape(shape)}`);
  }
  return one(x.graph, "Expand", [x, x.graph.int64s(shape)], x.dtype, shape);
}

// Looking things up.

/** Rows of `table` [V, ...] at `ids` [...] → [...ids, ...rest]. Ids may repeat. */
export function gather(table: Value, ids: Value): Value {
  return one(table.graph, "Gather", [table, ids], table.dtype, [...ids.shape, ...table.shape.slice(1)], { axis: 0 });
}

/** One element per row along the last axis: x [..., V], ids [..., M] → [..., M]. */
export function gatherElements(x: Value, ids: Value): Value {
  if (x.rank !== ids.rank || x.shape.slice(0, -1).some((dim, i) => dim !== ids.shape[i])) {
    throw new GraphError(`GatherElements: ${formatShape(ids.shape)} does not index ${formatShape(x.shape)}`);
  }
  return one(x.graph, "GatherElements", [x, ids], x.dtype, ids.shape, { axis: -1 });
}

/**
 * `shape` zeros with `updates` [...ids, ...rest] added at rows `ids` of the first axis: the transpose of `gather`.
 * Not ScatterND, whose threads of the runtime's CPU build (1.30) race for a row that is named twice and lose sums.
 */
export function scatterRows(shape: readonly number[], ids: Value, updates: Value): Value {
  const { graph } = updates;
  const width = shape.slice(1).reduce((n, size) => n * size, 1);
  const count = ids.shape.reduce((n: number, _, axis) => n * ids.size(axis), 1);
  const at = expand(reshape(ids, [count, 1]), [count, width]);
  const inputs = [expand(graph.scalar(0), [shape[0]!, width]), at, reshape(updates, [count, width])];
  const attributes = { axis: 0, reduction: "add" };
  return reshape(one(graph, "ScatterElements", inputs, updates.dtype, [shape[0]!, width], attributes), shape);
}

/** `shape` zeros with `updates` added at `ids` along the last axis: the transpose of `gatherElements`. */
export function scatterElements(shape: readonly number[], ids: Value, updates: Value): Value {
  const { graph } = updates;
  const zeros = expand(graph.scalar(0), shape);
  return one(graph, "ScatterElements", [zeros, ids, updates], updates.dtype, shape, { axis: -1, reduction: "add" });
}
