// Episodes one after the other in rows, each seeing itself only: prompts and answers of any length with hardly any
// padding, in one graph of fixed shape, whatever comes out of a rollout.
// Shapes: R rows of W tokens; N of their hidden states are read, those before an answer's tokens.

import type { Architecture } from "../gpt/architecture.ts";
import { causalMask, forWindows } from "../gpt/attention.ts";
import type { Parameters } from "../gpt/block.ts";
import { type Dropout, hiddenStates, type Layout, rowAttention } from "../gpt/forward.ts";
import { logProbabilities } from "../gpt/heads.ts";
import { type Graph, GraphError, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";

/** What stands in a row: the answer's tokens are read, the prompt's are not. */
export interface Text {
  prompt: ArrayLike<number>;
  answer: ArrayLike<number>;
}

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
export function rowsLayout(graph: Graph, config: Architecture, [R, W]: RowsShape): Layout {
  if (W > config.nCtx) throw new GraphError(`${W} tokens do not fit the model's context of ${config.nCtx}`);
  const texts = graph.input("texts", "int32", [R, W]);
  return {
    ids: graph.input("ids", "int32", [R * W]),
    positions: graph.input("positions", "int32", [R * W]),
    attend: rowAttention(
      R,
      W,
      forWindows((window) => ownText(graph, texts, window)),
    ),
  };
}

/**
 * Who sees whom in rows of several texts, by the text that each token belongs to [R, W]: 0 or −∞ [R, 1, W, W]. Texts stand
 * whole in a row, so that a window is counted along it.
 */
export function ownText(graph: Graph, texts: Value, window?: number): Value {
  const [R, W] = texts.shape as [number, number];
  const same = op.equal(op.reshape(texts, [R, 1, W, 1]), op.reshape(texts, [R, 1, 1, W]));
  return op.where(same, causalMask(graph, W, window), graph.scalar(Number.NEGATIVE_INFINITY));
}

/** Hidden states [R·W, C] → those from which the answers' tokens are predicted [N, C]. Input: `before` [N]. */
export const beforeTokens = (hidden: Value, [, , N]: RowsShape): Value =>
  op.gather(hidden, hidden.graph.input("before", "int32", [N]));

/** Hidden states [R·W, C] → that of each text's last token [N, C]. Input: `last` [N]. */
export const lastStates = (hidden: Value, [, , N]: RowsShape): Value =>
  op.gather(hidden, hidden.graph.input("last", "int32", [N]));

/** Input `targets` [N, 1]: the answers' tokens. */
export const tokenTargets = (graph: Graph, [, , N]: RowsShape): Value => graph.input("targets", "int32", [N, 1]);

/** log p of each token that is read, given those before it in its text [N], nats. Inputs: those of layout, states and targets. */
export function rowLogProbabilities(
  graph: Graph,
  config: Architecture,
  parameters: Parameters,
  shape: RowsShape,
  dropout?: Dropout,
): Value {
  const hidden = hiddenStates(config, parameters, rowsLayout(graph, config, shape), dropout);
  return logProbabilities(config, parameters, beforeTokens(hidden, shape), tokenTargets(graph, shape));
}

/** How much of a row a text takes, and how many of its states are read. */
export interface Size {
  length: number;
  read: number;
}

/** Of a text whose answer's tokens are all read. */
export const sizeOf = ({ prompt, answer }: Text): Size => ({
  length: prompt.length + answer.length,
  read: answer.length,
});

/** Rows of so many tokens hold short texts and long ones alike: what comparing with a whole row costs is little yet. */
const oneWidth = 256;

/**
 * Widths of rows for texts of at most `longest` tokens, ascending: every token is compared with a whole row, so of longer
 * rows texts that fit half of one take half the width.
 */
export function rowWidths(longest: number): number[] {
  return longest <= oneWidth ? [longest] : [Math.ceil(longest / 32) * 16, longest];
}

/** Texts that stand one after the other. */
export interface Row<T> {
  width: number;
  items: T[];
  /** Their states that are read. */
  read: number;
}

/**
 * Put texts into rows: the longest first, each into the first row with room for it, else into a new one of the smallest
 * width that holds it. Of a row `mostRead(width)` states are read at most.
 */
export function fillRows<T>(
  items: readonly T[],
  sizeOf: (item: T) => Size,
  widths: readonly number[],
  mostRead: (width: number) => number = () => Number.POSITIVE_INFINITY,
): Row<T>[] {
  const rows: (Row<T> & { room: number })[] = [];
  const sized = items.map((item) => ({ item, ...sizeOf(item) }));
  // A stable sort.
  for (const { item, length, read } of sized.sort((a, b) => b.length - a.length)) {
    let row = rows.find((other) => other.room >= length && other.read + read <= mostRead(other.width));
    if (!row) {
      const width = widths.find((size) => size >= length)!;
      row = { width, items: [], read: 0, room: width };
      rows.push(row);
    }
    row.items.push(item);
    row.read += read;
    row.room -= length;
  }
  return rows;
}

/** Rows in batches, each of one width and as large as may be. */
export function batchRows<T>(
  rows: readonly Row<T>[],
  most: (width: number) => { rows: number; read: number },
): Row<T>[][] {
  const batches: Row<T>[][] = [];
  for (const [width, alike] of Map.groupBy(rows, (row) => row.width)) {
    const { rows: R, read: N } = most(width);
    let batch: Row<T>[] = [];
    for (const row of alike) {
      if (batch.length === R || readOf(batch) + row.read > N) {
        batches.push(batch);
        batch = [];
      }
      batch.push(row);
    }
    batches.push(batch);
  }
  return batches;
}

export const readOf = (rows: readonly Row<unknown>[]): number => rows.reduce((sum, { read }) => sum + read, 0);

export interface RowShapesConfig {
  /** Tokens of the longest text, see `rowWidths`. */
  longest: number;
  /** R·W at most, but for a single row that has more. */
  tokens: number;
  /** Batches may be as large as `tokens` allows (1), or so much smaller, descending. */
  parts: readonly number[];
  /** States read of R rows of W tokens: as many as any one text has, at least. */
  reads: (R: number, W: number) => number;
}

/** A few shapes for whatever texts come: of each width as many as there are parts. */
export class RowShapes {
  /** By width, the largest first. */
  private readonly shapes: ReadonlyMap<number, readonly RowsShape[]>;

  constructor({ longest, tokens, parts, reads }: RowShapesConfig) {
    this.shapes = new Map(
      rowWidths(longest).map((W) => {
        const R = Math.max(1, Math.floor(tokens / W));
        const rows = [...new Set(parts.map((part) => Math.ceil(part * R)))];
        return [W, rows.map((r): RowsShape => [r, W, reads(r, W)])];
      }),
    );
  }

  get all(): RowsShape[] {
    return [...this.shapes.values()].flat();
  }

  /** Put texts into batches. */
  batches<T>(items: readonly T[], sizeOf: (item: T) => Size): RowsBatch<T>[] {
    const largest = (width: number) => this.shapes.get(width)![0]!;
    const rows = fillRows(items, sizeOf, [...this.shapes.keys()], (width) => largest(width)[2]);
    const batches = batchRows(rows, (width) => ({ rows: largest(width)[0], read: largest(width)[2] }));
    return batches.map((batch) => {
      const shapes = this.shapes.get(batch[0]!.width)!;
      const shape = shapes.findLast(([R, , N]) => R >= batch.length && N >= readOf(batch))!;
      return { rows: batch.map((row) => row.items), shape };
    });
  }
}

/**
 * A batch's feeds where the states before the answers' tokens are read. These are numbered through, row by row and text
 * by text; what is behind them reads state 0 and must weigh nothing.
 */
export function rowsFeeds(rows: readonly (readonly Text[])[], shape: RowsShape, padId: number) {
  const before = new Int32Array(shape[2]);
  const targets = new Int32Array(shape[2]);
  let token = 0;
  const placed = placedTexts(rows, shape, padId, ({ prompt, answer }, at) => {
    for (let t = 0; t < answer.length; t++) before[token + t] = at + prompt.length - 1 + t;
    targets.set(answer, token);
    token += answer.length;
  });
  return { ...placed, before, targets };
}

/** A batch's feeds where the last state of each text is read. */
export function lastFeeds(rows: readonly (readonly Text[])[], shape: RowsShape, padId: number) {
  const last = new Int32Array(shape[2]);
  let text = 0;
  const placed = placedTexts(rows, shape, padId, ({ prompt, answer }, at) => {
    last[text++] = at + prompt.length + answer.length - 1;
  });
  return { ...placed, last };
}

/** @param each is told of every text, and where among all R·W tokens it begins. */
function placedTexts(
  rows: readonly (readonly Text[])[],
  [R, W]: RowsShape,
  padId: number,
  each: (text: Text, at: number) => void,
) {
  const ids = new Int32Array(R * W).fill(padId);
  const positions = new Int32Array(R * W);
  const texts = new Int32Array(R * W);
  let number = 0;
  for (const [r, members] of rows.entries()) {
    let at = r * W;
    for (const text of members) {
      const { prompt, answer } = text;
      number++;
      const end = at + prompt.length + answer.length;
      ids.set(prompt, at);
      ids.set(answer, at + prompt.length);
      texts.fill(number, at, end);
      for (let i = at; i < end; i++) positions[i] = i - at;
      each(text, at);
      at = end;
    }
  }
  return { ids, positions, texts };
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
