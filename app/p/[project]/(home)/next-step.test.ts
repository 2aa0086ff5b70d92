import { describe, expect, it } from "vitest";
import { type Role, roles } from "../../../../lib/vocabulary/labeling.ts";
import { mayEnter, rooms } from "../../../shell/roles.ts";
import { forecast, nextSteps, type Overview } from "./next-step.ts";

const nothing: Overview = {
  prompts: 0,
  demonstrations: 0,
  demonstrationsToReview: 0,
  demonstrationsReturned: 0,
  rankingsAskedAgain: 0,
  comparisonsLeft: 0,
  rankingsLeft: 0,
  comparisonsComplete: 0,
  rankings: 0,
  pairs: 0,
  newPairs: 0,
  waitingForMe: 0,
  rankedByOthers: 0,
  setAside: 0,
  myRankings: 0,
  myDemonstrations: 0,
  rankingsLastWeek: 0,
  daysRanked: 7,
};
const ways = (overview: Partial<Overview>, role: Role) =>
  nextSteps({ ...nothing, ...overview }, role).map(({ action }) => action.href);

describe("what to do next", () => {
  it("is what someone waits for, before what can always be done", () => {
    const busy = { prompts: 9, comparisonsLeft: 4, waitingForMe: 1, demonstrationsToReview: 2, pairs: 6, newPairs: 6 };
    expect(ways({ ...busy, demonstrationsReturned: 1, rankingsAskedAgain: 1 }, "reviewer")).toEqual([
      "/write",
      "/submitted",
      "/rank",
      "/review",
      "/write",
      "/train",
    ]);
    const [first] = nextSteps({ ...nothing, ...busy }, "labeler");
    expect(first).toEqual({
      sentence: "1 prompt with finished answers waits to be ranked.",
      action: { name: "Start ranking", href: "/rank" },
    });
  });

  it("goes along the loop: write, generate, train", () => {
    expect(ways({}, "admin")).toEqual(["/write"]);
    expect(ways({ prompts: 3 }, "admin")).toEqual(["/prompts", "/write"]);
    expect(ways({ prompts: 3, rankings: 2, pairs: 9, newPairs: 9 }, "admin")).toEqual(["/prompts", "/write", "/train"]);
    // Others are ranking already: more answers are not what is missing.
    expect(ways({ prompts: 3, comparisonsLeft: 2 }, "writer")).toEqual(["/write"]);
  });

  it("says what others are ranking, in place of nothing, and leads to what was skipped", () => {
    const said = (overview: Partial<Overview>, role: Role) => nextSteps({ ...nothing, ...overview }, role)[0].sentence;
    expect(said({}, "annotator")).toBe(
      "Nothing waits to be ranked just now. Finished answers turn up here by themselves.",
    );
    expect(said({ rankedByOthers: 6 }, "annotator")).toBe(
      "6 prompts are being ranked by others just now, none is free.",
    );
    expect(said({ setAside: 1 }, "reviewer")).toBe("1 prompt was skipped and is handed out no more.");
    expect(said({ setAside: 2 }, "admin")).toBe("2 prompts were skipped and are handed out no more.");
    expect(ways({ setAside: 2 }, "reviewer")[0]).toBe("/skipped");
  });

  it("counts what was learned from no more", () => {
    const sentences = (pairs: number, newPairs: number) =>
      nextSteps({ ...nothing, prompts: 3, comparisonsLeft: 1, pairs, newPairs }, "engineer").map(
        ({ sentence }) => sentence,
      );
    expect(sentences(72, 72)).toContain("72 pairs can be learned from.");
    expect(sentences(78, 6)).toContain("6 new pairs can be learned from since the last training run on rankings.");
    expect(sentences(72, 0)).toEqual(["Everything that was ranked has been learned from, or is being learned from."]);
  });

  it("never sends anybody to a door that is closed to them, and always somewhere", () => {
    const overviews = [
      nothing,
      { ...nothing, prompts: 3 },
      { ...nothing, prompts: 3, rankings: 2, pairs: 9, newPairs: 9 },
    ];
    for (const role of roles) {
      for (const overview of overviews) {
        for (const href of ways(overview, role)) {
          const room = Object.values(rooms).find(({ path }) => path === href);
          expect(room && mayEnter(role, room), `${role} to ${href}`).toBe(true);
        }
      }
    }
  });
});

describe("the forecast", () => {
  it.each([
    [12, 28, "about 3 days"],
    [3, 28, "less than a day"],
    [4, 28, "about 1 day"],
    [60, 14, "about 4 weeks"],
    [1_200, 70, "about 4 months"],
    [0, 28, null],
    [12, 0, null],
  ])("of %i left at %i a week is %s", (rankingsLeft, rankingsLastWeek, said) => {
    expect(forecast({ ...nothing, rankingsLeft, rankingsLastWeek })).toBe(said);
  });

  it("goes by the days there were, not by a week that has not been", () => {
    expect(forecast({ ...nothing, rankingsLeft: 6, rankingsLastWeek: 4, daysRanked: 1 })).toBe("about 2 days");
  });
});
