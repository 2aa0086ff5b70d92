import { expect, test } from "vitest";
import { choices } from "../../../../../lib/datasets/choices-schema.ts";
import { addressOf } from "../../../../ui/form.ts";
import { askedIn, chosenIn, type Fields } from "./asked.ts";

const fields = (chosen: Partial<Fields>) => chosenIn(new URLSearchParams(chosen));

test("what is chosen stands in the address, and comes back from it", () => {
  const chosen = fields({ dataset: "rankings", format: "nectar", labelers: "ada,grace", from: "2026-11-30" });
  expect(chosenIn(new URLSearchParams(addressOf(chosen)))).toEqual(chosen);
  expect(addressOf(fields({}))).toBe("");
});

test("nothing chosen is every pair as text; a set has its own formats and choices, and no others", () => {
  expect(choices.parse(askedIn(fields({})))).toEqual(choices.parse({ dataset: "comparisons", format: "text" }));
  const prompts = askedIn(
    fields({ dataset: "prompts", format: "nectar", ties: "both", model: "m", flag: "ambiguous" }),
  );
  expect(choices.parse(prompts)).toEqual(choices.parse({ dataset: "prompts", format: "text" }));
  expect(askedIn(fields({ ties: "keep" })).ties).toBe("keep");
  expect(askedIn(fields({ ties: "keep", format: "openai" })).ties).toBeUndefined();
});

test("a flag is one that rankings have, or one that they have not", () => {
  expect(askedIn(fields({ flag: "hallucination" }))).toMatchObject({ flag: "hallucination", withoutFlag: undefined });
  expect(askedIn(fields({ flag: "!hallucination" }))).toMatchObject({ flag: undefined, withoutFlag: "hallucination" });
});

test("answers are trimmed in formats with turns alone, and the box turns that round", () => {
  expect(askedIn(fields({})).trim).toBeUndefined();
  expect(askedIn(fields({ asWritten: "yes" })).trim).toBe(true);
  expect(askedIn(fields({ asWritten: "yes", format: "trl" })).trim).toBe(false);
});

test("a span of days ends with the last one", () => {
  const { from, until } = askedIn(fields({ from: "2026-11-30", until: "2026-11-30" }));
  expect(new Date(from as number).getDate()).toBe(30);
  expect(new Date(until as number).getDate()).toBe(1);
});
