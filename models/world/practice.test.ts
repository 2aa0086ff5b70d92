import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { messagesOf } from "../../lib/vocabulary/conversation.ts";
import { Random } from "../random.ts";
import { readText } from "./answer-text.ts";
import { flaggedIn } from "./flagged.ts";
import { mistyped, outsidePrompt } from "./outside.ts";
import { outsideWords } from "./outside-words.ts";
import { coreOf, partOfPrompt } from "./parts.ts";
import { isDeclining, practiceDemonstrations } from "./practice.ts";
import { strangers } from "./things.ts";

const some = practiceDemonstrations(1, "train").take(4_000).toArray();
const lastTurn = (prompt: (typeof some)[number]["prompt"]) => messagesOf(prompt).at(-1)!.content;

test("equal seeds give equal demonstrations, and parts share no prompt", () => {
  expect(practiceDemonstrations(1, "train").take(50).toArray()).toEqual(some.slice(0, 50));
  expect(some.every(({ prompt }) => partOfPrompt(prompt) === "train")).toBe(true);
  const held = practiceDemonstrations(1, "test").take(50).toArray();
  expect(held.every(({ prompt }) => partOfPrompt(prompt) === "test")).toBe(true);
});

test("what is asked outside is declined and what is asked inside is answered, without a flagged word", () => {
  const outside = some.filter((one) => one.outside);
  expect(outside.length / some.length).toBeGreaterThan(0.3);
  expect(outside.length / some.length).toBeLessThan(0.45);
  expect(outside.every(({ answer }) => isDeclining(answer))).toBe(true);
  expect(some.filter((one) => !one.outside && isDeclining(one.answer))).toEqual([]);
  expect(some.filter(({ answer }) => flaggedIn(readText(answer)).count > 0)).toEqual([]);
});

test("a mixture says how many are from outside, and whether the valley's rare use cases are among them", () => {
  const mixed = (evenShare: number) =>
    practiceDemonstrations(2, "train", { outsideShare: 0.1, evenShare }).take(2_000).toArray();
  const [usual, even] = [mixed(0), mixed(1)];
  for (const list of [usual, even]) {
    const share = list.filter((one) => one.outside).length / list.length;
    expect(share).toBeGreaterThan(0.09);
    expect(share).toBeLessThan(0.17);
  }
  const sums = (list: typeof even) => list.filter(({ prompt }) => /\d [-+] \d/.test(lastTurn(prompt))).length;
  expect(sums(even)).toBeGreaterThan(1.5 * sums(usual));
});

test("two prompts in a hundred at most are declined in the same words as another", () => {
  const answers = some.filter((one) => one.outside).map(({ answer }) => answer);
  expect(new Set(answers).size / answers.length).toBeGreaterThan(0.9);
});

test("requests from outside have a word in every gap, and many different ones", () => {
  const r = new Random(7);
  const prompts = Array.from({ length: 5_000 }, () => messagesOf(outsidePrompt(r)).map(({ content }) => content));
  for (const text of prompts.flat()) expect(text).not.toMatch(/undefined is|\{(a |the |capital:)?\w+\}|^\s*$/);
  expect(new Set(prompts.map((one) => one.join("\n"))).size).toBeGreaterThan(3_500);
});

test("what the valley has stories about is not taken for the world outside", () => {
  const words = new Set<string>(Object.values(outsideWords).flat());
  expect(strangers.filter((word) => words.has(word))).toEqual([]);
});

test("a mistyped text differs in as many places as it is told", () => {
  const text = "what does an owl eat in winter";
  expect(mistyped(new Random(1), text, 0)).toBe(text);
  expect(mistyped(new Random(1), text, 1)).not.toBe(text);
});

const data = join(import.meta.dirname, "..", "..", "..", "shared", "data");
test.skipIf(!existsSync(data))("none of the published prompts that it is measured on is among them", () => {
  const lines = (name: string) =>
    readFileSync(join(data, name), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const published = [
    ...lines("mt-bench-questions.jsonl").flatMap(({ turns }) => turns as string[]),
    ...lines("self-instruct-seed-tasks.jsonl").map(({ instruction }) => instruction as string),
  ].map(coreOf);
  const learned = new Set(some.filter((one) => one.outside).map(({ prompt }) => coreOf(lastTurn(prompt))));
  expect(published.filter((text) => learned.has(text))).toEqual([]);
});
