// Keys and values of the tokens that K answers have made so far: per layer two buffers [S, K, KV, D] that grow by a row a
// step at their end. The graph writes the new row itself; JavaScript copies nothing but when answers leave.
import { type Tensor, type Tensors, tensor } from "../onnx/session.ts";
import type { Architecture } from "./architecture.ts";

const firstCapacity = 64;

export class AnswerCache {
  /** K: answers that each step computes, finished ones that have not left included. */
  rows: number;
  private readonly KV: number;
  private readonly D: number;
  /** Keys and values of every layer. */
  private readonly buffers: { name: string; data: Float32Array }[];
  /** S: tokens stored of each answer. */
  private length = 0;
  private capacity = firstCapacity;

  constructor(config: Architecture, rows: number) {
    this.rows = rows;
    this.KV = config.nKvHead;
    this.D = config.headSize;
    this.buffers = Array.from({ length: config.nLayer }, (_, layer) => [`keys_${layer}`, `values_${layer}`])
      .flat()
      // NaN, so that a row read before it is written cannot go unnoticed.
      .map((name) => ({ name, data: new Float32Array(firstCapacity * this.rowSize).fill(Number.NaN) }));
  }

  private get rowSize(): number {
    return this.KV * this.rows * this.D;
  }

  /** Room for one more token of each answer. @returns S with it; its keys and values are written by the graph. */
  next(feeds: Tensors, fetches: Tensors): number {
    const { KV, D, rows, rowSize } = this;
    if (this.length === this.capacity) this.grow();
    const end = ++this.length * rowSize;
    for (const { name, data } of this.buffers) {
      feeds[name] = this.tensor(data.subarray(0, end), [this.length, rows, KV, D]);
      fetches[`new_${name}`] = this.tensor(data.subarray(end - rowSize, end), [rows, KV * D]);
    }
    return this.length;
  }

  /** Keep only these answers (ascending indices), under the numbers 0, 1, 2, … */
  keep(kept: readonly number[]): void {
    const width = this.KV * this.D;
    for (const { data } of this.buffers) {
      let to = 0;
      for (let token = 0; token < this.length; token++) {
        for (const row of kept) {
          const from = (token * this.rows + row) * width;
          // Always forwards: what is overwritten has been copied or belongs to an answer that leaves.
          if (from !== to) data.copyWithin(to, from, from + width);
          to += width;
        }
      }
    }
    this.capacity = Math.floor((this.capacity * this.rows) / kept.length);
    this.rows = kept.length;
  }

  private grow(): void {
    this.capacity *= 2;
    for (const buffer of this.buffers) {
      const larger = new Float32Array(this.capacity * this.rowSize);
      larger.set(buffer.data.subarray(0, this.length * this.rowSize));
      buffer.data = larger;
    }
  }

  private tensor(data: Float32Array, shape: number[]): Tensor {
    return tensor("float32", data, shape);
  }
}
