// Episodes one after the other in rows, each seeing itself only: prompts and answers of any length with hardly any
// padding, in one graph of fixed shape, whatever comes out of a rollout.
// Shapes: R rows of W tokens; N of their hidden states are read, those before an answer's tokens.

import type { GptConfig } from "../gpt/config.ts";
import { attention, causalMask, joinHeads, type Layout, splitHeads } from "../gpt/forward.ts";
import { type Graph, GraphError, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import type { Episode } from "./rollout.ts";

/** What stands in a row: the answer's tokens are read, the prompt's are not. */
export type Text = Pick<Episode, "prompt" | "answer">;

export type RowsShape = readonly [R: number, W: number, N: number];

/** Some episodes as a batch; members that share a row stand one after the other. */
export interface RowsBatch<T> {
  rows: T[][];
  shape: RowsShape;
}

/**
 * The layout of a batch. Inputs: `ids` and `positions` [R·W]; `texts` [R, W], the number of the episode that a token
 * belongs to, 0 for padding.
 * @throws GraphError when W exceeds the model's context.
 */
export function rowsLayout(graph: Graph, config: GptConfig, [R, W]: RowsShape): Layout {
  if (W > config.nCtx) throw new GraphError(`${W} tokens do not fit the model's context of ${config.nCtx}`);
  const texts = graph.input("texts", "int32", [R, W]);
  const same = op.equal(op.reshape(texts, [R, 1, W, 1]), op.reshape(texts, [R, 1, 1, W]));
  const mask = op.where(same, causalMask(graph, W), graph.scalar(Number.NEGATIVE_INFINITY));
  return {
    ids: graph.input("ids", "int32", [R * W]),
    positions: graph.input("positions", "int32", [R * W]),
    attend: (qkv) => joinHeads(attention(...splitHeads(qkv, R, W, config.nHead), mask)),
  };
}

/** Hidden states [R·W, C] → those from which the answers' tokens are predicted [N, C]. Input: `before` [N]. */
export const beforeTokens = (hidden: Value, [, , N]: RowsShape): Value =>
  op.gather(hidden, hidden.graph.input("before", "int32", [N]));

/** Input `targets` [N, 1]: the answers' tokens. */
export const tokenTargets = (graph: Graph, [, , N]: RowsShape): Value => graph.input("targets", "int32", [N, 1]);

const lengthOf = ({ prompt, answer }: Text) => prompt.length + answer.length;

/** Shapes for prompts of known lengths and answers of at most `answerTokens`: four at most, a quarter of the rows apart. */
export class EpisodeRows {
  private readonly shapes: RowsShape[];

  /** @param tokens R·W at most, but for a single row that has more. @param context W at most; every episode fits it. */
  constructor(
    promptLengths: readonly number[],
    { answerTokens, tokens, context }: { answerTokens: number; tokens: number; context: number },
  ) {
    const longest = promptLengths.reduce((a, b) => Math.max(a, b));
    const W = Math.min(context, Math.ceil((longest + answerTokens) / 16) * 16);
    // As many states as are read when all answers are as long as they may be: mostly they are shorter.
    const mean = promptLengths.reduce((a, b) => a + b) / promptLengths.length;
    const share = answerTokens / (mean + answerTokens);
    const R = Math.max(1, Math.floor(tokens / W));
    const rows = new Set([1, 0.75, 0.5, 0.25].map((part) => Math.ceil(part * R)));
    this.shapes = [...rows].map((r) => [r, W, Math.max(answerTokens, Math.ceil(share * r * W))]);
  }

  /** Put episodes into batches. The longest first, each into the first row with room for it. */
  batches<T>(items: readonly T[], episodeOf: (item: T) => Text): RowsBatch<T>[] {
    const [R, W, N] = this.shapes[0]!;
    const length = (item: T) => lengthOf(episodeOf(item));
    const rows: { items: T[]; room: number; answers: number }[] = [];
    for (const item of items.toSorted((a, b) => length(b) - length(a))) {
      const answers = episodeOf(item).answer.length;
      let row = rows.find((other) => other.room >= length(item) && other.answers + answers <= N);
      if (!row) {
        row = { items: [], room: W, answers: 0 };
        rows.push(row);
      }
      row.items.push(item);
      row.room -= length(item);
      row.answers += answers;
    }
    const batches: (typeof rows)[] = [];
    let answers = Number.POSITIVE_INFINITY;
    for (const row of rows) {
      if (answers + row.answers > N || batches.at(-1)!.length === R) {
        batches.push([]);
        answers = 0;
      }
      batches.at(-1)!.push(row);
      answers += row.answers;
    }
    return batches.map((batch) => {
      const read = batch.reduce((sum, row) => sum + row.answers, 0);
      const shape = this.shapes.findLast(([r, , n]) => r >= batch.length && n >= read)!;
      return { rows: batch.map((row) => row.items), shape };
    });
  }
}

/**
 * A batch's feeds. Answer tokens are numbered through, row by row and episode by episode; what is behind them reads
 * state 0 and must weigh nothing.
 */
export function rowsFeeds(rows: readonly (readonly Text[])[], [R, W, N]: RowsShape, padId: number) {
  const ids = new Int32Array(R * W).fill(padId);
  const positions = new Int32Array(R * W);
  const texts = new Int32Array(R * W);
  const before = new Int32Array(N);
  const targets = new Int32Array(N);
  let [text, token] = [0, 0];
  for (const [r, episodes] of rows.entries()) {
    let at = r * W;
    for (const { prompt, answer } of episodes) {
      text++;
      const end = at + prompt.length + answer.length;
      ids.set(prompt, at);
      ids.set(answer, at + prompt.length);
      texts.fill(text, at, end);
      for (let i = at; i < end; i++) positions[i] = i - at;
      for (let t = 0; t < answer.length; t++) before[token + t] = at + prompt.length - 1 + t;
      targets.set(answer, token);
      token += answer.length;
      at = end;
    }
  }
  return { ids, positions, texts, before, targets };
}

/** A number for each answer token [N], from one list for each episode in the order of the rows. */
export function perToken(lists: readonly ArrayLike<number>[], [, , N]: RowsShape): Float32Array {
  const data = new Float32Array(N);
  let start = 0;
  for (const list of lists) {
    data.set(list, start);
    start += list.length;
  }
  return data;
}
