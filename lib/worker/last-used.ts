// Keeping the last loaded model for the next job: most jobs ask the same model, and loading takes longer than answering.

interface Loaded {
  dispose(): void | Promise<void>;
}

interface Entry<T> {
  directory: string;
  loading: Promise<T>;
  /** How many jobs use it now. */
  users: number;
}

/** LastUsed loads by directory and keeps the last one. Another directory replaces it; its memory is freed once unused. */
export class LastUsed<T extends Loaded> {
  readonly #load: (directory: string) => Promise<T>;
  #last: Entry<T> | null = null;

  constructor(load: (directory: string) => Promise<T>) {
    this.#load = load;
  }

  /** Jobs of several lanes that use the same directory share what is loaded. */
  async use<R>(directory: string, body: (loaded: T) => Promise<R>): Promise<R> {
    const entry = this.#last?.directory === directory ? this.#last : this.#replace(directory);
    entry.users++;
    try {
      return await body(await entry.loading);
    } finally {
      entry.users--;
      if (entry !== this.#last) await unload(entry);
    }
  }

  /** Unloads a model after an error in the middle of a run: the next job loads it again. */
  async forget(directory: string): Promise<void> {
    const entry = this.#last;
    if (entry?.directory !== directory) return;
    this.#last = null;
    await unload(entry);
  }

  /** Unloads the one before, unless it is in use, and then loads this one: two may not fit into memory. */
  #replace(directory: string): Entry<T> {
    const before = this.#last;
    const load = async () => {
      if (before) await unload(before);
      return this.#load(directory);
    };
    const entry = { directory, loading: load(), users: 0 };
    this.#last = entry;
    // A model that could not be loaded may be there the next time.
    entry.loading.catch(() => {
      if (this.#last === entry) this.#last = null;
    });
    return entry;
  }
}

async function unload<T extends Loaded>({ loading, users }: Entry<T>): Promise<void> {
  if (users > 0) return;
  // Whoever asked for it has had the error.
  const loaded = await loading.catch(() => null);
  await loaded?.dispose();
}
