// Documents → rows of token ids for language-model training.
import type { Tokenizer } from "../gpt/tokenizer.ts";

/** `count` rows of `length` ids each, one after the other. */
export interface Rows {
  length: number;
  count: number;
  ids: Int32Array;
}

/**
 * Fill `count` rows of `length` tokens. Each row begins with the end token and a document's start, as a prompt does in
 * use, and takes whole documents, an end token after each, until it is full: the last one is cut.
 * Documents that run out are taken from the start again.
 * @throws Error when there is no document.
 */
export function packRows(documents: () => Iterable<string>, tokenizer: Tokenizer, count: number, length: number): Rows {
  const ids = new Int32Array(count * length);
  let row = 0;
  let at = 0;
  for (let before = -1; row < count; ) {
    if (before === row * length + at) throw new Error("There is no document to train on.");
    before = row * length + at;
    for (const document of documents()) {
      if (at === 0) ids[row * length + at++] = tokenizer.eosId;
      for (const id of tokenizer.encodeAnswer(document)) {
        if (at === length) break;
        ids[row * length + at++] = id;
      }
      if (at < length) continue;
      at = 0;
      if (++row === count) break;
    }
  }
  return { length, count, ids };
}

/**
 * Rows `first` … of B as ids and, one place on, targets: `ids` [B, T] and `targets` [B·T, 1], T one less than a row has.
 * Rows that run out are taken from the start again; of the B only `count` are filled.
 */
export function rowsBatch(rows: Rows, first: number, B: number, count = B) {
  const T = rows.length - 1;
  const ids = new Int32Array(B * T);
  const targets = new Int32Array(B * T);
  for (let r = 0; r < count; r++) {
    const start = ((first + r) % rows.count) * rows.length;
    ids.set(rows.ids.subarray(start, start + T), r * T);
    targets.set(rows.ids.subarray(start + 1, start + T + 1), r * T);
  }
  return { ids, targets };
}
