import { describe, expect, it } from "vitest";
import { startWorkClock } from "./activity.ts";

describe("the time really worked", () => {
  it("adds what lies between signs of work and leaves out pauses over a minute", () => {
    const clock = startWorkClock(1_000);
    clock.touch(11_000);
    clock.touch(71_000);
    clock.touch(200_000);
    clock.touch(205_000);
    expect(clock.spentMs()).toBe(10_000 + 60_000 + 5_000);
  });

  it("does not run backwards when the system's clock is set back", () => {
    const clock = startWorkClock(50_000);
    clock.touch(40_000);
    clock.touch(60_000);
    expect(clock.spentMs()).toBe(10_000);
  });
});
