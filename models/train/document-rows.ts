// Documents for language-model training: whole ones side by side in rows, each seeing itself only and beginning with the
// end token at position 0, as a prompt does in use. At 0.4M parameters 5M tokens teach as much in such rows as 9M do where
// each document sees those that happen to stand before it, at the same speed.
import { createHash } from "node:crypto";
import type { Tokenizer } from "../gpt/tokenizer.ts";
import { Random } from "../random.ts";
import { batchRows, fillRows, type Row, type RowsShape, readOf, rowsFeeds, sizeOf, type Text } from "./rows.ts";

interface DocumentRowsConfig {
  /** Called again where more are needed. */
  documents: () => Iterable<string>;
  tokenizer: Tokenizer;
  /** Tokens of a row, ascending: a document stands in one of the narrowest that hold it, or in pieces in the widest. */
  widths: readonly number[];
  steps: number;
  /** Tokens of a step, padding included. */
  stepTokens: number;
  /** So many of them are computed together, or one row where that has more. */
  passTokens?: number;
}

/** Rows are filled from the documents of so many steps at a time, so that little room stays empty. */
const stretch = 32;

/** The rows of all steps of a run, each document in one of them only as long as there are others. */
export class DocumentRows {
  private readonly steps: readonly (readonly Row<Text>[])[];
  private readonly passTokens: number;
  private readonly padId: number;

  /** @throws Error when there is no document. */
  constructor({ documents, tokenizer, widths, steps, stepTokens, passTokens = stepTokens }: DocumentRowsConfig) {
    this.passTokens = passTokens;
    this.padId = tokenizer.eosId;
    const pieces = piecesOf(documents, tokenizer, widths.at(-1)!);
    const all: Row<Text>[][] = [];
    let left: Text[] = [];
    while (all.length < steps) {
      const random = new Random(all.length);
      const more = piecesFor(pieces, stepTokens * Math.min(stretch, steps - all.length));
      const rows = fillRows([...left, ...more], sizeOf, widths);
      const batches = batchRows(random.sample(rows, rows.length), (width) => most(stepTokens, width));
      const isWhole = (batch: readonly Row<Text>[]) => batch.length === most(stepTokens, batch[0]!.width).rows;
      const whole = batches.filter(isWhole);
      left = batches.filter((batch) => !isWhole(batch)).flatMap((batch) => batch.flatMap(({ items }) => items));
      all.push(...random.sample(whole, whole.length));
    }
    this.steps = all.slice(0, steps);
  }

  /** The passes of step `index` = 0, 1, …, and behind the last from the first again. */
  passes(index: number): DocumentPass[] {
    return passesOf(this.steps[index % this.steps.length]!, this.passTokens, this.padId);
  }

  /** SHA-256 of all tokens, hexadecimal. */
  hash(): string {
    const hash = createHash("sha256");
    for (const { items } of this.steps.flat()) {
      for (const { answer } of items) hash.update(Int32Array.from(answer));
    }
    return hash.digest("hex");
  }
}

export interface DocumentPass {
  shape: RowsShape;
  /** Those of rows, and `weight` [N], a token's part of the mean over all passes. */
  feeds: Record<"ids" | "positions" | "texts" | "before" | "targets", Int32Array> & { weight: Float32Array };
}

/** Rows as passes of so many tokens each, or of one row that has more. */
export function passesOf(rows: readonly Row<Text>[], passTokens: number, padId: number): DocumentPass[] {
  const tokens = readOf(rows);
  return batchRows(rows, (width) => most(passTokens, width)).map((batch) => {
    const { width } = batch[0]!;
    const { rows: R } = most(passTokens, width);
    // Whatever stands in a row, its first token is not read.
    const shape: RowsShape = [R, width, R * (width - 1)];
    const weight = new Float32Array(shape[2]).fill(1 / tokens, 0, readOf(batch));
    const members = batch.map(({ items }) => items);
    return { shape, feeds: { ...rowsFeeds(members, shape, padId), weight } };
  });
}

/** As many rows of W tokens as `tokens` allow, one at least, whatever is read of them. */
const most = (tokens: number, width: number) => ({
  rows: Math.max(1, Math.floor(tokens / width)),
  read: Number.POSITIVE_INFINITY,
});

/**
 * Documents without end, as texts of at most `longest` tokens: an end token, then the document's, an end token behind.
 * @throws Error when there is no document.
 */
export function* piecesOf(
  documents: () => Iterable<string>,
  tokenizer: Tokenizer,
  longest: number,
): Generator<Text, never> {
  const prompt = [tokenizer.eosId];
  for (let found = false; ; found = false) {
    for (const document of documents()) {
      const ids = Int32Array.from(tokenizer.encodeAnswer(document));
      for (let at = 0; at < ids.length; at += longest - 1) yield { prompt, answer: ids.subarray(at, at + longest - 1) };
      found = true;
    }
    if (!found) throw new Error("There is no document to train on.");
  }
}

/** The next of them, until they have so many tokens or more. */
export function piecesFor(pieces: Generator<Text, never>, tokens: number): Text[] {
  const some: Text[] = [];
  for (let length = 0; length < tokens; length += sizeOf(some.at(-1)!).length) some.push(pieces.next().value);
  return some;
}
