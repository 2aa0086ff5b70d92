import { describe, expect, it } from "vitest";
import { startWorkClock } from "./activity.ts";

const unspent = { total: 0, answers: [0, 0] };

describe("the time really worked", () => {
  it("adds what lies between signs of work and leaves out pauses over a minute", () => {
    const clock = startWorkClock(1_000, unspent);
    clock.touch(11_000, null);
    clock.touch(71_000, null);
    clock.touch(200_000, null);
    clock.touch(205_000, null);
    expect(clock.spent()).toEqual({ total: 10_000 + 60_000 + 5_000, answers: [0, 0] });
  });

  it("counts for the answer that was rated alone meanwhile, on top of the time before", () => {
    const clock = startWorkClock(0, { total: 5_000, answers: [4_000, 0] });
    clock.touch(1_000, 0);
    clock.touch(3_000, 1);
    clock.touch(6_000, null);
    expect(clock.spent()).toEqual({ total: 11_000, answers: [5_000, 2_000] });
  });

  it("does not run backwards when the system's clock is set back", () => {
    const clock = startWorkClock(50_000, unspent);
    clock.touch(40_000, null);
    clock.touch(60_000, null);
    expect(clock.spent().total).toBe(10_000);
  });
});
