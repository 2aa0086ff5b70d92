// Which writes to the residual stream a training step leaves out: made here from the seed and the step, and fed, because
// the runtime's own random operators keep a state that no checkpoint holds. See Dropout in models/gpt/forward.ts.
import type { Architecture } from "../gpt/architecture.ts";
import type { Dropout } from "../gpt/forward.ts";
import type { Graph } from "../onnx/graph.ts";
import { Random } from "../random.ts";

/** Dropout of a batch of N tokens, none for a rate of 0. Input: `keep` [2·nLayer, N, C], see `keepMask`. */
export function fedDropout(graph: Graph, config: Architecture, N: number, rate: number): Dropout | undefined {
  return rate === 0 ? undefined : { rate, keep: graph.input("keep", "bool", [2 * config.nLayer, N, config.nEmbd]) };
}

/** 1 with probability 1 − rate, else 0, for each of 2·nLayer · N · C numbers; the same for the same seed, step and part of the step. */
export function keepMask(
  config: Architecture,
  N: number,
  rate: number,
  { seed, step, part }: { seed: number; step: number; part: number },
): Uint8Array {
  const mask = new Uint8Array(2 * config.nLayer * N * config.nEmbd);
  if (rate === 0) return mask.fill(1);
  // The seed's 32 bits, and above them the step and its part (below 1,024): no two share a sequence.
  const random = new Random(seed + (step * 1024 + part) * 0x100000000);
  // Two numbers of 16 bits from each of 32.
  const least = Math.round(rate * 0x10000);
  for (let i = 0; i < mask.length; i += 2) {
    const bits = (random.next() * 0x100000000) >>> 0;
    mask[i] = (bits & 0xffff) >= least ? 1 : 0;
    mask[i + 1] = bits >>> 16 >= least ? 1 : 0;
  }
  return mask;
}
