// The prompts of the first start: all ten use cases, no twins, nothing the world has no words for.
import { expect, test } from "vitest";
import { promptText, turnsProblem } from "../../lib/vocabulary/conversation.ts";
import { documents } from "./documents.ts";
import { worldPrompts } from "./prompts.ts";

test("cover the ten use cases, most of them more than once", () => {
  const count = new Map<string, number>();
  for (const { useCase } of worldPrompts) count.set(useCase, (count.get(useCase) ?? 0) + 1);
  expect(count.size).toBe(10);
  expect(worldPrompts.length).toBeGreaterThanOrEqual(38);
  expect(count.get("generation")!).toBe(Math.max(...count.values()));
});

test("are different texts without stray spaces", () => {
  expect(new Set(worldPrompts.map(({ text }) => text)).size).toBe(worldPrompts.length);
  for (const { text } of worldPrompts) {
    expect(text).toBe(text.trim());
    expect(text).not.toMatch(/ {2}/);
    expect(text).toMatch(/[.!?]$|\nOutput:$/);
  }
});

test("have examples, turns and system messages among them, each in good order", () => {
  const talks = worldPrompts.flatMap(({ text, messages }) => (messages ? [{ text, messages }] : []));
  expect(talks.some(({ messages }) => messages.length > 2)).toBe(true);
  expect(talks.some(({ messages }) => messages[0]!.role === "system")).toBe(true);
  expect(worldPrompts.filter(({ text }) => text.endsWith("\nOutput:")).length).toBeGreaterThan(1);
  for (const { text, messages } of talks) {
    expect(turnsProblem(messages)).toBeNull();
    expect(text).toBe(promptText(messages));
  }
});

test("use only words that the model has met", () => {
  const met = new Set<string>();
  for (const text of documents(5).take(15_000))
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) met.add(word);
  const unknown = worldPrompts
    .flatMap(({ text }) => text.toLowerCase().match(/\p{L}+/gu) ?? [])
    .filter((word) => !met.has(word));
  expect(unknown).toEqual([]);
});
