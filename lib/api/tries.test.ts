import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Tries, type Try } from "./tries.ts";

const at = (account: string, network: string, known = false): Try => ({ account, network, known });

function trying() {
  const clock = { now: 0 };
  const tries = new Tries(() => clock.now);
  /** Wrong ones, each as soon as it is let; in how many ms the next is. */
  const fail = (one: Try, times: number): number => {
    for (let done = 0; done < times; ) {
      const waitMs = tries.begin(one);
      clock.now += waitMs;
      if (waitMs === 0) done++;
    }
    return tries.begin(one);
  };
  return { clock, tries, fail };
}

describe("a further try waits", () => {
  test("not after five wrong ones, then a second, two, four … a quarter of an hour", () => {
    const { tries, fail } = trying();
    expect(fail(at("ada", "a"), 4)).toBe(0);
    const waits = Array.from({ length: 12 }, () => fail(at("ada", "a"), 1) / 1_000);
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    expect(tries.begin(at("ada", "a"))).toBe(900_000);
  });

  test("also where each comes from somewhere else, or is for somebody else", () => {
    const elsewhere = trying();
    for (let i = 0; i < 20; i++) expect(elsewhere.tries.begin(at("ada", `n${i}`))).toBe(0);
    expect(elsewhere.tries.begin(at("ada", "n20"))).toBe(1_000);
    expect(elsewhere.tries.begin(at("bob", "n20"))).toBe(0);
    const others = trying();
    for (let i = 0; i < 100; i++) expect(others.tries.begin(at(`u${i}`, "n"))).toBe(0);
    expect(others.tries.begin(at("u100", "n"))).toBe(1_000);
    expect(others.tries.begin(at("u100", "m"))).toBe(0);
  });

  test("many at once count before any has failed", () => {
    const { tries } = trying();
    const begun = Array.from({ length: 100 }, () => tries.begin(at("ada", "a")));
    expect(begun.filter((waitMs) => waitMs === 0)).toHaveLength(5);
  });

  test("until the right password, and for an hour", () => {
    const { clock, tries, fail } = trying();
    fail(at("ada", "a"), 7);
    clock.now += 8_000;
    expect(tries.begin(at("ada", "a"))).toBe(0);
    tries.takeBack(at("ada", "a"), { right: true });
    expect(fail(at("ada", "a"), 4)).toBe(0);
    fail(at("bob", "b"), 9);
    clock.now += 3_600_000;
    expect(fail(at("bob", "b"), 4)).toBe(0);
  });
});

test("whatever is tried elsewhere, who has signed in here before is never delayed", () => {
  const wrong = fc.record({ account: fc.constantFrom("ada", "bob"), network: fc.constantFrom("x", "y", "home") });
  fc.assert(
    fc.property(fc.array(wrong, { maxLength: 400 }), fc.nat(3), (tried, own) => {
      const { tries } = trying();
      for (const { account, network } of tried) {
        if (!(account === "ada" && network === "home")) tries.begin(at(account, network));
      }
      for (let i = 0; i < own; i++) expect(tries.begin(at("ada", "home", true))).toBe(0);
      expect(tries.begin(at("ada", "home", true))).toBe(0);
      tries.takeBack(at("ada", "home", true), { right: true });
    }),
  );
});

test("what is remembered is bounded", () => {
  const { tries } = trying();
  for (let i = 0; i < 50_000; i++) tries.begin(at(`u${i}`, `n${i}`));
  tries.begin(at("ada", "a"));
  expect(tries.remembered()).toBeLessThanOrEqual(60_000);
});
