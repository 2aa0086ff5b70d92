import { describe, expect, it } from "vitest";
import { submission } from "../../../../../lib/vocabulary/shapes.ts";
import { submissionOf } from "./submission.ts";
import { play } from "./workbench.fixture.ts";
import { guardsBefore, openWorkbench, reduce, type Workbench } from "./workbench.ts";

const said = {
  guards: [{ kind: "untouched-order" as const, said: "A>B is the order the answers were shown in." }],
  spent: { total: 9_000, answers: [4_000, 3_000] },
  guidelinesVersion: 2,
};
const ranked = (rateFirst: boolean) =>
  play(
    openWorkbench(["A", "B"], rateFirst),
    { type: "rate", label: "A", likert: 5 },
    { type: "flag", label: "A", flag: "hallucination" },
    { type: "rate", label: "B", likert: 2 },
    { type: "note", label: "B", text: "No." },
    { type: "flag-prompt", flag: "ambiguous" },
    { type: "put", label: "B", rank: 2 },
    { type: "put", label: "A", rank: 1 },
  );

it("says everything that was said of the answers, as the contract has it", () => {
  const sent = submissionOf(ranked(true), said);
  expect(sent).toEqual({
    notation: "A>B",
    ratings: [
      { label: "A", likert: 5, flags: ["hallucination"], note: "", spentMs: 4_000 },
      { label: "B", likert: 2, flags: [], note: "No.", spentMs: 3_000 },
    ],
    promptFlags: ["ambiguous"],
    guards: [{ ...said.guards[0], heeded: false }],
    spentMs: 9_000,
    guidelinesVersion: 2,
  });
  expect(submission.parse(sent)).toEqual(sent);
});

it("has no ratings where answers are only ranked", () => {
  expect(submissionOf(ranked(false), said).ratings).toEqual([]);
});

const typed = (bench: Workbench, text: string) => reduce(bench, { type: "type", text });
const asked = (bench: Workbench) => reduce(bench, { type: "ask", guards: guardsBefore(bench, []) });
const submitted = (bench: Workbench) =>
  submissionOf(bench, {
    guards: guardsBefore(bench, []),
    spent: { total: 5, answers: [] },
    guidelinesVersion: undefined,
  }).guards.map(({ kind, heeded }) => [kind, heeded]);

describe("the guards of a submission", () => {
  const shownOrder = typed(openWorkbench(["A", "B", "C"], false), "A>B>C");

  it("are those gone past", () => {
    expect(submitted(asked(shownOrder))).toEqual([["untouched-order", false]]);
  });

  it("and those that were heeded, once of each kind", () => {
    const heeded = typed(asked(asked(shownOrder)), "B>A>C");
    expect(submitted(heeded)).toEqual([["untouched-order", true]]);
    expect(submitted(asked(typed(heeded, "A>B>C")))).toEqual([["untouched-order", false]]);
  });

  it("are none where nothing was asked", () => {
    expect(submitted(typed(shownOrder, "B>A=C"))).toEqual([]);
  });
});
