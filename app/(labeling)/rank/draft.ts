// An unfinished board kept on this device, so that a reload or a crash loses nothing.
// By candidate, not by assignment or place: the board comes back even when the assignment is handed out anew.
import type { Ranks } from "./workbench.ts";

/** What is needed of localStorage. */
export type DraftStore = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const prefix = "rankloop.board.";
/** Boards nobody came back to: their comparison has long been ranked by someone else. */
const keepMs = 30 * 24 * 3_600_000;

interface Draft {
  savedAt: number;
  /** Candidate id → rank. */
  ranks: Record<string, number>;
}

function keyOf(candidateIds: readonly string[]): string {
  return prefix + [...candidateIds].sort().join(".");
}

function read(store: DraftStore, key: string): Draft | null {
  try {
    const draft = JSON.parse(store.getItem(key) ?? "null") as Draft | null;
    return draft && typeof draft.savedAt === "number" && typeof draft.ranks === "object" ? draft : null;
  } catch {
    return null;
  }
}

/** The ranks of these candidates as they were left, in the order of `candidateIds`; undefined if there are none. */
export function readDraft(store: DraftStore, candidateIds: readonly string[]): Ranks | undefined {
  const draft = read(store, keyOf(candidateIds));
  return draft ? candidateIds.map((id) => draft.ranks[id] ?? 0) : undefined;
}

/** @returns false when the device would not keep it (private window, storage full). */
export function saveDraft(store: DraftStore, candidateIds: readonly string[], ranks: Ranks, now = Date.now()): boolean {
  const draft: Draft = {
    savedAt: now,
    ranks: Object.fromEntries(candidateIds.map((id, index) => [id, ranks[index] ?? 0])),
  };
  try {
    store.setItem(keyOf(candidateIds), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function forgetDraft(store: DraftStore, candidateIds: readonly string[]): void {
  store.removeItem(keyOf(candidateIds));
}

/** Drop boards too old to come back. */
export function dropOldDrafts(store: DraftStore, now = Date.now()): void {
  const keys = Array.from({ length: store.length }, (_, index) => store.key(index));
  for (const key of keys) {
    if (!key?.startsWith(prefix)) continue;
    const draft = read(store, key);
    if (!draft || now - draft.savedAt > keepMs) store.removeItem(key);
  }
}
