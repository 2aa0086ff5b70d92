// Every sum, difference, comparison and order that the corpus teaches is calculated again.
import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { arithmetic } from "./arithmetic.ts";
import type { Request } from "./asking.ts";
import { number } from "./english.ts";

const words = new Map(Array.from({ length: 41 }, (_, n) => [number(n), n]));
const numberPattern = [...words.keys(), "\\d+"].sort((a, b) => b.length - a.length).join("|");
const numbersIn = (text: string): number[] =>
  [...text.toLowerCase().matchAll(new RegExp(`\\b(${numberPattern})\\b`, "g"))].map(
    ([word]) => words.get(word) ?? Number(word),
  );

const r = new Random(21);
const tasks = Array.from({ length: 6_000 }, () => arithmetic(r));
const matching = (pattern: RegExp): Request[] => {
  const found = tasks.filter((task) => pattern.test(task.prompt));
  expect(found.length, String(pattern)).toBeGreaterThan(30);
  return found;
};
const answers = (task: Request, result: number) =>
  expect(numbersIn(task.answer), `${task.prompt} → ${task.answer}`).toContain(result);

test("sums and differences", () => {
  for (const task of matching(/\d \+ \d|plus/)) {
    const [x, y] = numbersIn(task.prompt) as [number, number];
    answers(task, x + y);
  }
  for (const task of matching(/\d - \d|minus/)) {
    const [x, y] = numbersIn(task.prompt) as [number, number];
    answers(task, x - y);
  }
  for (const task of matching(/take \S+ away from/i)) {
    const [y, x] = numbersIn(task.prompt) as [number, number];
    answers(task, x - y);
  }
});

test("little problems: getting more, giving away, paying for two", () => {
  for (const task of matching(/gets? \S+ more|puts in|gives \S+ \S+ more/)) {
    const [x, y] = numbersIn(task.prompt.replace(/A friend/, "")) as [number, number];
    answers(task, x + y);
  }
  for (const task of matching(/gives away|lost\.|takes/)) {
    const [x, y] = numbersIn(task.prompt) as [number, number];
    answers(task, x - y);
  }
  for (const task of matching(/costs? \S+ coins? and/)) {
    const [x, y] = numbersIn(task.prompt) as [number, number];
    answers(task, x + y);
  }
});

test("no answer names another result", () => {
  for (const task of matching(/^[\d +=-]+$/)) {
    const [x, y] = numbersIn(task.prompt) as [number, number];
    const result = task.prompt.includes("+") ? x + y : x - y;
    for (const n of numbersIn(task.answer)) expect([x, y, result], `${task.prompt} → ${task.answer}`).toContain(n);
    expect(result).toBeGreaterThanOrEqual(0);
    expect(result).toBeLessThanOrEqual(20);
  }
});

test("comparisons, neighbours, doubles and halves", () => {
  for (const task of matching(/(bigger|larger|greater|smaller)/)) {
    const [x, y] = numbersIn(task.prompt) as [number, number];
    expect(numbersIn(task.answer)[0], task.prompt).toBe(/smaller/.test(task.prompt) ? Math.min(x, y) : Math.max(x, y));
  }
  for (const task of matching(/comes (after|before)/)) {
    const [n] = numbersIn(task.prompt) as [number];
    answers(task, /after/.test(task.prompt) ? n + 1 : n - 1);
  }
  for (const task of matching(/two times|twice/)) answers(task, 2 * numbersIn(task.prompt).at(-1)!);
  for (const task of matching(/half of/)) answers(task, numbersIn(task.prompt)[0]! / 2);
});

test("counting and sorting", () => {
  for (const task of matching(/count (from|back|down)/i)) {
    const [from, to] = numbersIn(task.prompt) as [number, number];
    const step = Math.sign(to - from);
    const expected = Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => from + i * step);
    expect(numbersIn(task.answer)).toEqual(expected);
  }
  for (const task of matching(/sort these/i)) {
    const sorted = numbersIn(task.prompt.split(":")[1]!).toSorted((x, y) => x - y);
    expect(numbersIn(task.answer)).toEqual(/big to small/.test(task.prompt) ? sorted.toReversed() : sorted);
  }
});
