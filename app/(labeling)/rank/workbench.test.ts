import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf } from "../../../lib/preference/ranking.ts";
import {
  isReadable,
  type Move,
  nextUnranked,
  notationOf,
  openWorkbench,
  problemOf,
  rankOf,
  reduce,
  tiersOf,
  unrankedOf,
  type Workbench,
} from "./workbench.ts";

const open = (k: number) => openWorkbench(labelsOf(k));
const play = (bench: Workbench, ...moves: Move[]) => moves.reduce(reduce, bench);
const put = (label: string, rank: number, goOn = false): Move => ({ type: "put", label, rank, goOn });
const type = (text: string): Move => ({ type: "type", text });

const anyMove = (k: number): fc.Arbitrary<Move> => {
  const label = fc.constantFrom(...labelsOf(k), "Z");
  const notation = fc
    .array(fc.constantFrom(...labelsOf(k), ">", "=", " ", "x"), { maxLength: 2 * k })
    .map((signs) => signs.join(""));
  return fc.oneof(
    fc.record({
      type: fc.constant("put" as const),
      label,
      rank: fc.integer({ min: -1, max: k + 1 }),
      goOn: fc.boolean(),
    }),
    fc.record({ type: fc.constant("shift" as const), label, by: fc.constantFrom(-1 as const, 1 as const) }),
    fc.record({ type: fc.constant("type" as const), text: notation }),
    fc.record({ type: fc.constantFrom("undo" as const, "redo" as const) }),
  );
};
const anyGame = fc
  .integer({ min: 2, max: 9 })
  .chain((k) => fc.tuple(fc.constant(k), fc.array(anyMove(k), { maxLength: 40 })));

describe("the board after any moves", () => {
  it("has every candidate in exactly one place", () => {
    fc.assert(
      fc.property(anyGame, ([k, moves]) => {
        const bench = play(open(k), ...moves);
        expect([...unrankedOf(bench), ...tiersOf(bench).flat()].sort()).toEqual(labelsOf(k));
        for (const label of labelsOf(k))
          expect(rankOf(bench, label)).toSatisfy((rank: number) => rank >= 0 && rank <= k);
      }),
    );
  });

  it("comes back from its own notation, and typing that notation moves nothing", () => {
    fc.assert(
      fc.property(anyGame, ([k, moves]) => {
        const bench = play(open(k), ...moves);
        const fresh = play(open(k), type(notationOf(bench)));
        expect(tiersOf(fresh)).toEqual(tiersOf(bench));
        expect(notationOf(fresh)).toBe(notationOf(bench));
        expect(play(bench, type(notationOf(bench))).ranks).toEqual(bench.ranks);
      }),
    );
  });

  it("goes all the way back by undo and all the way forth by redo", () => {
    fc.assert(
      fc.property(anyGame, ([k, moves]) => {
        const bench = play(open(k), ...moves);
        const steps = bench.past.length + 1;
        const back = play(bench, ...Array.from({ length: steps + 1 }, (): Move => ({ type: "undo" })));
        expect(back.ranks).toEqual(open(k).ranks);
        const forth = play(back, ...Array.from({ length: 100 }, (): Move => ({ type: "redo" })));
        expect(forth.ranks.length).toBe(k);
        if (bench.future.length === 0) expect(forth.ranks).toEqual(bench.ranks);
      }),
    );
  });

  it("says in the field what the board says, unless the field cannot be read", () => {
    fc.assert(
      fc.property(anyGame, ([k, moves]) => {
        const bench = play(open(k), ...moves);
        const read = play(open(k), type(bench.typed));
        const isUnreadable = read.ranks.every((rank) => rank === 0) && bench.typed.trim() !== "";
        if (!isUnreadable) expect(notationOf(read)).toBe(notationOf(bench));
      }),
    );
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
    expect(play(bench, { type: "undo" }).ranks).toEqual([0, 0, 3]);
  });

  it("gives up an unreadable text at undo before it takes back a move", () => {
    const bench = play(open(3), put("C", 1), type("C>?"), { type: "undo" });
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
    const bench = play(open(2), put("A", 1), { type: "undo" }, put("B", 1));
    expect(play(bench, { type: "redo" })).toBe(bench);
  });
});

describe("a board taken up again", () => {
  it("stands as it was left, the focus on the first card still to rank", () => {
    const bench = openWorkbench(labelsOf(3), [2, 0, 1]);
    expect([bench.typed, bench.ranks, bench.focus]).toEqual(["C>A", [2, 0, 1], { label: "B" }]);
  });

  it.each([[[1, 2]], [[1, 2, 4]], [[1, 2, -1]], [[1, 2, 1.5]]])(
    "starts anew when what was kept does not fit: %j",
    (ranks) => expect(openWorkbench(labelsOf(3), ranks).ranks).toEqual([0, 0, 0]),
  );
});
