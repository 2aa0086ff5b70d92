// Parquet in a thread of its own, in Node and in a browser: one changed byte can make its reader loop for ever, or ask for all
// memory, and then the thread is ended, and not the shell or the page.
import type { Bytes } from "./parquet.ts";
import { FileRefused, type Row } from "./row.ts";

/** What the thread says when it is asked for more rows. */
export type Answer = { rows: Row[]; isEnd: boolean } | { refused: string } | { failed: unknown };

/** A thread that was begun: each time it is asked, `hear` is told one answer, or that it has died. */
export interface Thread {
  ask: () => void;
  end: () => unknown;
}
export type BeginThread = (hear: (answer: Answer | "died") => void) => Thread;

/** How long a thread may say nothing: far longer than the largest group that is read takes. */
export const longestSilenceMs = 60_000;
/** What a thread may keep, above the bytes of the group that it reads; said to Node, browsers have a limit of their own. */
export const mostMegabytes = 1_536;

const stuck =
  "The Parquet file cannot be read: it is damaged, or its groups are too large. Write it again, with smaller row groups.";

/**
 * The rows that a thread reads; it ends with them, or when nobody reads on.
 * @throws FileRefused also where the thread dies or says nothing for too long
 */
export async function* rowsBeside(
  begin: BeginThread,
  silenceMs = longestSilenceMs,
): AsyncGenerator<Row, void, undefined> {
  let heard = Promise.withResolvers<Answer | "died">();
  const thread = begin((answer) => heard.resolve(answer));
  try {
    for (;;) {
      const silence = setTimeout(() => heard.resolve("died"), silenceMs);
      thread.ask();
      const answer = await heard.promise;
      clearTimeout(silence);
      if (answer === "died") throw new FileRefused(stuck);
      if ("refused" in answer) throw new FileRefused(answer.refused);
      if ("failed" in answer) throw answer.failed;
      // Before its rows are taken: whoever dies meanwhile is heard at the next turn.
      heard = Promise.withResolvers();
      yield* answer.rows;
      if (answer.isEnd) return;
    }
  } finally {
    await thread.end();
  }
}

const rowsAtOnce = 500;

/** Within the thread: what it answers, each time it is asked. */
export function answering(bytes: Bytes): () => Promise<Answer> {
  let all: AsyncGenerator<Row, void, undefined> | undefined;
  return async () => {
    try {
      // Whoever only begins a thread has no need of its reader.
      all ??= (await import("./parquet.ts")).parquetRows(bytes);
      const rows: Row[] = [];
      while (rows.length < rowsAtOnce) {
        const next = await all.next();
        if (next.done) return { rows, isEnd: true };
        rows.push(next.value);
      }
      return { rows, isEnd: false };
    } catch (error) {
      return error instanceof FileRefused ? { refused: error.message } : { failed: error };
    }
  };
}
