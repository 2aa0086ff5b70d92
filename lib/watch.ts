// Watching a row: its state is sent at once and again after every change, until it ends.
import { type Database, notices } from "../db/client.ts";

export interface Watched<T> {
  db: Database;
  /** Of the row. */
  id: string;
  /** Changes with every change of what `read` returns. Asked for at each look, so it must be cheap. */
  revision: () => Promise<{ revision: string; ended: boolean } | null>;
  read: () => Promise<T>;
  /** The watcher has left, or the server stops. */
  signal?: AbortSignal;
}

/** The pause between two looks, in ms, where the database tells nothing: workers write text about as often. */
const everyMs = 80;

/** Yields at once, then after each change; returns when the row says it ended, is gone, or the signal fires. */
export async function* watch<T>({ db, id, revision, read, signal }: Watched<T>): AsyncGenerator<T, void, undefined> {
  let seen: string | undefined;
  for await (const _ of notices(db, id, { everyMs, signal })) {
    const now = await revision();
    if (now === null) return;
    if (now.revision !== seen) {
      seen = now.revision;
      yield await read();
    }
    if (now.ended) return;
  }
}
