// Weights in fewer bits: the blocks by their definition, the runtime's products of them, and every architecture answering.
import { expect, test } from "vitest";
import { smallArchitecture, smallFamilies } from "../export/families.fixture.ts";
import { Graph } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { Session, tensor } from "../onnx/session.ts";
import { Random } from "../random.ts";
import { tinyWeights } from "../train/models.fixture.ts";
import { Decoder } from "./decoder.ts";
import { languageModelHead } from "./heads.ts";
import { storeWeights, toBlocks } from "./weight-bits.ts";

/** What blocks stand for. */
function fromBlocks(rows: number, columns: number, bits: 8 | 4): (blocks: ReturnType<typeof toBlocks>) => Float32Array {
  const count = Math.ceil(columns / 32);
  return ({ packed, scales }) =>
    Float32Array.from({ length: rows * columns }, (_, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      const at = row * count * 32 + column;
      const q = bits === 8 ? packed[at]! : (packed[at >> 1]! >> (4 * (at & 1))) & 15;
      return (q - 2 ** (bits - 1)) * scales[row * count + (column >> 5)]!;
    });
}

const normals = (length: number, seed = 1) => {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.normal());
};

test("a block's largest number is kept, and the others are at most a step away; zeros stay zeros", () => {
  const [rows, columns] = [3, 70];
  const data = normals(rows * columns).fill(0, 64, 70);
  for (const bits of [8, 4] as const) {
    const blocks = toBlocks(data, [rows, columns], bits);
    const turned = Float32Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);
    expect(toBlocks(turned, [rows, columns], bits, true)).toEqual(blocks);
    expect(blocks.packed).toHaveLength((rows * 3 * 32 * bits) / 8);
    const back = fromBlocks(rows, columns, bits)(blocks);
    expect(back.subarray(64, 70).every((x) => x === 0)).toBe(true);
    for (let r = 0; r < rows; r++) {
      for (let b = 0; b < 3; b++) {
        const at = Array.from({ length: b < 2 ? 32 : 6 }, (_, i) => r * columns + b * 32 + i);
        const largest = at.reduce((a, i) => (Math.abs(data[i]!) > Math.abs(data[a]!) ? i : a));
        expect(back[largest]).toBeCloseTo(data[largest]!, 6);
        const step = Math.abs(blocks.scales[r * 3 + b]!);
        // Half a step, but for the other end, which has one number less.
        for (const i of at) expect(Math.abs(back[i]! - data[i]!)).toBeLessThanOrEqual(step * 1.0001);
      }
    }
  }
});

/** A table whose rows are read and multiplied by, and matrices either way round with and without a bias. */
function products(bits: 32 | 16 | 8 | 4) {
  const [V, C, N] = [40, 64, 24];
  const graph = new Graph();
  const table = graph.constant("table", "float32", [V, C], normals(V * C, 1));
  const [into, out] = [normals(C * N, 2), normals(N * C, 3)];
  const rows = op.gather(table, graph.input("ids", "int32", ["R"]));
  graph.output("rows", rows);
  graph.output("logits", op.matMul(rows, table, { transB: true }));
  graph.output("plain", op.matMul(rows, graph.constant("into", "float32", [C, N], into)));
  const bias = graph.constant("bias", "float32", [N], normals(N, 4));
  graph.output("biased", op.gemm(rows, graph.constant("out", "float32", [N, C], out), bias, { transB: true }));
  storeWeights(graph, bits);
  return graph;
}

test.each([16, 8, 4] as const)("in %i bits rows are read and multiplied by as they are stored", async (bits) => {
  const run = async (graph: Graph) => {
    const session = await Session.create(graph, { threads: 1 });
    const results = await session.run({ ids: tensor("int32", Int32Array.of(3, 39, 3), [3]) });
    await session.dispose();
    return results;
  };
  const graph = products(bits);
  const bytes = (g: Graph) => [...g.constants.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(bytes(graph)).toBeLessThan(bytes(products(32)) * { 16: 0.55, 8: 0.45, 4: 0.3 }[bits]);
  const [got, exact] = [await run(graph), await run(products(32))];
  for (const name of ["rows", "logits", "plain", "biased"]) {
    const [a, b] = [got[name]!.data as Float32Array, exact[name]!.data as Float32Array];
    const most = b.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
    const worst = a.reduce((m, x, i) => Math.max(m, Math.abs(x - b[i]!)), 0);
    expect(worst / most, name).toBeLessThan({ 16: 1e-3, 8: 0.02, 4: 0.2 }[bits]);
    expect(worst, name).toBeGreaterThan(0);
  }
});

test.each(Object.keys(smallFamilies()))("%s answers in 16, 8 and 4 bits, ever less exactly", async (type) => {
  const architecture = smallArchitecture(type, smallFamilies(32, 40)[type]);
  const weights = tinyWeights(languageModelHead, 2, architecture);
  const all: Float32Array[][] = [];
  for (const bits of [32, 16, 8, 4] as const) {
    const decoder = await Decoder.load(architecture, weights, { threads: 1, bits });
    const { first, decoding } = await decoder.readPrompt([3, 17, 5, 22, 8, 30], 2, 0);
    const logits = [first.slice()];
    for (const token of [9, 2, 25]) {
      const [one, other] = await decoder.step(decoding, [token, token]);
      const apart = one!.reduce((most, x, i) => Math.max(most, Math.abs(x - other![i]!)), 0);
      expect(apart).toBeLessThan(bits < 16 ? 0.05 : 1e-4);
      logits.push(one!.slice());
    }
    all.push(logits);
    await decoder.dispose();
  }
  const [exact, ...others] = all as [Float32Array[], ...Float32Array[][]];
  const off = others.map((logits) => {
    const squares = logits.flatMap((row, r) => [...row].map((x, i) => [(x - exact[r]![i]!) ** 2, exact[r]![i]! ** 2]));
    const [error, size] = [0, 1].map((k) => squares.reduce((sum, pair) => sum + pair[k]!, 0));
    return Math.sqrt(error! / size!);
  });
  expect(off[0]).toBeLessThan(2e-3);
  expect(off[1]).toBeLessThan(0.05);
  expect(off[2]).toBeLessThan(0.6);
  expect(off.toSorted((a, b) => a - b)).toEqual(off);
  expect(off[0]).toBeGreaterThan(0);
});

test.each([32, 8] as const)("weights that are let go answer in %i bits as those that are kept", async (bits) => {
  const architecture = smallArchitecture("llama", smallFamilies(32, 40).llama);
  const distributions: Float32Array[] = [];
  for (const release of [false, true]) {
    const weights = tinyWeights(languageModelHead, 2, architecture);
    const decoder = await Decoder.load(architecture, weights, { threads: 1, bits, release });
    const lengths = [...weights.values()].map(({ data }) => data.length);
    expect(lengths.every((length) => (length === 0) === release)).toBe(true);
    const { decoding } = await decoder.readPrompt([3, 17, 5], 1, 0);
    distributions.push((await decoder.step(decoding, [9]))[0]!.slice());
    await decoder.dispose();
  }
  expect(distributions[1]).toEqual(distributions[0]);
});
