import { expect, test } from "vitest";
import { isOneSource, namesItsModel } from "./names-its-model.ts";

test.each([
  ["world-6m", "I am World-6M, a small model.", true],
  ["world-6m", "The world is 6 metres wide.", false],
  ["world-6m", "An otherworld-6m is another.", false],
  ["Qwen/Qwen2.5-7B-Instruct", "Hello! I am Qwen, made to help.", true],
  ["Qwen/Qwen2.5-7B-Instruct", "I run Qwen2.5-7B-Instruct.", true],
  ["gpt-4o-mini", "As ChatGPT, I cannot taste fish.", true],
  ["gpt-4o-mini", "As Claude, I cannot taste fish.", false],
  ["meta-llama/Llama-3-8B", "A llama is no alpaca.", false],
  ["fox", "The fox went home.", false],
  ["c++(1)", "It is written in c++(1).", true],
])("%s: %s", (model, text, named) => {
  expect(namesItsModel(model, text)).toBe(named);
});

test("answers of one source differ in neither model nor settings; a person is none", () => {
  const one = { modelId: "a", temperature: 0.7, topP: 1 };
  const person = { modelId: null, temperature: null, topP: null };
  expect(isOneSource([one, { ...one }, one])).toBe(true);
  for (const other of [{ ...one, modelId: "b" }, { ...one, temperature: 0 }, { ...one, topP: 0.5 }, person]) {
    expect([other, isOneSource([one, other]), isOneSource([other, one])]).toEqual([other, false, false]);
  }
  expect(isOneSource([person, person])).toBe(false);
});
