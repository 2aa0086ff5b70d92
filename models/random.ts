// Seeded pseudo-random numbers and choices (sfc32): the same seed gives the same sequence on every machine.

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed any finite number; different seeds give unrelated sequences. */
  constructor(seed: number) {
    this.#a = Math.trunc(seed) | 0;
    this.#b = Math.trunc(seed / 0x100000000) | 0;
    this.#c = 0x9e3779b9 | 0;
    // The first outputs still resemble the seed: 15 rounds are sfc32's own advice.
    for (let i = 0; i < 15; i++) this.next();
  }

  /** Uniform in [0, 1). */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 0x100000000;
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next())); // 1 − u is never 0
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** Integer from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** True with probability p. */
  chance(p: number): boolean {
    return this.next() < p;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)]!;
  }

  /** An item of `list` that is none of `not`; there must be one. */
  pickOther<T>(list: readonly T[], ...not: T[]): T {
    for (;;) {
      const item = this.pick(list);
      if (!not.includes(item)) return item;
    }
  }

  /** `n` different items in random order. */
  sample<T>(list: readonly T[], n: number): T[] {
    const rest = [...list];
    for (let i = 0; i < n && i < rest.length; i++) {
      const j = this.int(i, rest.length - 1);
      [rest[i], rest[j]] = [rest[j]!, rest[i]!];
    }
    return rest.slice(0, n);
  }

  /** An item with probability proportional to its weight. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T {
    let left = this.next() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items.at(-1)![1];
  }
}
