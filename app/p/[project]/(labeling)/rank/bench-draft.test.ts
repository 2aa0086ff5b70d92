import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf } from "../../../../../lib/preference/ranking.ts";
import { benchOfDraft, draftOf, draftOfSubmitted, readBenchDraft } from "./bench-draft.ts";
import { anyBench, play } from "./workbench.fixture.ts";
import { openWorkbench, reduce, type Workbench } from "./workbench.ts";

const shownOf = (k: number, rateFirst = true, suffix = "") => ({
  rateFirst,
  candidates: labelsOf(k).map((label) => ({ id: `id-${label}${suffix}`, label, text: `Text of ${label}`, tokens: 3 })),
});
const spentOf = (k: number) => ({ total: 5_000, answers: Array.from({ length: k }, (_, index) => index * 100) });
/** What a reload brings back: all but what the last move asked for and said. */
const kept = ({ focus: _, said: __, typing: ___, missing: ____, ...rest }: Workbench) => rest;
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("a draft of the workbench", () => {
  it("read back is the same bench, undo and redo included", () => {
    fc.assert(
      fc.property(anyBench, (bench) => {
        // A bench that has left stage one by undo stands in it again: nothing is rated on the board.
        fc.pre(!bench.rateFirst || bench.stage === "rate" || bench.ratings.every(({ likert }) => likert !== null));
        const shown = shownOf(bench.labels.length, bench.rateFirst);
        const stored = throughJson(draftOf(shown, bench, spentOf(bench.labels.length)));
        const draft = readBenchDraft(shown, stored);
        expect(draft?.spent).toEqual(spentOf(bench.labels.length));
        const back = benchOfDraft(shown, draft);
        expect(kept(back)).toEqual(kept(bench));
        const undone = { ...bench, typing: null };
        expect(kept(reduce(back, { type: "undo" }))).toEqual(kept(reduce(undone, { type: "undo" })));
        expect(kept(reduce(back, { type: "redo" }))).toEqual(kept(reduce(undone, { type: "redo" })));
      }),
    );
  });

  it("that an older version stored, with judgments for ratings, is read as well", () => {
    const shown = shownOf(2);
    const note = 'It says "judgments": and "what":"judgment".';
    const bench = play(
      openWorkbench(labelsOf(2), true),
      { type: "rate", label: "A", likert: 3 },
      { type: "note", label: "A", text: note },
    );
    const draft = draftOf(shown, bench, spentOf(2));
    const { ratings, past, ...rest } = draft.bench;
    const older = { ...rest, judgments: ratings, past: past.map((step) => ({ ...step, what: "judgment" })) };
    expect(readBenchDraft(shown, throughJson({ ...draft, bench: older }))).toEqual(draft);
  });

  it("of other answers, or of one written anew, is refused", () => {
    const stored = throughJson(draftOf(shownOf(3), openWorkbench(labelsOf(3), true), spentOf(3)));
    expect(readBenchDraft(shownOf(3), stored)).not.toBeNull();
    expect(readBenchDraft(shownOf(3, true, "x"), stored)).toBeNull();
    expect(readBenchDraft(shownOf(4), stored)).toBeNull();
    const anew = shownOf(3);
    anew.candidates[1]!.text += "!";
    expect(readBenchDraft(anew, stored)).toBeNull();
  });

  it("that is garbled anywhere is refused as a whole", () => {
    const shown = shownOf(3);
    const bench = play(
      openWorkbench(labelsOf(3), true),
      { type: "rate", label: "A", likert: 3 },
      { type: "flag-prompt", flag: "ambiguous" },
      { type: "put", label: "B", rank: 1 },
      { type: "pin", label: "C" },
      { type: "undo" },
    );
    const whole = throughJson(draftOf(shown, bench, spentOf(3))) as object;
    const places = placesIn(whole);
    expect(places.length).toBeGreaterThan(40);
    for (const place of places) {
      for (const garbage of [undefined, { some: "thing" }, -1.5]) {
        // A list with one item less may be a draft just as well.
        if (garbage === undefined && /^\d+$/.test(place.at(-1) ?? "")) continue;
        const garbled = throughJson(whole);
        setAt(garbled, place, garbage);
        expect(readBenchDraft(shown, throughJson(garbled)), `${place.join(".")} = ${garbage}`).toBeNull();
      }
    }
    for (const garbage of [null, 1, "text", [], {}]) expect(readBenchDraft(shown, garbage)).toBeNull();
  });

  it("of a submitted ranking has everything as it was", () => {
    const shown = shownOf(3);
    const draft = draftOfSubmitted(shown, {
      notation: "B>A=C",
      ratings: [
        { label: "C", likert: 2, flags: ["hallucination"], note: "No.", spentMs: 30 },
        { label: "A", likert: 5, flags: [], note: "", spentMs: 10 },
        { label: "B", likert: 7, flags: [], note: "", spentMs: 20 },
      ],
      promptFlags: ["ambiguous"],
      guards: [],
      spentMs: 99,
      version: 1,
      submittedAt: 0,
    });
    expect(readBenchDraft(shown, throughJson(draft))).toEqual(draft);
    expect(benchOfDraft(shown, draft)).toMatchObject({
      stage: "rank",
      typed: "B>A=C",
      ranks: [2, 1, 2],
      ratings: [
        { likert: 5, flags: [], note: "" },
        { likert: 7, flags: [], note: "" },
        { likert: 2, flags: ["hallucination"], note: "No." },
      ],
      promptFlags: ["ambiguous"],
      past: [],
    });
    expect(draft.spent).toEqual({ total: 99, answers: [10, 20, 30] });
  });
});

/** The way to every value inside. */
function placesIn(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...placesIn(inner).map((rest) => [key, ...rest])]);
}

function setAt(root: unknown, place: string[], value: unknown): void {
  const parent = place.slice(0, -1).reduce((at, key) => (at as Record<string, unknown>)[key], root);
  (parent as Record<string, unknown>)[place.at(-1) ?? ""] = value;
}
