import { describe, expect, test } from "vitest";
import { gpt2 } from "../gpt/families/gpt2.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { bothGradients } from "../onnx/numeric.ts";
import { Session, tensor } from "../onnx/session.ts";
import { Random } from "../random.ts";
import type { Objective } from "./optimizer.ts";
import { policyObjective, pretrainingObjective, valueObjective } from "./ppo-loss.ts";

const config = gpt2({ vocabSize: 2, nCtx: 1, nEmbd: 1, nLayer: 1, nHead: 1, eosTokenId: 0 });
const limits = { clipRange: 0.2, temperature: 1 };

/** Loss and metrics of a graph with these inputs. */
async function figures(
  build: (graph: Graph) => Objective,
  feeds: Record<string, Float32Array | Int32Array>,
): Promise<Record<string, number>> {
  const graph = new Graph();
  const { loss, metrics } = build(graph);
  for (const [name, value] of Object.entries({ loss, ...metrics })) graph.output(`out/${name}`, value);
  const session = await Session.create(graph, { threads: 1 });
  const tensors = graph.inputs.map(({ name, dtype, shape }) => [name, tensor(dtype, feeds[name]!, shape as number[])]);
  const result = await session.run(Object.fromEntries(tensors));
  await session.dispose();
  return Object.fromEntries(Object.entries(result).map(([name, x]) => [name.slice(4), (x.data as Float32Array)[0]!]));
}

describe("the policy's loss, by hand: two tokens to choose from, the first at 3/4 (logit ln 3), at 1/2 before", () => {
  // Embeddings 1 and 0: the logits of a state h are h and 0.
  const build = (graph: Graph, temperature = 1) => {
    const table = graph.unnamed("float32", [2, 1], Float32Array.of(1, 0));
    const hidden = graph.input("hidden", "float32", [2, 1]);
    const targets = graph.input("targets", "int32", [2, 1]);
    return policyObjective(config, () => table, hidden, targets, { ...limits, temperature });
  };
  const feeds = (advantages: [number, number]) => ({
    hidden: Float32Array.of(Math.log(3), Math.log(3)),
    targets: Int32Array.of(0, 0),
    old_log_probs: Float32Array.of(Math.log(0.5), Math.log(0.5)),
    advantages: Float32Array.from(advantages),
    // The second token is padding.
    weight: Float32Array.of(1, 0),
  });

  test("a gain counts up to a ratio of 1.2, of the 1.5 there is", async () => {
    const got = await figures((graph) => build(graph), feeds([2, 77]));
    expect(got.loss).toBeCloseTo(-2 * 1.2, 5);
    expect(got["policy/clipfrac"]).toBe(1);
    expect(got["policy/approxkl"]).toBeCloseTo(Math.log(1.5) ** 2 / 2, 5);
    expect(got["policy/entropy"]).toBeCloseTo(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)), 5);
  });

  test("a loss counts in full", async () => {
    const got = await figures((graph) => build(graph), feeds([-2, 77]));
    expect(got.loss).toBeCloseTo(2 * 1.5, 5);
    expect(got["policy/clipfrac"]).toBe(0);
  });

  test("probabilities are those at the sampling temperature: at 2 the first token has √3/(√3 + 1)", async () => {
    const got = await figures((graph) => build(graph, 2), feeds([-1, 0]));
    expect(got.loss).toBeCloseTo((2 * Math.sqrt(3)) / (Math.sqrt(3) + 1), 5);
  });
});

test("the value's loss, by hand: the larger of the two squared errors, half of it, times the coefficient", async () => {
  const settings = { clipRange: 0.2, coefficient: 0.1 };
  const got = await figures((graph) => valueObjective(graph.input("values", "float32", [3]), settings), {
    values: Float32Array.of(1, 0.1, 9),
    old_values: Float32Array.of(0, 0, 0),
    // Clipped to 0.2 the first is further from its return; the second moved little enough.
    returns: Float32Array.of(2, 1, 0),
    weight: Float32Array.of(0.5, 0.5, 0),
  });
  expect(got.loss).toBeCloseTo((0.1 * 0.5 * (1.8 ** 2 + 0.9 ** 2)) / 2, 6);
  expect(got["value/clipfrac"]).toBeCloseTo(0.5, 6);
});

test("the pre-training loss, by hand: γ times what it is beside PPO's, and told without γ", async () => {
  const build = (graph: Graph) => pretrainingObjective(graph.input("lm", "float32", []), 27.8);
  const got = await figures(build, { lm: Float32Array.of(2) });
  expect(got["ptx/loss"]).toBeCloseTo(2, 6);
  expect(got.loss).toBeCloseTo(27.8 * 2, 4);
});

describe("gradients agree with numeric differences", () => {
  const random = new Random(5);
  const numbers = (count: number, of: () => number) => Float32Array.from({ length: count }, of);
  const compare = async (...args: Parameters<typeof bothGradients>) => {
    const found = await bothGradients(...args);
    for (const { name, index, graph, numeric } of found) {
      expect(Math.abs(graph - numeric), `${name}[${index}]: ${graph} against ${numeric}`).toBeLessThan(2e-3);
    }
    return found;
  };

  test("of the policy's loss, tokens clipped and not, advantages of both signs", async () => {
    const [N, C, V] = [6, 3, 5];
    const wide = { ...config, vocabSize: V, nEmbd: C };
    const hidden = numbers(N * C, () => random.normal());
    const table = numbers(V * C, () => random.normal());
    const targets = Int32Array.from({ length: N }, () => random.int(0, V - 1));
    const logProbs = [...targets].map((target, n) => {
      const scores = Array.from({ length: V }, (_, v) =>
        [0, 1, 2].reduce((sum, c) => sum + hidden[n * C + c]! * table[v * C + c]!, 0),
      );
      return scores[target]! - Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0));
    });
    // Ratios of 1.5, 1.5, 0.5, 0.5, 1.1, 0.9: outside and inside of 0.8 … 1.2, away from its edges.
    const shift = [1.5, 1.5, 0.5, 0.5, 1.1, 0.9].map(Math.log);
    const feeds = {
      targets,
      old_log_probs: Float32Array.from(logProbs, (x, n) => x - shift[n]!),
      advantages: Float32Array.of(1.5, -1, 1, -2, 0.7, -0.3),
      weight: new Float32Array(N).fill(1 / N),
    };
    const loss = (graph: Graph, input: (name: string) => Value) => {
      const at = graph.input("targets", "int32", [N, 1]);
      return policyObjective(wide, () => input("table"), input("hidden"), at, limits).loss;
    };
    const variables = {
      hidden: { shape: [N, C], data: hidden },
      table: { shape: [V, C], data: table },
    };
    const found = await compare(variables, loss, feeds);
    const moved = (n: number) =>
      found
        .filter(({ name, index }) => name === "hidden" && Math.floor(index / C) === n)
        .some(({ graph }) => graph !== 0);
    // A ratio above 1.2 with a gain and one below 0.8 with a loss are clipped: nothing pulls at them any more.
    expect([0, 1, 2, 3, 4, 5].map(moved)).toEqual([false, true, true, false, true, true]);
  });

  test("of the value's loss, clipped and not", async () => {
    const feeds = {
      old_values: Float32Array.of(0, 0, 0, 0),
      returns: Float32Array.of(2, 0.5, -1, 0.05),
      weight: Float32Array.of(0.25, 0.25, 0.25, 0.25),
    };
    const variables = { values: { shape: [4], data: Float32Array.of(1, 1, 0.1, -0.1) } };
    const settings = { clipRange: 0.2, coefficient: 0.1 };
    const found = await compare(variables, (_, input) => valueObjective(input("values"), settings).loss, feeds);
    // The first has gone towards its return by more than 0.2: that is enough.
    expect(found.map(({ graph }) => graph !== 0)).toEqual([false, true, true, true]);
  });
});
