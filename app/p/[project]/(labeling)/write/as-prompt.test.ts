import { describe, expect, it, test } from "vitest";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import { newPrompt } from "../../../../../lib/vocabulary/shapes.ts";
import { asksNothing, messagesOfForm, newPromptOf, problemOf, problemOfPrompt } from "./as-prompt.ts";
import { emptyForm as emptyFormOf, type PromptForm } from "./prompt-form.ts";

const emptyForm: PromptForm = { ...emptyFormOf("5f0c3d9a1b7e42860f93ac1d"), useCase: "generation" };
const plain: PromptForm = { ...emptyForm, turns: ["Tell me of foxes."] };
const chat: PromptForm = { ...emptyForm, system: "Be brief.", turns: ["Hi.", "Hello!", "And now?"] };
const described: PromptForm = { ...plain, kind: "user-based", scenarioId: "s1" };
const fewShot: PromptForm = {
  ...emptyForm,
  kind: "few-shot",
  useCase: "rewrite",
  instruction: "Say the opposite.",
  examples: [
    { key: 4, query: "hot", response: "cold" },
    { key: 5, query: " ", response: "" },
  ],
  query: "up",
  demonstration: "down",
};

describe("what the form says", () => {
  it("is what the model would be asked", () => {
    expect(messagesOfForm(plain)).toEqual([{ role: "user", content: "Tell me of foxes." }]);
    expect(messagesOfForm(chat).map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(messagesOfForm({ ...fewShot, system: "Be brief." })).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Say the opposite.\n\nInput: hot\nOutput: cold\n\nInput: up\nOutput:" },
    ]);
  });

  it.each([plain, chat, described, fewShot])("is taken by the API as it is: %#", (form) => {
    expect(problemOf(form)).toBeNull();
    const sent = newPrompt.parse(newPromptOf(form));
    expect(sent).toMatchObject({ kind: form.kind, useCase: form.useCase });
    if (sent.kind === "few-shot") {
      expect(sent).toMatchObject({ shots: [{ query: "hot", response: "cold" }], query: "up", demonstration: "down" });
    } else {
      expect(sent.prompt).toEqual(messagesOfForm(form));
      expect(sent).not.toHaveProperty("demonstration");
    }
  });

  it("is nothing as long as nothing is asked", () => {
    expect(asksNothing({ ...emptyForm, system: "Be brief.", demonstration: "x" })).toBe(true);
    expect(asksNothing({ ...plain, kind: "few-shot" })).toBe(true);
    expect(asksNothing(plain)).toBe(false);
    expect(asksNothing({ ...fewShot, instruction: "", query: "" })).toBe(false);
  });
});

test("what is wrong with the prompt as a whole is mended in its longest text", () => {
  expect(problemOfPrompt(chat, "Too long.")).toEqual({ field: "turn.2", sentence: "Too long." });
  expect(problemOfPrompt(fewShot, "Too long.").field).toBe("instruction");
});

describe("what is wrong with it", () => {
  it.each<[string, PromptForm, string]>([
    ["no prompt", { ...plain, turns: [" \n"] }, "turn.0"],
    ["an empty turn", { ...chat, turns: ["Hi.", "", "And now?"] }, "turn.1"],
    ["no description", { ...described, scenarioId: null }, "scenario"],
    ["no instruction", { ...fewShot, instruction: "" }, "instruction"],
    [
      "an example without output",
      { ...fewShot, examples: [{ key: 7, query: "hot", response: "" }] },
      "example.7.response",
    ],
    [
      "an example without input",
      { ...fewShot, examples: [{ key: 7, query: "", response: "cold" }] },
      "example.7.query",
    ],
    ["no example", { ...fewShot, examples: [{ key: 2, query: "", response: "" }] }, "example.2.query"],
    ["no input to answer", { ...fewShot, query: "" }, "query"],
    ["no use case, said last", { ...plain, useCase: null }, "useCase"],
    ["a prompt too long", { ...plain, turns: ["x".repeat(limits.promptCharacters + 1)] }, "turn.0"],
    ["a demonstration too long", { ...plain, demonstration: "x".repeat(limits.answerCharacters + 1) }, "demonstration"],
  ])("is %s, at its field, in a sentence; and the API says no too", (_, form, field) => {
    const problem = problemOf(form);
    expect(problem?.field).toBe(field);
    expect(problem?.sentence).toMatch(/^[A-Z].*\.$/);
    if (field !== "scenario" && field !== "useCase") expect(newPrompt.safeParse(newPromptOf(form)).success).toBe(false);
  });
});
