import { expect, test } from "vitest";
import { saidIn, textFields, textsOf } from "./row-texts.ts";

test("the columns are the fields that hold texts, in each format", () => {
  const turns = [{ role: "user", content: "Hi?" }];
  expect(textFields({ prompt: "Hi?", chosen: "Yes.", rejected: "No.", prompt_id: "p", k: 2, labeler: "ada" })).toEqual([
    "prompt",
    "chosen",
    "rejected",
  ]);
  expect(textFields({ messages: turns })).toEqual(["messages"]);
  expect(
    textFields({ input: { messages: turns, tools: [] }, preferred_output: turns, non_preferred_output: turns }),
  ).toEqual(["input", "preferred_output", "non_preferred_output"]);
  expect(textFields({ prompt: turns, prompt_id: "p", answers: [{ id: "a", text: "Yes." }], tiers: [[0]] })).toEqual([
    "prompt",
    "answers",
  ]);
  expect(textFields({ prompt: turns, completion: turns, label: true })).toEqual(["prompt", "completion", "label"]);
});

test("a text is told with who says it, or with its rank", () => {
  expect(saidIn([{ from: "human", value: "Hi?" }])).toEqual([{ by: "human", text: "Hi?" }]);
  expect(saidIn([{ answer: "Yes.", rank: 1 }])).toEqual([{ by: "Rank 1", text: "Yes." }]);
  expect(saidIn([{ rank: 0, completion: [{ role: "assistant", content: "Yes." }] }])).toEqual([
    { by: "Rank 0", text: "Yes." },
  ]);
  expect(saidIn(5)).toEqual([]);
  expect(textsOf({ answers: [{ text: "Yes." }, { text: "No." }], tiers: [[1], [0]] }, "answers")).toEqual([
    { by: "Rank 2", text: "Yes." },
    { by: "Rank 1", text: "No." },
  ]);
});
