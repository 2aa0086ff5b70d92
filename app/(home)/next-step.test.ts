import { describe, expect, it } from "vitest";
import { nextStep, type Overview } from "./next-step.ts";

const nothing: Overview = {
  prompts: 0,
  demonstrations: 0,
  comparisonsReady: 0,
  comparisonsRanked: 0,
  rankings: 0,
  pairs: 0,
  waitingForMe: 0,
  myRankings: 0,
};

describe("what to do next", () => {
  it("is to rank whatever waits, before anything else", () => {
    const step = nextStep({ ...nothing, prompts: 3, waitingForMe: 1 }, true);
    expect([step.sentence, step.action.href]).toEqual(["1 prompt with finished answers waits to be ranked.", "/rank"]);
  });

  it("goes along the loop: write, generate, train", () => {
    expect(nextStep(nothing, true).action.href).toBe("/write");
    expect(nextStep({ ...nothing, prompts: 3 }, true).action.href).toBe("/prompts");
    expect(nextStep({ ...nothing, prompts: 3, rankings: 2, pairs: 9 }, true).other?.href).toBe("/train");
  });

  it("never sends a labeler where the door is closed", () => {
    expect(nextStep({ ...nothing, prompts: 3, rankings: 2, pairs: 9 }, false).other?.href).toBe("/write");
  });
});
