// Changes of drafts that the server has not answered for yet, kept on this device: a reload, a crash or a lost connection
// loses none. Each window keeps its own, by person, project and draft.
import type { OnDevice } from "./state.ts";

/** What is needed of localStorage. */
export type DeviceStore = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const prefix = "rankloop.draft.";
/** Changes nobody came back to. */
const keepMs = 30 * 24 * 3_600_000;

/** Whose draft of what. */
export interface DraftOf {
  person: string;
  project: string;
  subject: string;
}

interface Stored {
  content: unknown;
  basedOn: number;
  savedAt: number;
}

const prefixOf = ({ person, project, subject }: DraftOf) => `${prefix}${person}.${project}.${subject}.`;

/** @returns false when the device keeps nothing (private window, storage full). */
export function keepOnDevice(
  store: DeviceStore,
  of: DraftOf,
  { writer, content, basedOn }: OnDevice<unknown>,
  now = Date.now(),
): boolean {
  const stored: Stored = { content, basedOn, savedAt: now };
  try {
    store.setItem(prefixOf(of) + writer, JSON.stringify(stored));
    return true;
  } catch {
    return false;
  }
}

export function dropFromDevice(store: DeviceStore, of: DraftOf, writer: string): void {
  store.removeItem(prefixOf(of) + writer);
}

/**
 * The latest change that any window left here.
 * @param read what the screen makes of a stored content, null for what it cannot read
 */
export function findOnDevice<T>(
  store: DeviceStore,
  of: DraftOf,
  read: (content: unknown) => T | null,
): OnDevice<T> | null {
  let latest: (OnDevice<T> & { savedAt: number }) | null = null;
  for (const key of keysOf(store, prefixOf(of))) {
    const stored = parse(store.getItem(key));
    const content = stored && (stored.content === null ? null : read(stored.content));
    if (!stored || (content === null && stored.content !== null)) continue;
    if (latest && latest.savedAt >= stored.savedAt) continue;
    latest = { ...stored, content, writer: key.slice(prefixOf(of).length) };
  }
  return latest;
}

/** Drops what is too old to come back. */
export function dropOldFromDevice(store: DeviceStore, now = Date.now()): void {
  for (const key of keysOf(store, prefix)) {
    const stored = parse(store.getItem(key));
    if (!stored || now - stored.savedAt > keepMs) store.removeItem(key);
  }
}

function keysOf(store: DeviceStore, start: string): string[] {
  const keys = Array.from({ length: store.length }, (_, index) => store.key(index) ?? "");
  return keys.filter((key) => key.startsWith(start));
}

function parse(text: string | null): Stored | null {
  try {
    const stored: unknown = JSON.parse(text ?? "null");
    if (typeof stored !== "object" || stored === null) return null;
    const { content = null, basedOn, savedAt } = stored as Partial<Stored>;
    return Number.isInteger(basedOn) && typeof savedAt === "number" && basedOn !== undefined
      ? { content, basedOn, savedAt }
      : null;
  } catch {
    return null;
  }
}
