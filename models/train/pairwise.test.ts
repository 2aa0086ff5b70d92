import { describe, expect, test } from "vitest";
import { Graph } from "../onnx/graph.ts";
import { bothGradients } from "../onnx/numeric.ts";
import { Session, tensor } from "../onnx/session.ts";
import { initialNu, pairFeeds, pairwise, type Ties } from "./pairwise.ts";

interface Case {
  r: number[];
  pairs: [number, number][];
  ties?: [number, number][];
  nu?: number;
}

function build(kind: Ties, { r, pairs, ties = [], nu = 1 }: Case) {
  const compared = { answers: r, pairs, ties };
  return {
    variables: {
      r: { shape: [r.length], data: Float32Array.from(r) },
      ...(kind === "davidson" ? { nu: { shape: [1], data: Float32Array.of(Math.log(nu)) } } : {}),
    },
    feeds: pairFeeds([compared], [compared], r.length, kind),
  };
}

async function measured(kind: Ties, one: Case): Promise<Record<string, number>> {
  const { variables, feeds } = build(kind, one);
  const graph = new Graph();
  const r = graph.input("r", "float32", [one.r.length]);
  const nu = kind === "davidson" ? graph.input("nu", "float32", [1]) : undefined;
  const { loss, metrics } = pairwise(graph, r, kind, nu);
  for (const [name, value] of Object.entries({ loss, ...metrics })) graph.output(`out/${name}`, value);
  const session = await Session.create(graph, { threads: 1 });
  const data: Record<string, Float32Array> = {
    ...feeds,
    ...Object.fromEntries(Object.entries(variables).map(([name, { data }]) => [name, data])),
  };
  const tensors = graph.inputs.map((x) => [x.name, tensor("float32", data[x.name]!, x.shape as number[])] as const);
  const results = await session.run(Object.fromEntries(tensors));
  await session.dispose();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [name.slice(4), (data as Float32Array)[0]!]),
  );
}

const nll = (x: number) => Math.log1p(Math.exp(-x));
const three: Case = {
  r: [0.5, 1, -1],
  pairs: [
    [0, 1],
    [0, 2],
    [1, 2],
  ],
};

test.each(["drop", "soft", "davidson"] as const)("equal scores are half right (ties: %s)", async (kind) => {
  const { accuracy } = await measured(kind, {
    r: [1, 1, 0],
    pairs: [
      [0, 1],
      [0, 2],
    ],
  });
  expect(accuracy).toBeCloseTo(3 / 4, 6);
});

test("smoothed labels take a share of each pair the other way round, and leave the accuracy", async () => {
  const compared = { answers: three.r, pairs: three.pairs, ties: [] };
  const { weight, strict } = pairFeeds([compared], [compared], 3, "drop", 0.1);
  expect(weight[0 * 3 + 1]).toBeCloseTo(0.9 / 3, 6);
  expect(weight[1 * 3 + 0]).toBeCloseTo(0.1 / 3, 6);
  expect(weight.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 6);
  expect(strict).toEqual(pairFeeds([compared], [compared], 3, "drop").strict);
});

describe("the loss, worked by hand", () => {
  test("of A>B, A>C, B>C is 1/3 of the three −log σ(difference)", async () => {
    const { loss, accuracy } = await measured("drop", three);
    expect(loss).toBeCloseTo((nll(-0.5) + nll(1.5) + nll(2)) / 3, 6);
    expect(accuracy).toBeCloseTo(2 / 3, 6);
  });

  test("does not overflow where the scores are far apart", async () => {
    const far: Case = { r: [-500, 500], pairs: [[0, 1]] };
    expect((await measured("drop", far)).loss).toBeCloseTo(1000, 3);
    expect((await measured("davidson", far)).loss).toBeCloseTo(1000, 3);
  });

  // A>B, A=C, B>C
  const tied: Case = {
    ...three,
    pairs: [
      [0, 1],
      [1, 2],
    ],
    ties: [[0, 2]],
    nu: 0.4,
  };
  test("drops ties unless told otherwise", async () => {
    expect((await measured("drop", tied)).loss).toBeCloseTo((nll(-0.5) + nll(2)) / 2, 6);
  });

  test("with soft labels takes a tie for half of each order", async () => {
    const { loss, accuracy } = await measured("soft", tied);
    expect(loss).toBeCloseTo((nll(-0.5) + nll(2) + 0.5 * (nll(1.5) + nll(-1.5))) / 3, 6);
    expect(accuracy).toBeCloseTo(1 / 2, 6);
  });

  test("with Davidson's ties is −log of his probabilities, which add up to 1", async () => {
    const pi = tied.r.map(Math.exp);
    const root = (i: number, j: number) => 0.4 * Math.sqrt(pi[i]! * pi[j]!);
    const strict = (i: number, j: number) => pi[i]! / (pi[i]! + pi[j]! + root(i, j));
    const tie = (i: number, j: number) => root(i, j) / (pi[i]! + pi[j]! + root(i, j));
    expect(strict(0, 2) + strict(2, 0) + tie(0, 2)).toBeCloseTo(1, 12);
    const expected = -(Math.log(strict(0, 1)) + Math.log(strict(1, 2)) + Math.log(tie(0, 2))) / 3;
    expect((await measured("davidson", tied)).loss).toBeCloseTo(expected, 6);
  });

  test.each(["drop", "soft", "davidson"] as const)(
    "gradients with ties %s agree with numeric differences",
    async (kind) => {
      const { variables, feeds } = build(kind, tied);
      const both = await bothGradients(
        variables,
        (graph, input) => pairwise(graph, input("r"), kind, kind === "davidson" ? input("nu") : undefined).loss,
        feeds,
      );
      expect(both).toHaveLength(kind === "davidson" ? 4 : 3);
      for (const { name, index, graph, numeric } of both) {
        expect(Math.abs(graph - numeric), `${name}[${index}]`).toBeLessThan(1e-4);
      }
    },
  );
});

test("elements weigh alike, however many answers they have, and everything adds up to 1 over a step", () => {
  const two = { answers: ["a", "b"], pairs: [[0, 1]] as [number, number][], ties: [] };
  const big = {
    answers: ["a", "b", "c"],
    pairs: [
      [0, 1],
      [1, 2],
    ] as [number, number][],
    ties: [[0, 2]] as [number, number][],
  };
  const sum = (list: Float32Array) => list.reduce((a, b) => a + b, 0);
  const dropped = pairFeeds([two, big], [two, big], 6, "drop");
  expect(sum(dropped.weight)).toBeCloseTo(1, 6);
  expect(dropped.weight[1]).toBeCloseTo(1 / 2, 6);
  const soft = pairFeeds([two, big], [two, big], 6, "soft");
  expect(sum(soft.weight) + sum(soft.tie)).toBeCloseTo(1, 6);
  expect(sum(soft.strict)).toBeCloseTo(1, 6);
  // In two batches: the parts of one whole.
  const parts = [two, big].map((group) => pairFeeds([group], [two, big], 6, "soft"));
  expect(parts.reduce((all, { weight, tie }) => all + sum(weight) + sum(tie), 0)).toBeCloseTo(1, 6);
});

test("ν begins where equal answers tie as often as the data's", () => {
  const nu = initialNu([
    {
      answers: [],
      pairs: [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
      ties: [[0, 1]],
    },
  ]);
  expect(nu / (2 + nu)).toBeCloseTo(1 / 4, 12);
  expect(initialNu([{ answers: [], pairs: [[0, 1]], ties: [] }])).toBeGreaterThan(0);
});
