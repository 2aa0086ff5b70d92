// How long a further try to sign in has to wait: longer with each one that failed, by account and by address. Wrong tries
// from elsewhere never delay somebody at an address where they have signed in before: there only the tries for their
// account from that address count, or whoever knows a user name could keep its owner out.

/** What was tried: the account's name, the network it came from, and whether the two have been seen together before. */
export interface Try {
  account: string;
  network: string;
  known: boolean;
}

interface Failures {
  count: number;
  lastAt: number;
}

/** Failed tries before the first that waits: of one account at one network, of one account, of one network. */
const free = { pair: 5, account: 20, network: 100 } as const;
type Scope = keyof typeof free;

const longestMs = 15 * 60_000;
/** After this long without another one, failures are forgotten. */
const forgottenMs = 60 * 60_000;
/** What is remembered at most of each scope; the oldest goes first. */
const most = 20_000;

export class Tries {
  readonly #failures: Record<Scope, Map<string, Failures>> = {
    pair: new Map(),
    account: new Map(),
    network: new Map(),
  };
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Counts a try as failed before it is known whether it did, so that many at once count, too.
   * @returns 0, or in how many ms it may be made: it is then not counted.
   */
  begin(one: Try): number {
    const keys = this.#keys(one);
    const waitMs = Math.max(...keys.map(([scope, key]) => this.#waitMs(scope, key)));
    if (waitMs > 0) return waitMs;
    for (const [scope, key] of keys) this.#count(scope, key, 1);
    return 0;
  }

  /** It was no failure. The right password also settles what failed before for this account at this network. */
  takeBack(one: Try, { right }: { right: boolean }): void {
    for (const [scope, key] of this.#keys(one)) {
      if (right && scope === "pair") this.#failures.pair.delete(key);
      else this.#count(scope, key, -1);
    }
  }

  /** How many accounts, networks and pairs of them there are failures of. */
  remembered(): number {
    return Object.values(this.#failures).reduce((sum, { size }) => sum + size, 0);
  }

  #keys({ account, network, known }: Try): [Scope, string][] {
    const pair: [Scope, string] = ["pair", JSON.stringify([account, network])];
    return known ? [pair] : [pair, ["account", account], ["network", network]];
  }

  #waitMs(scope: Scope, key: string): number {
    const failures = this.#failures[scope].get(key);
    if (!failures || failures.count < free[scope]) return 0;
    // A second at first, then twice as long after each.
    const delayMs = Math.min(longestMs, 1_000 * 2 ** Math.min(30, failures.count - free[scope]));
    return Math.max(0, failures.lastAt + delayMs - this.#now());
  }

  #count(scope: Scope, key: string, by: 1 | -1): void {
    const all = this.#failures[scope];
    const now = this.#now();
    const before = all.get(key);
    const count = (before && now - before.lastAt < forgottenMs ? before.count : 0) + by;
    all.delete(key);
    if (count <= 0) return;
    all.set(key, { count, lastAt: by > 0 ? now : (before?.lastAt ?? now) });
    // A tenth at a time: a map is slow to find its first key after many were taken out one by one.
    if (all.size > most) for (const oldest of [...all.keys()].slice(0, most / 10)) all.delete(oldest);
  }
}
