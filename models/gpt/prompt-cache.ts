// Keys and values of the prompts that a batch of answers goes on from: of one prompt, which all answers share, or of one
// prompt for each answer, filled up on the right to the longest of them.
import { type Tensors, tensor } from "../onnx/session.ts";
import type { Architecture } from "./architecture.ts";

/** What a prompt's pass left behind: `keys_l` and `values_l` of every layer l, [KV, P, D] each. */
export type PromptPass = Record<string, Float32Array>;

export class PromptCache {
  /** Tokens of each answer's prompt. */
  lengths: number[];
  /** P: tokens of the longest. */
  readonly longest: number;
  /** For the step graph: `prompt_keys_l`, `prompt_values_l` of every layer and, of several prompts, `prompt_mask`. */
  feeds: Tensors = {};
  private readonly config: Architecture;
  /** Of several prompts: one block of so many numbers for each answer. */
  private readonly blocks: { name: string; data: Float32Array; shape: number[] }[] = [];

  private constructor(config: Architecture, lengths: number[]) {
    this.config = config;
    this.lengths = lengths;
    this.longest = Math.max(...lengths);
  }

  /** One prompt of P tokens, for K answers. */
  static shared(config: Architecture, P: number, K: number, pass: PromptPass): PromptCache {
    const cache = new PromptCache(config, Array<number>(K).fill(P));
    const { nKvHead: KV, headSize: D } = config;
    for (const [name, data] of Object.entries(pass)) {
      cache.feeds[`prompt_${name}`] = tensor("float32", data, [1, KV, P, D]);
    }
    return cache;
  }

  /** A prompt for each answer: room for all of them, to be filled by `set`. */
  static own(config: Architecture, lengths: readonly number[]): PromptCache {
    const cache = new PromptCache(config, [...lengths]);
    const { nKvHead: KV, headSize: D, nLayer } = config;
    const { longest: P } = cache;
    const shape = [KV, P, D];
    const names = Array.from({ length: nLayer }, (_, layer) => [`keys_${layer}`, `values_${layer}`]).flat();
    for (const name of names) {
      // What is behind a prompt's end is multiplied by 0: it must be finite.
      cache.blocks.push({ name: `prompt_${name}`, data: new Float32Array(lengths.length * KV * P * D), shape });
    }
    const mask = new Float32Array(lengths.length * P);
    for (const [row, length] of lengths.entries()) mask.fill(Number.NEGATIVE_INFINITY, row * P + length, (row + 1) * P);
    cache.blocks.push({ name: "prompt_mask", data: mask, shape: [1, 1, P] });
    cache.feed();
    return cache;
  }

  /** Store the pass over the prompt of answer `row`. */
  set(row: number, pass: PromptPass): void {
    const { longest, lengths } = this;
    const { nKvHead: KV, headSize: D } = this.config;
    const length = lengths[row]! * D;
    for (const { name, data } of this.blocks) {
      const from = pass[name.slice("prompt_".length)];
      if (!from) continue;
      for (let head = 0; head < KV; head++) {
        data.set(from.subarray(head * length, (head + 1) * length), (row * KV + head) * longest * D);
      }
    }
  }

  /** Keep only the prompts of these answers (ascending indices), under the numbers 0, 1, 2, … */
  keep(kept: readonly number[]): void {
    this.lengths = kept.map((row) => this.lengths[row]!);
    for (const { data, shape } of this.blocks) {
      const size = shape.reduce((a, b) => a * b, 1);
      // Always forwards: what is overwritten has been copied or belongs to an answer that leaves.
      for (const [to, row] of kept.entries()) data.copyWithin(to * size, row * size, (row + 1) * size);
    }
    this.feed();
  }

  private feed(): void {
    const rows = this.lengths.length;
    for (const { name, data, shape } of this.blocks) {
      const size = shape.reduce((a, b) => a * b, 1);
      this.feeds[name] = tensor("float32", data.subarray(0, rows * size), [rows, ...shape]);
    }
  }
}
