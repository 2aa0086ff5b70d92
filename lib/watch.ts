// Watching a row: its state is sent at once and again after every change, until it ends.
import { setTimeout as sleep } from "node:timers/promises";

export interface Watched<T> {
  /** Changes with every change of what `read` returns. Asked for at each poll, so it must be cheap. */
  revision: () => Promise<{ revision: string; ended: boolean } | null>;
  read: () => Promise<T>;
  /** The watcher has left, or the server stops. */
  signal?: AbortSignal;
}

/** The pause between two polls, in ms: workers write text about as often, and a person sees no difference. */
const pollMs = 80;

/**
 * Yields at once, then after each change; returns when the row says it ended, is gone, or the signal fires.
 * Polls: SQLite tells other processes nothing, and one indexed read costs some microseconds.
 */
export async function* watch<T>({ revision, read, signal }: Watched<T>): AsyncGenerator<T, void, undefined> {
  let seen: string | undefined;
  while (!signal?.aborted) {
    const now = await revision();
    if (now === null) return;
    if (now.revision !== seen) {
      seen = now.revision;
      yield await read();
    }
    if (now.ended) return;
    await sleep(pollMs, undefined, { signal }).catch(() => {});
  }
}
