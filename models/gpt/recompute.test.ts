// Segments that are computed again on the way back: the same gradients from less memory, and in the order that frees it.
import { expect, test } from "vitest";
import { smallArchitecture, smallFamilies } from "../export/families.fixture.ts";
import { gradients } from "../onnx/grad.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { peakBytes } from "../onnx/peak.ts";
import { Session, type Tensors, tensor } from "../onnx/session.ts";
import { type Architecture, parameterShapes } from "./architecture.ts";
import { gpt2 } from "./families/gpt2.ts";
import { hiddenStates } from "./forward.ts";
import { languageModelHead, logits, logProbabilities } from "./heads.ts";
import { initialWeights } from "./init.ts";

/** Of so many tokens that logits are made in slices: 8 million of them at once. */
const large = gpt2({ vocabSize: 200_000, nCtx: 96, nEmbd: 8, nLayer: 2, nHead: 2, eosTokenId: 0 });
const deep = gpt2({ vocabSize: 64, nCtx: 96, nEmbd: 32, nLayer: 6, nHead: 4, eosTokenId: 0 });

const uncut = (config: Architecture, p: (name: string) => Value, hidden: Value, targets: Value) =>
  op.reshape(op.gatherElements(op.logSoftmax(logits(config, p, hidden)), targets), [config.nCtx]);

/** A language model's loss and its gradients. */
function lossGraph(config: Architecture, read: typeof uncut, recompute: boolean) {
  const T = config.nCtx;
  const graph = new Graph();
  const shapes = parameterShapes(config, languageModelHead);
  const inputs = new Map([...shapes].map(([name, shape]) => [name, graph.input(name, "float32", shape)]));
  const p = (name: string) => inputs.get(name)!;
  const hidden = hiddenStates(config, p, graph.input("ids", "int32", [1, T]));
  const targets = graph.input("targets", "int32", [T, 1]);
  const loss = op.neg(op.reduceMean(read(config, p, hidden, targets)));
  graph.output("loss", loss);
  for (const [i, d] of gradients(loss, [...inputs.values()], { recompute }).entries()) {
    graph.output(`d/${[...inputs.keys()][i]}`, d);
  }
  return graph;
}

async function run(config: Architecture, graph: Graph): Promise<Record<string, Float32Array>> {
  const T = config.nCtx;
  const feeds: Tensors = {
    ids: tensor(
      "int32",
      Int32Array.from({ length: T }, (_, i) => (i * 7919) % config.vocabSize),
      [1, T],
    ),
    targets: tensor(
      "int32",
      Int32Array.from({ length: T }, (_, i) => ((i + 1) * 7919) % config.vocabSize),
      [T, 1],
    ),
  };
  for (const [name, { shape, data }] of initialWeights(config, 1)) feeds[name] = tensor("float32", data, shape);
  const session = await Session.create(graph, { threads: 1 });
  const result = await session.run(feeds);
  await session.dispose();
  return Object.fromEntries(Object.entries(result).map(([name, { data }]) => [name, (data as Float32Array).slice()]));
}

test.each(Object.keys(smallFamilies()))("%s: layers computed again have the very same gradients", async (type) => {
  const config = smallArchitecture(type);
  const [kept, again] = [false, true].map((recompute) => lossGraph(config, uncut, recompute)) as [Graph, Graph];
  expect(await run(config, again)).toEqual(await run(config, kept));
});

test("layers computed again take a fraction of the memory, and little is computed in vain", () => {
  const [kept, again] = [false, true].map((recompute) => lossGraph(deep, uncut, recompute)) as [Graph, Graph];
  expect(peakBytes(again)).toBeLessThan(0.35 * peakBytes(kept));
  // All products of a layer but its last, which only the next layer reads.
  const products = (graph: Graph) => graph.nodes.filter(({ op }) => /MatMul|Gemm/.test(op)).length;
  expect(products(again) - products(kept)).toBe(5 * deep.nLayer);
});

test("logits in slices have the loss and gradients of logits made whole", async () => {
  const whole = await run(large, lossGraph(large, uncut, false));
  for (const recompute of [false, true]) {
    const graph = lossGraph(large, logProbabilities, recompute);
    if (recompute) expect(peakBytes(graph)).toBeLessThan(0.6 * peakBytes(lossGraph(large, uncut, false)));
    const sliced = await run(large, graph);
    expect(sliced.loss![0]).toBeCloseTo(whole.loss![0]!, 5);
    for (const [name, expected] of Object.entries(whole)) {
      const most = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const worst = expected.reduce((a, x, i) => Math.max(a, Math.abs(x - sliced[name]![i]!)), 0);
      expect(worst / most, name).toBeLessThan(1e-5);
    }
  }
});

test("memory is that of the values that are still to be read, in the order of the nodes", () => {
  const graph = new Graph();
  const x = graph.input("x", "float32", [1000]);
  // Two values of 4,000 bytes each stand while the third is made; the sum takes the place of one of them.
  const [a, b] = [op.transpose(op.reshape(x, [10, 100]), [1, 0]), op.transpose(op.reshape(x, [20, 50]), [1, 0])];
  graph.output("sum", op.reduceSum(op.add(op.reshape(a, [1000]), op.reshape(b, [1000]))));
  const constants = [...graph.constants.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(peakBytes(graph) - constants).toBe(8000);
});
