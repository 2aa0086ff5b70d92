import { expect, it } from "vitest";
import { submission } from "../../../lib/api/contract.ts";
import { submissionOf } from "./submission.ts";
import { openWorkbench } from "./workbench.ts";
import { play } from "./workbench-moves.ts";

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
    guards: said.guards,
    spentMs: 9_000,
    guidelinesVersion: 2,
  });
  expect(submission.parse(sent)).toEqual(sent);
});

it("has no ratings where answers are only ranked", () => {
  expect(submissionOf(ranked(false), said).ratings).toEqual([]);
});
