import { expect, test } from "vitest";
import type { Task } from "../../models/world/asking.ts";
import { distinctTasks, promptKey, promptsOf } from "./prompts.ts";
import { quick } from "./scale.ts";

test("no prompt is for two things, and there are as many as wanted", () => {
  const { demonstrations, comparisons, practice, ranked, judged } = promptsOf(quick);
  expect(demonstrations).toHaveLength(quick.demonstrations);
  expect(comparisons).toHaveLength(quick.comparisons);
  expect(ranked).toHaveLength(quick.heldOutComparisons);
  expect(judged).toHaveLength(quick.heldOutPrompts);
  const all = [demonstrations, comparisons, practice, ranked, judged].flat();
  expect(new Set(all.map(({ prompt }) => promptKey(prompt))).size).toBe(all.length);
});

test("a prompt is the same as text and as its one turn, and another with another turn before it", () => {
  const turn = { role: "user", content: "What is an owl?" } as const;
  expect(promptKey("What is an owl?")).toBe(promptKey([turn]));
  expect(promptKey([{ role: "system", content: "Be brief." }, turn])).not.toBe(promptKey([turn]));
});

test("a stream that ends gives what it has", () => {
  const one = { prompt: "A?" } as Task;
  expect(distinctTasks([one, one], 5)).toEqual([one]);
  expect(distinctTasks([one], 5, [one])).toEqual([]);
});
