// Which windows of this browser have an assignment open: the one that is closed gives it back only when it is the last,
// or it would take it away from the others.

/** What is needed of localStorage. */
type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** A window that has not been heard of for this long is gone. Browsers let hidden windows speak once in a minute. */
const silentMs = 150_000;

const keyOf = (assignmentId: string) => `rankloop.open.${assignmentId}`;

/** To be said again now and then, as long as it is open. */
export function sayOpen(store: Store, assignmentId: string, window: string, now = Date.now()): void {
  write(store, assignmentId, { ...others(store, assignmentId, window, now), [window]: now });
}

/** @returns whether no other window has it open */
export function sayClosed(store: Store, assignmentId: string, window: string, now = Date.now()): boolean {
  const rest = others(store, assignmentId, window, now);
  write(store, assignmentId, rest);
  return Object.keys(rest).length === 0;
}

function others(store: Store, assignmentId: string, window: string, now: number): Record<string, number> {
  try {
    const heard: Record<string, number> = JSON.parse(store.getItem(keyOf(assignmentId)) ?? "{}");
    return Object.fromEntries(
      Object.entries(heard).filter(([other, at]) => other !== window && now - at < silentMs && at <= now),
    );
  } catch {
    return {};
  }
}

function write(store: Store, assignmentId: string, windows: Record<string, number>): void {
  try {
    if (Object.keys(windows).length === 0) store.removeItem(keyOf(assignmentId));
    else store.setItem(keyOf(assignmentId), JSON.stringify(windows));
  } catch {
    // A device that keeps nothing: each window then speaks for itself.
  }
}
