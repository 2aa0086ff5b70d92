// Every rule of the table against numeric differences (broadcast operands and repeated indices too) and closed forms.
import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { gradients } from "./grad.ts";
import { Graph, numbers, type Value } from "./graph.ts";
import { bothGradients } from "./numeric.ts";
import * as op from "./ops.ts";
import { Session, tensor } from "./session.ts";
import { rules } from "./vjp.ts";

type Shape = number[];
interface Case {
  op: string;
  title: string;
  shapes: Shape[];
  build: (...x: Value[]) => Value;
  /** Inputs are drawn from [low, high]. */
  range?: [number, number];
}

const ids = (x: Value, list: number[], shape: number[]) =>
  x.graph.constant(`ids_${x.graph.nodes.length}`, "int32", shape, numbers("int32", list));
const half = (x: Value) => op.less(x, 0.1);

/** Tokens at positions 0, 1, 2 turned by two pairs of a head of D. */
function turned(x: Value, pairs: number, D: number): Value {
  const angles = Float32Array.from(
    { length: 3 * pairs },
    (_, i) => Math.floor(i / pairs) * (i % pairs === 0 ? 1 : 0.1),
  );
  const at = (of: (angle: number) => number) => x.graph.unnamed("float32", [3, pairs], angles.map(of));
  return op.rotary(x, at(Math.cos), at(Math.sin), D);
}

const cases: Case[] = [
  {
    op: "Identity",
    title: "an output that is an input",
    shapes: [[3]],
    build: (x) => x.graph.node("Identity", [x!], [x!])[0]!,
  },
  {
    op: "Add",
    title: "same shape",
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: op.add,
  },
  { op: "Add", title: "bias", shapes: [[4, 3], [3]], build: op.add },
  { op: "Add", title: "a value used twice", shapes: [[3]], build: (x) => op.add(x!, x!) },
  {
    op: "Sub",
    title: "column from rows",
    shapes: [
      [2, 1],
      [2, 3],
    ],
    build: op.sub,
  },
  {
    op: "Mul",
    title: "both stretch",
    shapes: [
      [2, 1, 3],
      [4, 1],
    ],
    build: op.mul,
  },
  { op: "Div", title: "by a row", shapes: [[2, 3], [3]], build: op.div, range: [0.5, 2] },
  { op: "Min", title: "elementwise", shapes: [[2, 3], [3]], build: op.min },
  {
    op: "Where",
    title: "stretched branches",
    shapes: [[2, 3], [3], [2, 1]],
    build: (c, y, n) => op.where(half(c!), y!, n!),
  },
  { op: "Neg", title: "", shapes: [[3]], build: op.neg },
  { op: "Exp", title: "", shapes: [[3]], build: op.exp },
  { op: "Log", title: "", shapes: [[3]], build: op.log, range: [0.5, 2] },
  { op: "Sqrt", title: "", shapes: [[3]], build: op.sqrt, range: [0.5, 2] },
  { op: "Tanh", title: "", shapes: [[3]], build: op.tanh },
  { op: "Sigmoid", title: "", shapes: [[3]], build: op.sigmoid },
  { op: "Erf", title: "", shapes: [[3]], build: op.erf },
  { op: "Softplus", title: "", shapes: [[3]], build: op.softplus },
  { op: "FastGelu", title: "", shapes: [[7]], build: op.geluTanh, range: [-3, 3] },
  { op: "Gelu", title: "", shapes: [[7]], build: op.geluErf, range: [-3, 3] },
  { op: "Softmax", title: "rows", shapes: [[3, 4]], build: op.softmax },
  { op: "LogSoftmax", title: "rows", shapes: [[3, 4]], build: op.logSoftmax },
  {
    op: "LayerNormalization",
    title: "x, scale and bias",
    shapes: [[3, 5], [5], [5]],
    build: (x, s, b) => op.layerNorm(x!, s!, b!, 1e-5)[0],
  },
  { op: "ReduceSum", title: "middle axis", shapes: [[2, 3, 4]], build: (x) => op.reduceSum(x!, [1]) },
  {
    op: "ReduceSum",
    title: "kept and counted from the end",
    shapes: [[2, 3, 4]],
    build: (x) => op.reduceSum(x!, [-1, 0], true),
  },
  { op: "ReduceMean", title: "all", shapes: [[2, 3]], build: (x) => op.reduceMean(x!) },
  { op: "ReduceMean", title: "one axis", shapes: [[2, 3]], build: (x) => op.reduceMean(x!, [-1], true) },
  {
    op: "MatMul",
    title: "matrices",
    shapes: [
      [2, 3],
      [3, 4],
    ],
    build: (a, b) => op.matMul(a!, b!),
  },
  {
    op: "MatMul",
    title: "a stack by one matrix",
    shapes: [
      [2, 2, 3],
      [3, 4],
    ],
    build: (a, b) => op.matMul(a!, b!),
  },
  {
    op: "MatMul",
    title: "stacks that stretch",
    shapes: [
      [2, 1, 2, 3],
      [5, 3, 2],
    ],
    build: (a, b) => op.matMul(a!, b!),
  },
  {
    op: "FusedMatMul",
    title: "Aᵀ·B",
    shapes: [
      [3, 2],
      [3, 4],
    ],
    build: (a, b) => op.matMul(a!, b!, { transA: true }),
  },
  {
    op: "FusedMatMul",
    title: "α·A·Bᵀ",
    shapes: [
      [2, 2, 3],
      [2, 4, 3],
    ],
    build: (a, b) => op.matMul(a!, b!, { transB: true, alpha: 0.3 }),
  },
  {
    op: "FusedMatMul",
    title: "Aᵀ·Bᵀ",
    shapes: [
      [3, 2],
      [4, 3],
    ],
    build: (a, b) => op.matMul(a!, b!, { transA: true, transB: true, alpha: -2 }),
  },
  {
    op: "Gemm",
    title: "x·W + b",
    shapes: [[2, 3], [3, 4], [4]],
    build: (x, w, b) => op.gemm(x!, w!, b!),
  },
  {
    op: "Gemm",
    title: "x·Wᵀ + b",
    shapes: [[2, 3], [4, 3], [4]],
    build: (x, w, b) => op.gemm(x!, w!, b!, { transB: true }),
  },
  { op: "RotaryEmbedding", title: "two whole heads", shapes: [[3, 8]], build: (x) => turned(x!, 2, 4) },
  { op: "RotaryEmbedding", title: "a part of each", shapes: [[3, 12]], build: (x) => turned(x!, 2, 6) },
  { op: "QuickGelu", title: "", shapes: [[2, 3]], build: (x) => op.silu(x!) },
  {
    op: "SimplifiedLayerNormalization",
    title: "",
    shapes: [[2, 3, 4], [4]],
    build: (x, scale) => op.rmsNorm(x!, scale!, 1e-5)[0],
  },
  { op: "Reshape", title: "", shapes: [[2, 6]], build: (x) => op.reshape(x!, [3, 4]) },
  { op: "Transpose", title: "a cycle of axes", shapes: [[2, 3, 4]], build: (x) => op.transpose(x!, [1, 2, 0]) },
  { op: "Expand", title: "", shapes: [[3, 1]], build: (x) => op.expand(x!, [2, 3, 4]) },
  {
    op: "Concat",
    title: "",
    shapes: [
      [2, 1],
      [2, 3],
    ],
    build: (a, b) => op.concat([a!, b!], 1),
  },
  { op: "Slice", title: "from the middle", shapes: [[4, 3]], build: (x) => op.slice(x!, 0, 1, 3) },
  { op: "Slice", title: "to the end", shapes: [[4, 3]], build: (x) => op.slice(x!, -1, 1, 3) },
  {
    op: "Split",
    title: "one part unused",
    shapes: [[2, 6]],
    build: (x) => {
      const [a, , c] = op.split(x!, 1, 3);
      return op.mul(a!, c!);
    },
  },
  {
    op: "Gather",
    title: "repeated rows add up",
    shapes: [[4, 3]],
    build: (x) => op.gather(x!, ids(x!, [1, 3, 1, 1, 0, 3], [2, 3])),
  },
  {
    op: "GatherElements",
    title: "repeated elements add up",
    shapes: [[2, 4]],
    build: (x) => op.gatherElements(x!, ids(x!, [1, 1, 3, 0, 2, 0], [2, 3])),
  },
];

test("every rule has a case", () => {
  expect(new Set(cases.map((c) => c.op))).toEqual(new Set(Object.keys(rules)));
});

test.each(cases)(
  "$op agrees with numeric differences: $title",
  async ({ op: name, shapes, build, range = [-1, 1] }) => {
    const random = new Random(7);
    const count = (shape: Shape) => shape.reduce((a, b) => a * b, 1);
    const data = shapes.map((shape) =>
      Float32Array.from({ length: count(shape) }, () => range[0] + (range[1] - range[0]) * random.next()),
    );
    // Where's condition has no gradient.
    const first = name === "Where" ? 1 : 0;
    const variables = shapes.slice(first).map((shape, i) => [`x${first + i}`, { shape, data: data[first + i]! }]);
    const both = await bothGradients(
      Object.fromEntries(variables),
      (graph, input) => {
        const fed = shapes.slice(0, first).map((shape, i) => graph.input(`x${i}`, "float32", shape));
        const y = build(...fed, ...variables.map(([name]) => input(name as string)));
        expect(graph.nodes.some((node) => node.op === name)).toBe(true);
        // A random weight for each element, so that errors do not cancel out.
        const size = count(y.shape as Shape);
        const weight = Float32Array.from({ length: size }, () => random.normal());
        return op.reduceSum(op.mul(y, graph.unnamed("float32", y.shape as Shape, weight)));
      },
      { x0: data[0]! },
    );
    expect(both).toHaveLength(data.slice(first).reduce((sum, { length }) => sum + length, 0));
    for (const { name, index, graph, numeric } of both) {
      expect(Math.abs(numeric - graph), `d loss / d ${name}[${index}]`).toBeLessThan(3e-3);
    }
  },
);

test("closed forms: d/dx of softplus, x·log x and a quadratic form", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, 1]);
  const A = graph.constant("A", "float32", [2, 2], Float32Array.of(2, 1, 1, 3));
  const quadratic = op.reduceSum(op.matMul(x, op.matMul(A, x), { transA: true }));
  const loss = op.add(quadratic, op.add(op.reduceSum(op.mul(x, op.log(x))), op.reduceSum(op.softplus(op.neg(x)))));
  const [dx] = gradients(loss, [x]);
  graph.output("dx", dx!);
  const session = await Session.create(graph, { threads: 1 });
  const at = [0.5, 2];
  const { dx: got } = await session.run({ x: tensor("float32", Float32Array.from(at), [2, 1]) });
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  // 2Ax + log x + 1 − σ(−x)
  const expected = [2 * (2 * at[0]! + at[1]!), 2 * (at[0]! + 3 * at[1]!)].map(
    (q, i) => q + Math.log(at[i]!) + 1 - sigmoid(-at[i]!),
  );
  for (const [i, e] of expected.entries()) expect((got!.data as Float32Array)[i]).toBeCloseTo(e, 5);
});

test("rows looked up thousands of times lose none of their gradient, whatever the threads", async () => {
  const graph = new Graph();
  const table = graph.input("table", "float32", [2, 64]);
  const [N, half] = [4096, 2048];
  const at = graph.constant(
    "at",
    "int32",
    [N],
    Int32Array.from({ length: N }, (_, i) => i % 2),
  );
  const [d] = gradients(op.reduceSum(op.gather(table, at)), [table]);
  graph.output("d", d!);
  const session = await Session.create(graph, { threads: 2 });
  const feeds = { table: tensor("float32", new Float32Array(128), [2, 64]) };
  for (let i = 0; i < 5; i++) {
    const { d } = await session.run(feeds);
    expect([...(d!.data as Float32Array)].every((x) => x === half)).toBe(true);
  }
  await session.dispose();
});

test("parts of unequal sizes: one gradient each", async () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [5]);
  const [a, b] = op.split(x, 0, [2, 3]);
  const [d] = gradients(op.add(op.reduceSum(op.mul(a!, 2)), op.reduceSum(op.mul(b!, 3))), [x]);
  graph.output("d", d!);
  const session = await Session.create(graph, { threads: 1 });
  const results = await session.run({ x: tensor("float32", new Float32Array(5), [5]) });
  expect([...(results.d!.data as Float32Array)]).toEqual([2, 2, 3, 3, 3]);
  expect(() => op.split(x, 0, [2, 2])).toThrow("Split: [5] does not split in 2,2");
  await session.dispose();
});

test("what cannot be differentiated is said", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2]);
  const y = graph.input("y", "float32", []);
  expect(() => gradients(x, [x])).toThrow("the loss has shape [2], not []");
  expect(() => gradients(op.reduceSum(x), [y])).toThrow("the loss does not depend on y");
  const [odd] = graph.node("Round", [x], [{ dtype: "float32", shape: [2] }]);
  expect(() => gradients(op.reduceSum(odd!), [x])).toThrow("Round has no differentiation rule");
});

test("shapes that do not fit are named", () => {
  const graph = new Graph();
  const a = graph.input("a", "float32", [2, 3]);
  const b = graph.input("b", "float32", [4, 5]);
  expect(() => op.matMul(a, b)).toThrow("MatMul: [2, 3] does not multiply [4, 5]");
  expect(() => op.add(a, b)).toThrow("Add: [2, 3] does not broadcast with [4, 5]");
  expect(() => op.reshape(a, [5])).toThrow("Reshape: [2, 3] has not as many elements as [5]");
  expect(() => op.concat([a, b], 0)).toThrow("Concat: [4, 5] does not join [2, 3] at axis 0");
  expect(() => op.slice(a, 1, 2, 4)).toThrow("Slice: 2..4 is not within axis 1 of [2, 3]");
  expect(() => graph.input("a", "float32", [1])).toThrow("two values are named a");
});
