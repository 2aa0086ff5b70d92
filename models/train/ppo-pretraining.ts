// The pre-training text that PPO-ptx mixes in: rows of tokens in a fixed order, so many for each minibatch.
import { createHash } from "node:crypto";
import * as z from "zod";
import { parseJsonl } from "../../lib/preference/jsonl.ts";
import type { Tokenizer } from "../gpt/tokenizer.ts";
import { packRows, type Rows, rowsBatch } from "./corpus.ts";
import { DataError, lines } from "./data.ts";
import type { Batch } from "./optimizer.ts";

/** Rows kept, at most: a longer run reads them again. 8,192 rows of 128 tokens are 4 MB. */
export const mostRows = 8192;
const record = z.looseObject({ text: z.string().min(1) });

export class PretrainingText {
  /** SHA-256 of the rows, hexadecimal. */
  readonly hash: string;
  private readonly rows: Rows;
  private readonly perUpdate: number;
  private readonly passTokens: number;

  /**
   * @param needed rows of the whole run.
   * @param perUpdate rows of one minibatch.
   * @throws DataError, JsonlError
   */
  static async load(
    source: string | (() => Iterable<string>),
    tokenizer: Tokenizer,
    size: { needed: number; perUpdate: number; rowTokens: number; passTokens: number },
  ): Promise<PretrainingText> {
    const documents = typeof source === "string" ? await readTexts(source) : source;
    const rows = packRows(documents, tokenizer, Math.min(size.needed, mostRows), size.rowTokens + 1);
    return new PretrainingText(rows, size.perUpdate, size.passTokens);
  }

  private constructor(rows: Rows, perUpdate: number, passTokens: number) {
    this.rows = rows;
    this.perUpdate = perUpdate;
    this.passTokens = passTokens;
    this.hash = createHash("sha256").update(new Uint8Array(rows.ids.buffer)).digest("hex");
  }

  /** Batches of update `index` = 0, 1, …: `ids` [B, T], `targets` [B·T, 1] and `weight` [B·T], shape [B, T]. */
  batches(index: number): Batch[] {
    const { perUpdate, rows } = this;
    const T = rows.length - 1;
    const B = Math.max(1, Math.min(perUpdate, Math.floor(this.passTokens / T)));
    return Array.from({ length: Math.ceil(perUpdate / B) }, (_, part) => {
      const count = Math.min(B, perUpdate - part * B);
      const weight = new Float32Array(B * T).fill(1 / (perUpdate * T), 0, count * T);
      return { feeds: { ...rowsBatch(rows, index * perUpdate + part * B, B, count), weight }, shape: [B, T] };
    });
  }
}

/** @throws DataError when there is none; JsonlError naming file and line. */
export async function readTexts(file: string): Promise<() => string[]> {
  const list: string[] = [];
  for await (const [line, number] of lines(file)) list.push(parseJsonl(line, number, file, record).text);
  if (list.length === 0) throw new DataError(`${file} has no text in it.`);
  return () => list;
}
