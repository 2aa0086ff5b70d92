import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf } from "../../../../../lib/preference/ranking.ts";
import { answerFlagNames, promptFlagNames } from "../../../../../lib/vocabulary/labeling.ts";
import { nextUnranked, notationOf, rankOf, tiersOf, unrankedOf } from "./places.ts";
import { anyBench, anyGame, anyMove, play } from "./workbench.fixture.ts";
import {
  guardsBefore,
  isReadable,
  type Move,
  openWorkbench,
  problemOf,
  ratingOf,
  reduce,
  type Workbench,
} from "./workbench.ts";

const open = (k: number) => openWorkbench(labelsOf(k), false);
const openRating = (k: number) => openWorkbench(labelsOf(k), true);
const put = (label: string, rank: number, goOn = false): Move => ({ type: "put", label, rank, goOn });
const type = (text: string): Move => ({ type: "type", text });
const rate = (label: string, likert: number | null): Move => ({ type: "rate", label, likert });
const note = (label: string, text: string): Move => ({ type: "note", label, text });
const go = (label: string): Move => ({ type: "go", label });
const on: Move = { type: "on" };
const undo: Move = { type: "undo" };
const redo: Move = { type: "redo" };
const workOf = ({ ranks, ratings, promptFlags }: Workbench) => ({ ranks, ratings, promptFlags });

describe("the bench after any moves", () => {
  it("has every candidate in exactly one place, and every rating on its scale", () => {
    fc.assert(
      fc.property(anyBench, (bench) => {
        const { labels } = bench;
        expect([...unrankedOf(bench), ...tiersOf(bench).flat()].sort()).toEqual([...labels]);
        for (const label of labels) {
          expect(rankOf(bench, label)).toSatisfy((rank: number) => rank >= 0 && rank <= labels.length);
          const { likert, flags } = ratingOf(bench, label);
          expect(likert === null || (likert >= 1 && likert <= 7)).toBe(true);
          expect(flags).toEqual(answerFlagNames.filter((flag) => flags.includes(flag)));
        }
        expect(bench.promptFlags).toEqual(promptFlagNames.filter((flag) => bench.promptFlags.includes(flag)));
        expect(labels).toContain(bench.current);
        expect(new Set(bench.pinned).size).toBe(bench.pinned.length);
      }),
    );
  });

  it("comes back from its own notation, and typing that notation moves nothing", () => {
    fc.assert(
      fc.property(anyBench, (bench) => {
        const fresh = play(open(bench.labels.length), type(notationOf(bench)));
        expect(tiersOf(fresh)).toEqual(tiersOf(bench));
        expect(notationOf(fresh)).toBe(notationOf(bench));
        expect(play(bench, type(notationOf(bench))).ranks).toEqual(bench.ranks);
      }),
    );
  });

  it("is as before after any one change and its undo, and as after it by redo", () => {
    fc.assert(
      fc.property(
        anyBench.chain((bench) => fc.tuple(fc.constant(bench), anyMove(bench.labels.length))),
        ([before, move]) => {
          // What is typed goes on with what was typed before it: here it is a change of its own.
          const bench = { ...before, typing: null, typed: notationOf(before) };
          const after = reduce(bench, move);
          if (after.past === bench.past || move.type === "undo" || move.type === "redo") return;
          expect(workOf(reduce(after, undo))).toEqual(workOf(bench));
          expect(workOf(play(after, undo, redo))).toEqual(workOf(after));
        },
      ),
    );
  });

  it("goes all the way back by undo and all the way forth by redo", () => {
    fc.assert(
      fc.property(anyGame, ([start, moves]) => {
        const bench = play(start, ...moves);
        const many = (move: Move) => Array.from({ length: 100 }, () => move);
        const back = play(bench, ...many(undo));
        expect(workOf(back)).toEqual(workOf(start));
        if (bench.future.length === 0) expect(workOf(play(back, ...many(redo)))).toEqual(workOf(bench));
      }),
    );
  });

  it("says in the field what the board says, unless the field cannot be read", () => {
    fc.assert(
      fc.property(anyBench, (bench) => {
        if (!isReadable(bench)) return;
        expect(notationOf(play(open(bench.labels.length), type(bench.typed)))).toBe(notationOf(bench));
      }),
    );
  });

  it("is never on the board before all answers are rated, where they are rated first", () => {
    fc.assert(
      fc.property(anyGame, ([start, moves]) => {
        const bench = moves.filter((move) => move.type !== "rate" || move.likert !== null).reduce(reduce, start);
        const isRated = bench.ratings.every(({ likert }) => likert !== null);
        if (start.rateFirst && start.stage === "rate" && !isRated && !moves.some(({ type }) => type === "undo"))
          expect(bench.stage).toBe("rate");
      }),
    );
  });
});

describe("stage one", () => {
  it("goes from answer to answer that still has to be rated, and then to the board", () => {
    const bench = play(openRating(3), rate("A", 5), on);
    expect([bench.stage, bench.current, bench.focus]).toEqual(["rate", "B", { label: "B" }]);
    expect(play(bench, { type: "step", by: -1 }).current).toBe("A");
    expect(play(bench, on).current).toBe("C");
    const last = play(bench, on, rate("C", 2), on);
    expect(last.current).toBe("B");
    expect(play(last, rate("B", 7), on).stage).toBe("rank");
  });

  it("stays at the only answer that is not rated, and says so", () => {
    const bench = play(openRating(2), rate("B", 3), on);
    expect([bench.current, bench.missing]).toEqual(["A", "Rate A first: 1 is worst, 7 is best."]);
    expect(play(bench, { type: "on" }).missing).toBe("Rate A first: 1 is worst, 7 is best.");
    expect(play(bench, rate("A", 5)).missing).toBeNull();
    expect(play(openRating(2), { type: "to-board" }).stage).toBe("rate");
  });

  it("is open again from the board, and leads straight back to it", () => {
    const board = play(openRating(2), rate("A", 5), on, rate("B", 3), on, put("A", 1));
    const again = play(board, go("B"));
    expect([again.stage, again.current]).toEqual(["rate", "B"]);
    expect(play(again, rate("B", 4), on)).toMatchObject({ stage: "rank", ranks: [1, 0] });
  });

  it("tells a screen reader what was rated and flagged", () => {
    expect(play(openRating(2), rate("A", 5)).said).toBe("A: 5 of 7. 1 left to rate.");
    expect(play(openRating(2), { type: "flag", label: "B", flag: "hallucination" }).said).toBe(
      "B: Hallucination, flagged.",
    );
  });

  it("takes no rating off the scale", () => {
    expect(play(openRating(2), rate("A", 8)).ratings[0]?.likert).toBeNull();
  });

  it("undoes a note word by word, and shows the answer it belongs to", () => {
    const words = ["V", "Ve", "Ver", "Very", "Very ", "Very g", "Very go"].map((text) => note("A", text));
    const bench = play(openRating(2), rate("A", 2), ...words, go("B"));
    const back = play(bench, undo);
    expect([back.current, ratingOf(back, "A").note]).toEqual(["A", "Very "]);
    expect(ratingOf(play(back, undo), "A").note).toBe("");
    expect(ratingOf(play(back, undo, undo), "A").likert).toBeNull();
  });

  it("undoes across the stages, and goes to where it shows", () => {
    const bench = play(openRating(2), rate("A", 2), rate("B", 4), on, put("B", 1));
    const noRank = play(bench, undo);
    expect([noRank.stage, noRank.ranks]).toEqual(["rank", [0, 0]]);
    const noRating = play(noRank, undo);
    expect([noRating.stage, noRating.current, noRating.ratings[1]?.likert]).toEqual(["rate", "B", null]);
  });
});

describe("before submitting", () => {
  it("all answers are rated, where they are rated first, and ranked", () => {
    expect(problemOf(openRating(3))).toBe("A, B, C are not rated yet.");
    expect(problemOf(play(openRating(2), rate("A", 1), rate("B", 1), type("A")))).toBe("B is missing.");
    expect(problemOf(play(open(2), type("A>B")))).toBeNull();
  });

  it("the guards ask about what was rated, and only where answers are rated first", () => {
    const moves = [rate("A", 2), rate("B", 6), put("A", 1), put("B", 2)];
    expect(guardsBefore(play(openRating(2), ...moves), []).map(({ kind }) => kind)).toEqual(["rating-contradicts"]);
    expect(guardsBefore(play(open(2), ...moves), [])).toEqual([]);
    const twins = guardsBefore(play(open(2), put("B", 1), put("A", 2)), [["A", "B"]]);
    expect(twins.map(({ kind }) => kind)).toEqual(["twins-apart"]);
  });
});

describe("the notation field", () => {
  it("moves the cards while it is typed, and says who is missing", () => {
    const bench = play(open(4), type("b"), type("b>"), type("b>a"), type("b>a="), type("b>a=c"));
    expect(bench.ranks).toEqual([2, 1, 2, 0]);
    expect(bench.typed).toBe("b>a=c");
    expect([problemOf(bench), isReadable(bench)]).toEqual(["D is missing.", true]);
    expect(problemOf(play(bench, type("b>a=c>d")))).toBeNull();
  });

  it.each([
    ["A>B>A", "A appears twice."],
    ["A>B>X", "X is not one of A, B, C."],
    ["A>>B", 'A label is missing between ">" and ">".'],
  ])("keeps the board as it was at %s", (text, problem) => {
    const bench = play(open(3), put("C", 1), type(text));
    expect(bench.ranks).toEqual([0, 0, 1]);
    expect([bench.typed, isReadable(bench)]).toEqual([text, false]);
    expect(problemOf(bench)).toBe(problem);
  });

  it("follows the board again at the next move made otherwise", () => {
    expect(play(open(3), type("A>X"), put("B", 2)).typed).toBe("B");
  });

  it("is one step to undo, however many keys it took", () => {
    const bench = play(open(3), put("C", 3), type("C>A"), type("C>A>B"));
    expect(play(bench, undo).ranks).toEqual([0, 0, 3]);
  });

  it("gives up an unreadable text at undo before it takes back a move", () => {
    const bench = play(open(3), put("C", 1), type("C>?"), undo);
    expect([bench.typed, bench.ranks]).toEqual(["C", [0, 0, 1]]);
  });
});

describe("moves", () => {
  it("closes empty ranks in the notation, not on the board", () => {
    const bench = play(open(4), put("D", 4), put("A", 2), put("C", 2));
    expect(bench.typed).toBe("A=C>D");
    expect(bench.ranks).toEqual([2, 0, 2, 4]);
  });

  it("shifts a card by one column and stops at both ends", () => {
    const right: Move = { type: "shift", label: "A", by: 1 };
    const left: Move = { type: "shift", label: "A", by: -1 };
    expect(play(open(2), right).ranks).toEqual([1, 0]);
    expect(play(open(2), right, right, right, right).ranks).toEqual([2, 0]);
    expect(play(open(2), right, left, left).ranks).toEqual([0, 0]);
  });

  it("ties answers in the rank that one of them has, and goes on to the next unranked", () => {
    const tie = (...labels: string[]): Move => ({ type: "tie", labels });
    const bench = play(open(4), put("C", 2), tie("A", "C"));
    expect([bench.ranks, bench.typed, bench.focus]).toEqual([[2, 0, 2, 0], "A=C", { label: "B" }]);
    expect(play(bench, undo).ranks).toEqual([0, 0, 2, 0]);
    // Its own rank comes first; of none that is ranked it only says so.
    expect(play(open(3), put("A", 1), put("C", 2), tie("C", "A")).ranks).toEqual([2, 0, 2]);
    expect(play(open(3), tie("A", "C"))).toMatchObject({
      ranks: [0, 0, 0],
      said: expect.stringContaining("rank one of them"),
    });
  });

  it("sends the focus to the next unranked card, around the end, and stays when there is none", () => {
    expect(play(open(3), put("B", 1, true)).focus).toEqual({ label: "C" });
    expect(play(open(3), put("B", 1), put("C", 1, true)).focus).toEqual({ label: "A" });
    expect(play(open(2), put("A", 1), put("B", 1, true)).focus).toEqual({ label: "B" });
    expect(play(open(3), put("B", 1)).focus).toEqual({ label: "B" });
    expect(nextUnranked(open(3), "C")).toBe("A");
  });

  it("tells a screen reader where the card went", () => {
    expect(play(open(3), put("B", 2), put("A", 2)).said).toBe("A: rank 2 of 3, tied with B. 1 left.");
    expect(play(open(2), put("B", 2), put("A", 1)).said).toBe("A: rank 1 of 2. All ranked.");
    expect(play(open(2), put("B", 2), put("B", 0)).said).toBe("B: unranked. 2 left.");
  });

  it("forgets what was undone at a new move", () => {
    const bench = play(open(2), put("A", 1), undo, put("B", 1));
    expect(play(bench, redo)).toBe(bench);
  });

  it("pins two, the older one giving way to a third", () => {
    const pin = (label: string): Move => ({ type: "pin", label });
    expect(play(open(3), pin("A"), pin("B"), pin("C")).pinned).toEqual(["B", "C"]);
    expect(play(open(3), pin("A"), pin("A")).pinned).toEqual([]);
  });

  it("go back two hundred steps at most, and the oldest are forgotten", () => {
    const moves = Array.from({ length: 250 }, (_, index) => put("A", (index % 3) + 1));
    const bench = play(open(3), ...moves);
    expect(bench.past.length).toBe(200);
    expect(workOf(play(bench, ...Array.from({ length: 300 }, () => undo)))).toMatchObject({ ranks: [2, 0, 0] });
  });
});
