// The corpus as a whole: repeatable, never twice the same, of the promised mixture, in a language a small model can learn.
import { describe, expect, test } from "vitest";
import { messagesOf, promptText } from "../../lib/vocabulary/conversation.ts";
import { documents } from "./documents.ts";
import { partOf } from "./parts.ts";
import { boys, girls, people } from "./people.ts";
import { tasks } from "./tasks.ts";

const sample = documents(1).take(20_000).toArray();
const isChat = (text: string) => /^(User|System): /.test(text);

describe("the stream", () => {
  test("is the same for the same seed and another for another", () => {
    expect(documents(1).take(500).toArray()).toEqual(sample.slice(0, 500));
    const other = documents(3).take(500).toArray();
    expect(other.filter((text, i) => text === sample[i])).toEqual([]);
  });

  test("gives no document twice", () => {
    expect(new Set(sample).size).toBe(sample.length);
  });

  test("keeps validation and test apart from training, whatever the seeds", () => {
    const train = new Set(documents(1, "train").take(20_000));
    for (const part of ["validation", "test"] as const) {
      const held = documents(2, part).take(1_000).toArray();
      expect(held.filter((text) => train.has(text))).toEqual([]);
    }
    // Without the parts, the small world repeats short texts under another seed.
    const all = new Set(sample);
    expect(
      documents(2)
        .take(5_000)
        .some((text) => all.has(text)),
    ).toBe(true);
  });

  test("has no prompt of another part on a page, whatever was answered", () => {
    for (const text of documents(7, "train").take(5_000)) {
      for (const [, prompt] of text.matchAll(/^User: (.*)\n(?=Assistant:\n)/gm)) {
        expect(partOf(prompt!), text).toBe("train");
      }
    }
  });

  test("has no held-out question on any page for training", () => {
    const held = new Set(
      tasks(1, "test")
        .take(3_000)
        .map(({ prompt }) => promptText(messagesOf(prompt))),
    );
    const seen = documents(1, "train")
      .take(20_000)
      .filter((text) => {
        const lines = text.split("\n").map((line) => line.replace(/^(User|Question|Q|[A-Z][a-z]+): /, ""));
        // Few-shot prompts have several lines, and no speaker on these pages.
        return lines.some((line) => held.has(line)) || held.has(text.replace(/(?<=Output:) .*$/, ""));
      });
    expect(seen.toArray()).toEqual([]);
  });

  test("is two thirds prompts with answers, and a twelfth few-shot pages and questions", () => {
    const share = (test: (text: string) => boolean) => sample.filter(test).length / sample.length;
    expect(share(isChat)).toBeGreaterThan(0.6);
    expect(share(isChat)).toBeLessThan(0.7);
    expect(share((text) => !isChat(text) && /\n\nInput: .*\nOutput: \S+/.test(text))).toBeGreaterThan(0.03);
    expect(share((text) => /^(Question|Q): .*\n(Answer|A): /.test(text))).toBeGreaterThan(0.015);
  });

  test("has pages that go on with the person's next turn, pages of several exchanges, and pages that stop in the middle", () => {
    const chats = sample.filter(isChat);
    expect(chats.filter((text) => /\nAssistant:\n[\s\S]*\nUser: /.test(text)).length / chats.length).toBeGreaterThan(
      0.08,
    );
    const turns = (text: string) => text.match(/^User: /gm)?.length ?? 0;
    expect(chats.filter((text) => turns(text) === 4).length / chats.length).toBeGreaterThan(0.01);
    const open = chats.filter((text) => /[a-z,]$/.test(text));
    expect(open.length / chats.length).toBeGreaterThan(0.05);
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
    expect(common.reduce((sum, [, count]) => sum + count, 0) / all).toBeGreaterThan(0.85);
  });

  test("has no slips of the templates where answers are good", () => {
    const slips: [string, RegExp][] = [
      ["a hole in a template", /undefined|NaN\b|\[object|null|\p{Co}|\$\{/u],
      ["two spaces, or a space at an end of a line", / {2}|^ | $/m],
      ["a before a vowel", /\b[Aa] (?!one\b|uni|use)[aeiou]/],
      ["an before a consonant", /\b[Aa]n (?![aeiouAEIOU])/],
      ["a space before a mark", / [.,;?!]/],
      ["two marks", /\.\.|,,|\?\?|,\.|\.,|\.\?|:\.|\?\./],
      ["the same article twice", /\b(a|an) (a|an|the|some)\b(?! or\b)/],
      ["a sentence without a capital", /[a-z]{3}\. [a-z]/],
      ["a quote that is not closed", /^[^"]*("[^"]*"[^"]*)*"[^"]*$(?<!"[^"]*"[^"]*)/],
    ];
    const texts = tasks(2)
      .take(20_000)
      .flatMap((task) => [task.answer, ...task.otherAnswers])
      .toArray();
    for (const [name, slip] of slips) expect(texts.filter((text) => slip.test(text)).slice(0, 3), name).toEqual([]);
    expect(texts.filter((text) => text !== text.trim() || text === "")).toEqual([]);
  });

  test("fits into a context of 512 tokens: no document has 1,700 characters", () => {
    expect(Math.max(...sample.map((text) => text.length))).toBeLessThan(1_700);
  });
});
