// Reverse-mode differentiation as one table: for each operator, from the gradients dy of its outputs the gradients of
// its inputs (a vector-Jacobian product), written with the same operators. null = no gradient (ids, masks, shapes).
import { GraphError, type Node, type Value } from "./graph.ts";
import * as op from "./ops.ts";

type Rule = (node: Node, dy: readonly (Value | undefined)[]) => (Value | null)[];

/** A rule for a node with one output: the inputs that are there, the output y and its gradient. */
const rule =
  (f: (x: Value[], y: Value, dy: Value, node: Node) => (Value | null)[]): Rule =>
  (node, dy) =>
    f(node.inputs as Value[], node.outputs[0]!, dy[0]!, node);

/** Undo broadcasting: add up `dx` over the axes along which an operand of `x`'s shape was stretched. */
function unbroadcast(dx: Value, x: Value): Value {
  const extra = dx.rank - x.rank;
  const axes = dx.shape.flatMap((dim, i) => (i < extra || (x.shape[i - extra] === 1 && dim !== 1) ? [i] : []));
  return axes.length === 0 ? dx : op.reshape(op.reduceSum(dx, axes), x.shape);
}

const fixed = (x: Value): number[] => x.shape.map((_, i) => x.size(i));

/** The numbers of a constant list of int64, such as Slice's bounds. */
function list(value: Value | null | undefined): number[] {
  const data = value ? value.graph.constants.get(value) : undefined;
  if (!data) throw new GraphError("a list of sizes is not a constant");
  return Array.from(data, Number);
}

const matMul = rule(([a, b], _, dy, node) => {
  if (node.attributes.transBatchB === 1) throw new GraphError("FusedMatMul with transBatchB has no gradient");
  const transA = node.attributes.transA === 1;
  const transB = node.attributes.transB === 1;
  const alpha = (node.attributes.alpha as { float: number } | undefined)?.float ?? 1;
  const da = transA
    ? op.matMul(b!, dy, { transA: transB, transB: true, alpha })
    : op.matMul(dy, b!, { transB: !transB, alpha });
  const db = transB
    ? op.matMul(dy, a!, { transA: true, transB: transA, alpha })
    : op.matMul(a!, dy, { transA: !transA, alpha });
  return [unbroadcast(da, a!), unbroadcast(db, b!)];
});

export const rules: Readonly<Record<string, Rule>> = {
  Identity: rule((_x, _y, dy) => [dy]),

  Add: rule(([a, b], _, dy) => [unbroadcast(dy, a!), unbroadcast(dy, b!)]),
  Sub: rule(([a, b], _, dy) => [unbroadcast(dy, a!), unbroadcast(op.neg(dy), b!)]),
  Mul: rule(([a, b], _, dy) => [unbroadcast(op.mul(dy, b!), a!), unbroadcast(op.mul(dy, a!), b!)]),
  Div: rule(([a, b], y, dy) => {
    const da = op.div(dy, b!);
    return [unbroadcast(da, a!), unbroadcast(op.neg(op.mul(da, y)), b!)];
  }),
  // Of two equal operands the first one counts as the smaller, so that their gradients add up to dy.
  Min: rule(([a, b], _, dy) => {
    const second = op.less(b!, a!);
    const zero = dy.graph.scalar(0);
    return [unbroadcast(op.where(second, zero, dy), a!), unbroadcast(op.where(second, dy, zero), b!)];
  }),
  Where: rule(([condition, yes, no], _, dy) => {
    const zero = dy.graph.scalar(0);
    return [null, unbroadcast(op.where(condition!, dy, zero), yes!), unbroadcast(op.where(condition!, zero, dy), no!)];
  }),

  Neg: rule((_x, _y, dy) => [op.neg(dy)]),
  Exp: rule((_x, y, dy) => [op.mul(dy, y)]),
  Log: rule(([x], _, dy) => [op.div(dy, x!)]),
  Sqrt: rule((_x, y, dy) => [op.div(op.mul(dy, 0.5), y)]),
  Tanh: rule((_x, y, dy) => [op.mul(dy, op.sub(1, op.mul(y, y)))]),
  Sigmoid: rule((_x, y, dy) => [op.mul(dy, op.mul(y, op.sub(1, y)))]),
  Erf: rule(([x], _, dy) => [op.mul(dy, op.mul(op.exp(op.neg(op.mul(x!, x!))), 2 / Math.sqrt(Math.PI)))]),
  Softplus: rule(([x], _, dy) => [op.mul(dy, op.sigmoid(x!))]),

  // tanh-GELU is x·σ(w) with w = x·p, p = c(1 + 0.044715x²), c = 2√(2/π). With s = σ(w), y = x·s and dw/dx = 3p − 2c:
  // dy/dx = s + x·s(1 − s)·dw/dx = s + y(1 − s)(3p − 2c).
  FastGelu: rule(([x], y, dy) => {
    const c = 2 * Math.sqrt(2 / Math.PI);
    const p = op.add(op.mul(op.mul(x!, x!), 0.044715 * c), c);
    const s = op.sigmoid(op.mul(x!, p));
    const slope = op.add(s, op.mul(op.mul(y, op.sub(1, s)), op.sub(op.mul(p, 3), 2 * c)));
    return [op.mul(dy, slope)];
  }),
  // erf-GELU is x·Φ(x): dy/dx = Φ(x) + x·φ(x).
  Gelu: rule(([x], _, dy) => {
    const cdf = op.mul(op.add(op.erf(op.mul(x!, Math.SQRT1_2)), 1), 0.5);
    const density = op.mul(op.exp(op.mul(op.mul(x!, x!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [op.mul(dy, op.add(cdf, op.mul(x!, density)))];
  }),

  // With alpha = 1 it is x·s, s = σ(x): dy/dx = s + y(1 − s).
  QuickGelu: rule(([x], y, dy) => {
    const s = op.sigmoid(x!);
    return [op.mul(dy, op.add(s, op.mul(y, op.sub(1, s))))];
  }),

  Softmax: rule((_x, y, dy) => {
    const dyy = op.mul(dy, y);
    return [op.sub(dyy, op.mul(y, op.reduceSum(dyy, [-1], true)))];
  }),
  LogSoftmax: rule((_x, y, dy) => [op.sub(dy, op.mul(op.exp(y), op.reduceSum(dy, [-1], true)))]),

  // With x̂ = (x − mean)·deviation and g = dy·scale: dx = deviation·(g − mean(g) − x̂·mean(g·x̂)), means over C.
  LayerNormalization: (node, [dy]) => {
    const [x, scale] = node.inputs as Value[];
    const [, mean, deviation] = node.outputs;
    const normal = op.mul(op.sub(x!, mean!), deviation!);
    const g = op.mul(dy!, scale!);
    const along = op.mul(normal, op.reduceMean(op.mul(g, normal), [-1], true));
    const dx = op.mul(op.sub(op.sub(g, op.reduceMean(g, [-1], true)), along), deviation!);
    return [dx, unbroadcast(op.mul(dy!, normal), scale!), unbroadcast(dy!, scale!)];
  },

  // The same without a mean: x̂ = x·deviation, g = dy·scale, dx = deviation·(g − x̂·mean(g·x̂)).
  SimplifiedLayerNormalization: (node, [dy]) => {
    const [x, scale] = node.inputs as Value[];
    const deviation = node.outputs[1]!;
    const normal = op.mul(x!, deviation);
    const g = op.mul(dy!, scale!);
    const along = op.mul(normal, op.reduceMean(op.mul(g, normal), [-1], true));
    return [op.mul(op.sub(g, along), deviation), unbroadcast(op.mul(dy!, normal), scale!)];
  },

  ReduceSum: rule(([x], _, dy, node) => {
    const axes = new Set(list(node.inputs[1]).map((axis) => (axis < 0 ? axis + x!.rank : axis)));
    const kept = x!.shape.map((dim, i) => (axes.has(i) ? 1 : dim));
    return [op.expand(op.reshape(dy, kept), fixed(x!)), null];
  }),
  ReduceMean: rule(([x], y, dy, node) => {
    const axes = new Set((node.attributes.axes as number[]).map((axis) => (axis < 0 ? axis + x!.rank : axis)));
    const kept = x!.shape.map((dim, i) => (axes.has(i) ? 1 : dim));
    const count = fixed(x!).reduce((n, dim, i) => (axes.has(i) ? n * dim : n), 1);
    if (y.dtype !== "float32") throw new GraphError("ReduceMean: only float32 has a gradient");
    return [op.expand(op.reshape(op.mul(dy, 1 / count), kept), fixed(x!))];
  }),

  MatMul: matMul,
  FusedMatMul: matMul,
  Gemm: rule(([x, weight, bias], _, dy, node) => {
    const transB = node.attributes.transB === 1;
    const dx = op.matMul(dy, weight!, { transB: !transB });
    const dWeight = transB ? op.matMul(dy, x!, { transA: true }) : op.matMul(x!, dy, { transA: true });
    return [dx, dWeight, unbroadcast(dy, bias!)];
  }),

  // A turn is undone by the turn the other way, and its transpose is what undoes it.
  RotaryEmbedding: rule(([, , cos, sin], y, dy, node) => {
    const [, N, width] = y.shape as [number, number, number];
    const D = width / (node.attributes.num_heads as number);
    return [op.reshape(op.rotary(op.reshape(dy, [N, width]), cos!, op.neg(sin!), D), y.shape), null, null, null];
  }),

  Reshape: rule(([x], _, dy) => [op.reshape(dy, x!.shape), null]),
  Transpose: rule((_x, _y, dy, node) => {
    const permutation = node.attributes.perm as number[];
    return [
      op.transpose(
        dy,
        permutation.map((_, i) => permutation.indexOf(i)),
      ),
    ];
  }),
  Expand: rule(([x], _, dy) => [unbroadcast(dy, x!), null]),
  Concat: rule((parts, _, dy, node) => {
    const axis = node.attributes.axis as number;
    let start = 0;
    return parts.map((part) => {
      const end = start + part.size(axis);
      const d = op.slice(dy, axis, start, end);
      start = end;
      return d;
    });
  }),
  Slice: rule(([x], y, dy, node) => {
    const [start, axis] = [list(node.inputs[1])[0]!, list(node.inputs[3])[0]!];
    const end = start + y.size(axis);
    const zeros = (n: number) => (n === 0 ? [] : [op.expand(dy.graph.scalar(0), fixed(x!).with(axis, n))]);
    return [op.concat([...zeros(start), dy, ...zeros(x!.size(axis) - end)], axis), null, null, null];
  }),
  Split: (node, dys) => {
    const parts = node.outputs.map((y, i) => dys[i] ?? op.expand(y.graph.scalar(0), fixed(y)));
    return [op.concat(parts, node.attributes.axis as number), null];
  },

  // Ids that repeat add up.
  Gather: rule(([table, ids], _, dy) => [op.scatterRows(fixed(table!), ids!, dy), null]),
  GatherElements: rule(([x, ids], _, dy) => [op.scatterElements(fixed(x!), ids!, dy), null]),
};
