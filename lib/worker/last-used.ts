// A loaded model is kept for the next job: people ask the same one again and again, and loading takes longer than answering.

interface Loaded {
  dispose(): void | Promise<void>;
}

/** Loads by directory, and keeps the last one; another directory takes its place and its memory. */
export class LastUsed<T extends Loaded> {
  readonly #load: (directory: string) => Promise<T>;
  #directory: string | null = null;
  #loaded: T | null = null;

  constructor(load: (directory: string) => Promise<T>) {
    this.#load = load;
  }

  async get(directory: string): Promise<T> {
    if (this.#loaded && this.#directory === directory) return this.#loaded;
    await this.forget();
    this.#loaded = await this.#load(directory);
    this.#directory = directory;
    return this.#loaded;
  }

  /** After an error in the middle of a run: the next job gets it freshly loaded. */
  async forget(): Promise<void> {
    const loaded = this.#loaded;
    this.#loaded = null;
    this.#directory = null;
    await loaded?.dispose();
  }
}
