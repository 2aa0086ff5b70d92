// Keeping the last loaded model for the next job: most jobs ask the same model, and loading takes longer than answering.

import type { PlacedModel } from "../../db/queries/candidates.ts";
import type { WeightBits } from "../../models/gpt/weight-bits.ts";
import { modelDirectory } from "../training/model-directory.ts";

/** A model that was deleted after it had been asked for; the message is one sentence. */
export class DeletedError extends Error {
  override name = "DeletedError";
}

/** @throws DeletedError */
export function refuseDeleted({ name, deletedAt }: PlacedModel): void {
  if (deletedAt !== null) throw new DeletedError(`${name} was deleted meanwhile: choose another model.`);
}

/** The directory of a model, and the bits in which its weights are held. */
export interface Held {
  directory: string;
  bits: WeightBits;
}

/** @throws DeletedError */
export function heldOf(model: PlacedModel): Held {
  refuseDeleted(model);
  return { directory: modelDirectory(model), bits: model.bits as WeightBits };
}

interface Loaded {
  dispose(): void | Promise<void>;
}

interface Entry<T> {
  held: Held;
  loading: Promise<T>;
  /** How many jobs use it now. */
  users: number;
}

/** LastUsed loads by directory and bits and keeps the last one. Another replaces it; its memory is freed once unused. */
export class LastUsed<T extends Loaded> {
  readonly #load: (held: Held) => Promise<T>;
  #last: Entry<T> | null = null;

  constructor(load: (held: Held) => Promise<T>) {
    this.#load = load;
  }

  /** Is this the one that is kept? */
  keeps(held: Held): boolean {
    return this.#last !== null && isSame(this.#last.held, held);
  }

  /** Jobs of several lanes that use the same model share what is loaded. */
  async use<R>(held: Held, body: (loaded: T) => Promise<R>): Promise<R> {
    const last = this.#last;
    const entry = last && isSame(last.held, held) ? last : this.#replace(held);
    entry.users++;
    try {
      return await body(await entry.loading);
    } finally {
      entry.users--;
      if (entry !== this.#last) await unload(entry);
    }
  }

  /** Unloads a model after an error in the middle of a run: the next job loads it again. */
  async forget(held: Held): Promise<void> {
    const entry = this.#last;
    if (!entry || !isSame(entry.held, held)) return;
    this.#last = null;
    await unload(entry);
  }

  /** Unloads the one before, unless it is in use, and then loads this one: two may not fit into memory. */
  #replace(held: Held): Entry<T> {
    const before = this.#last;
    const load = async () => {
      if (before) await unload(before);
      return this.#load(held);
    };
    const entry = { held, loading: load(), users: 0 };
    this.#last = entry;
    // A model that could not be loaded may be there the next time.
    entry.loading.catch(() => {
      if (this.#last === entry) this.#last = null;
    });
    return entry;
  }
}

const isSame = (one: Held, other: Held): boolean => one.directory === other.directory && one.bits === other.bits;

async function unload<T extends Loaded>({ loading, users }: Entry<T>): Promise<void> {
  if (users > 0) return;
  // Whoever asked for it has had the error.
  const loaded = await loading.catch(() => null);
  await loaded?.dispose();
}
