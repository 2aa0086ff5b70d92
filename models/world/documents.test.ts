// The corpus as a whole: repeatable, never twice the same, in good order, of the promised size and mixture.
import { describe, expect, test } from "vitest";
import { asDocument, documents, tasks } from "./documents.ts";
import { boys, girls, people } from "./people.ts";

const sample = documents(1).take(20_000).toArray();
const requests = tasks(2).take(20_000).toArray();

describe("the stream", () => {
  test("is the same for the same seed and another for another", () => {
    expect(documents(1).take(500).toArray()).toEqual(sample.slice(0, 500));
    const other = documents(3).take(500).toArray();
    expect(other.filter((text, i) => text === sample[i])).toEqual([]);
  });

  test("gives no document twice", () => {
    expect(new Set(sample).size).toBe(sample.length);
    expect(new Set(requests.map(asDocument)).size).toBe(requests.length);
  });

  test("keeps validation apart from training, whatever the seeds", () => {
    const train = new Set(documents(1, "train").take(20_000));
    const validation = documents(2, "validation").take(300).toArray();
    expect(validation.filter((text) => train.has(text))).toEqual([]);
    // Without the parts, the small world repeats short questions under another seed.
    const all = new Set(sample);
    expect(requests.some((task) => all.has(asDocument(task)))).toBe(true);
  });

  test("holds at least 70 % requests with answers, written as one prompt, one empty line, one answer", () => {
    const withAnswer = sample.filter((text) => text.includes("\n\n"));
    expect(withAnswer.length / sample.length).toBeGreaterThan(0.7);
    expect(withAnswer.filter((text) => text.split("\n\n").length !== 2)).toEqual([]);
  });

  test("covers all ten use cases", () => {
    const count = (useCase: string) => requests.filter((task) => task.useCase === useCase).length / requests.length;
    const useCases = [...new Set(requests.map((task) => task.useCase))].sort();
    expect(useCases).toEqual([
      "brainstorming",
      "chat",
      "classification",
      "closed QA",
      "extract",
      "generation",
      "open QA",
      "other",
      "rewrite",
      "summarization",
    ]);
    for (const useCase of useCases) expect(count(useCase), useCase).toBeGreaterThan(0.015);
  });
});

describe("the language", () => {
  test("has some hundred common words, so that a small model can know them all", () => {
    const names = new Set(
      [...girls, ...boys, ...people.map((person) => person.name)].map((name) => name.toLowerCase()),
    );
    const counts = new Map<string, number>();
    for (const text of sample) {
      for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    const common = [...counts].filter(([word, count]) => count >= 40 && !names.has(word));
    expect(common.length).toBeGreaterThan(700);
    expect(common.length).toBeLessThan(1_300);
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    expect(common.reduce((sum, [, count]) => sum + count, 0) / all).toBeGreaterThan(0.9);
  });

  test("has no slips of the templates", () => {
    const slips: [string, RegExp][] = [
      ["a hole in a template", /undefined|NaN\b|\[object|null|\p{Co}|\$\{/u],
      ["two spaces, or a space at an end of a line", / {2}|^ | $/m],
      ["a before a vowel", /\b[Aa] (?!one\b|uni|use)[aeiou]/],
      ["an before a consonant", /\b[Aa]n (?![aeiouAEIOU])/],
      ["a space before a mark", / [.,;?!]/],
      ["two marks", /\.\.|,,|\?\?|,\.|\.,|\.\?|:\.|\?\./],
      ["the same article twice", /\b(a|an) (a|an|the|some)\b(?! or\b)/],
      ["a sentence without a capital", /[a-z]{3}\. [a-z]/],
      ["a singular verb with a plural", /\bThere was \w+ \w+s for\b/],
    ];
    // The correction tasks show mistakes on purpose, in the prompt.
    const texts = requests.map((task) => (task.useCase === "rewrite" ? task.answer : asDocument(task)));
    for (const [name, slip] of slips) {
      const found = texts.filter((text) => slip.test(text)).slice(0, 3);
      expect(found, name).toEqual([]);
    }
  });

  test("closes what it opens: quotes in pairs, stories end with a mark", () => {
    expect(sample.filter((text) => (text.match(/"/g) ?? []).length % 2 !== 0)).toEqual([]);
    expect(sample.filter((text) => !text.includes("\n") && !/[.!?]"?$/.test(text))).toEqual([]);
    expect(requests.filter(({ prompt, answer }) => prompt.trim() !== prompt || answer.trim() !== answer)).toEqual([]);
    expect(requests.filter(({ answer }) => answer === "")).toEqual([]);
  });

  test("fits into a context of 256 tokens: no document has 900 characters", () => {
    expect(Math.max(...sample.map((text) => text.length))).toBeLessThan(900);
  });
});

describe("the requests", () => {
  const stories = requests.filter((task) => task.useCase === "generation" && /story|tale/i.test(task.prompt));

  test("for stories about something get stories about it", () => {
    let checked = 0;
    for (const { prompt, answer } of stories) {
      const topic = /(?:story|tale) about (?:an?|the) (\w+)(?: and an? (\w+))?[.?]?$/i.exec(prompt);
      const given = [topic?.[1], topic?.[2]].filter((word): word is string => word !== undefined);
      const themes = ["race", "storm", "treasure", "old", "birthday", "gift", "strange", "small"];
      if (given.length === 0 || given.some((word) => themes.includes(word))) continue;
      checked++;
      for (const word of given) expect(answer.toLowerCase(), prompt).toContain(word);
    }
    expect(checked).toBeGreaterThan(400);
  });

  test("for stories at a place get stories there", () => {
    const placed = stories.filter(({ prompt }) => /about an? \w+ (in|on|by|at) the \w+\W*$/.test(prompt));
    expect(placed.length).toBeGreaterThan(100);
    for (const { prompt, answer } of placed) expect(answer, prompt).toContain(/the \w+(?=\W*$)/.exec(prompt)![0]);
  });

  test("for three sentences get three", () => {
    const short = stories.filter(({ prompt }) => /three sentences|3 sentences/.test(prompt));
    expect(short.length).toBeGreaterThan(50);
    for (const { answer } of short) expect(answer.match(/[.!?](?= |$)/g), answer).toHaveLength(3);
  });

  test("come in many wordings, and the same wish has many answers", () => {
    const fox = stories.filter(({ prompt }) => /about a fox\W*$/.test(prompt));
    expect(new Set(fox.map(({ prompt }) => prompt)).size / fox.length).toBeGreaterThan(0.6);
    expect(new Set(fox.map(({ answer }) => answer)).size).toBe(fox.length);
  });
});
