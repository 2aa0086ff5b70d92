import { expect, test } from "vitest";
import { first, reduce, type WizardAction } from "./wizardry.ts";

const after = (...actions: WizardAction[]) => actions.reduce(reduce, first);

test("a name is enough, and is asked for first", () => {
  expect(after({ type: "next" })).toMatchObject({ step: 0, problem: "The name is empty: write one." });
  expect(after({ type: "next" }, { type: "set", name: "Otters" })).toMatchObject({ step: 0, problem: null });
  const named = after({ type: "set", name: "Otters" }, { type: "next" }, { type: "next" }, { type: "next" });
  expect(named).toEqual({ ...first, step: 2, name: "Otters" });
});

test("what was chosen in a step stays when another is shown, and people may be taken out again", () => {
  const chosen = after(
    { type: "set", name: "Otters" },
    { type: "next" },
    { type: "set", k: 9 },
    { type: "set", rateFirst: false },
    { type: "next" },
    { type: "person", id: "ada", role: "writer" },
    { type: "person", id: "bob", role: "labeler" },
    { type: "person", id: "ada", role: null },
    { type: "go", step: 0 },
  );
  expect(chosen).toMatchObject({ step: 0, name: "Otters", k: 9, rateFirst: false, people: { bob: "labeler" } });
  expect(chosen.people).not.toHaveProperty("ada");
});
