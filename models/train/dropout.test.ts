import { expect, test } from "vitest";
import { hiddenStates } from "../gpt/forward.ts";
import { logProbabilities } from "../gpt/heads.ts";
import { bothGradients } from "../onnx/numeric.ts";
import * as op from "../onnx/ops.ts";
import { fedDropout, keepMask } from "./dropout.ts";
import { tinyConfig as config, tinyWeights } from "./models.fixture.ts";

const at = { seed: 1, step: 3, part: 0 };

test("a mask is that of its seed, step and part, and leaves out the rate's share", () => {
  const N = 500;
  const mask = keepMask(config, N, 0.2, at);
  expect(mask).toHaveLength(2 * config.nLayer * N * config.nEmbd);
  expect(keepMask(config, N, 0.2, at)).toEqual(mask);
  const share = (list: Uint8Array) => list.reduce((a, b) => a + b, 0) / list.length;
  expect(share(mask)).toBeGreaterThan(0.79);
  expect(share(mask)).toBeLessThan(0.81);
  for (const other of [{ seed: 2 }, { step: 4 }, { part: 1 }]) {
    const differs = keepMask(config, N, 0.2, { ...at, ...other }).filter((keep, i) => keep !== mask[i]).length;
    // Two independent masks differ in 2 · 0.2 · 0.8 of their places.
    expect(differs / mask.length).toBeGreaterThan(0.31);
    expect(differs / mask.length).toBeLessThan(0.33);
  }
  expect(share(keepMask(config, N, 0, at))).toBe(1);
});

test("gradients through dropout agree with numeric differences, and what is left out passes none", async () => {
  const [B, T] = [2, 6];
  const ids = Int32Array.from({ length: B * T }, (_, i) => (i * 7) % config.vocabSize);
  const targets = ids.map((_, i) => ids[(i + 1) % ids.length]!);
  const build = (keep: Uint8Array) =>
    bothGradients(
      Object.fromEntries(tinyWeights()),
      (graph, parameters) => {
        const dropout = fedDropout(graph, config, B * T, 0.5);
        const hidden = hiddenStates(config, parameters, graph.input("ids", "int32", [B, T]), dropout);
        const target = graph.input("targets", "int32", [B * T, 1]);
        return op.neg(op.reduceMean(logProbabilities(config, parameters, hidden, target)));
      },
      { ids, targets, keep },
      { at: 4, h: 2 ** -6 },
    );
  for (const { name, index, graph, numeric } of await build(keepMask(config, B * T, 0.5, at))) {
    expect(Math.abs(graph - numeric), `${name}[${index}]`).toBeLessThan(5e-3 + 0.02 * Math.abs(numeric));
  }
  // Nothing is kept: the blocks write nothing, so only embeddings and the last norm matter.
  const none = await build(new Uint8Array(2 * config.nLayer * B * T * config.nEmbd));
  for (const { name, graph } of none) if (name.startsWith("h.")) expect(graph).toBe(0);
});
