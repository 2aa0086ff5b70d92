// Who is next where only so many go on at once: each client in turn, whoever asks much waits behind its own requests.

/** A client has too much waiting already; the message is one sentence. */
export class QueueError extends Error {
  override name = "QueueError";
}

/** Requests of one client that wait, at most, and of all together. */
const most = { ofOne: 32, ofAll: 512 };

interface Waiting {
  begin(): void;
}

export class FairQueue {
  readonly #atOnce: number;
  #going = 0;
  /** By client; the one at the front is next. */
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /**
   * Waits for a turn.
   * @returns ends it
   * @throws QueueError, or the signal's reason
   */
  async enter(client: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#going < this.#atOnce) this.#going++;
    else await this.#wait(client, signal);
    return () => this.#leave();
  }

  async #wait(client: string, signal: AbortSignal): Promise<void> {
    const mine = this.#waiting.get(client) ?? [];
    const all = this.#waiting.values().reduce((sum, { length }) => sum + length, 0);
    if (mine.length >= most.ofOne || all >= most.ofAll) {
      throw new QueueError("Too many requests wait for this model: ask again when some are answered.");
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { begin: resolve };
    this.#waiting.set(client, [...mine, waiting]);
    const giveUp = () => {
      const others = this.#waiting.get(client)?.filter((one) => one !== waiting) ?? [];
      if (others.length > 0) this.#waiting.set(client, others);
      else this.#waiting.delete(client);
      reject(signal.reason);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** The turn goes to the client at the front, who then stands at the end. */
  #leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#going--;
      return;
    }
    const [client, [first, ...others]] = next;
    this.#waiting.delete(client);
    if (others.length > 0) this.#waiting.set(client, others);
    first!.begin();
  }
}
