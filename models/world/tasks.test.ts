// Requests and demonstrations: shares as in InstructGPT, every form of prompt, parts apart, answers that are asked for.
import { describe, expect, test } from "vitest";
import { fewShotText, messagesOf, promptText, turnsProblem } from "../../lib/vocabulary/conversation.ts";
import { useCases } from "../../lib/vocabulary/labeling.ts";
import { readText } from "./answer-text.ts";
import type { Task } from "./asking.ts";
import { meets } from "./constraints.ts";
import { judge } from "./judge.ts";
import { asDocument } from "./pages.ts";
import { partOf } from "./parts.ts";
import { tasks } from "./tasks.ts";

const all = tasks(2).take(20_000).toArray();
const textOf = ({ prompt }: Task) => promptText(messagesOf(prompt));
const share = (test: (task: Task) => boolean) => all.filter(test).length / all.length;

describe("the stream", () => {
  test("is the same for the same seed, and never gives prompt and answer twice", () => {
    expect(tasks(2).take(200).toArray()).toEqual(all.slice(0, 200));
    expect(new Set(all.map(asDocument)).size).toBe(all.length);
  });

  test("has InstructGPT's use cases in about its shares", () => {
    const shares = [45.6, 12.4, 11.2, 8.4, 6.6, 4.2, 3.5, 3.5, 2.6, 1.9];
    useCases.forEach((useCase, i) => {
      const found = 100 * share((task) => task.useCase === useCase);
      // A few makers lend a prompt to a neighbouring use case (advice is chat or other).
      expect(Math.abs(found - shares[i]!), `${useCase}: ${found} %`).toBeLessThan(3);
    });
  });

  test("puts prompts plainly, with examples, in turns, and under a system message", () => {
    expect(share(({ form }) => form === "plain")).toBeGreaterThan(0.6);
    for (const form of ["few-shot", "multi-turn", "system"] as const) {
      expect(
        share((task) => task.form === form),
        form,
      ).toBeGreaterThan(0.03);
    }
    expect(share(({ constraints }) => constraints.length > 0)).toBeGreaterThan(0.15);
  });

  test("keeps the parts apart, also for prompts that differ in capitals, marks or politeness only", () => {
    const core = (task: Task) =>
      textOf(task)
        .toLowerCase()
        .replace(/\b(please|can you|could you)\b/g, "")
        .replace(/[^a-z0-9]+/g, " ")
        .trim();
    const train = new Set(tasks(1, "train").take(20_000).map(core));
    for (const part of ["validation", "test"] as const) {
      const held = tasks(5, part).take(1_000).toArray();
      expect(held.filter((task) => train.has(core(task))).map(textOf)).toEqual([]);
    }
    expect(partOf("What does an owl eat?")).toBe(partOf("please tell me, what does an owl eat"));
  });
});

describe("the forms", () => {
  test("few-shot prompts are those of fewShotText", () => {
    for (const task of all.filter(({ form }) => form === "few-shot")) {
      const [instruction, ...blocks] = textOf(task).split("\n\n");
      const shots = blocks.map((block) => /^Input: (.*)\nOutput:(?: (.*))?$/.exec(block)!);
      const last = shots.pop()!;
      const again = fewShotText(
        instruction!,
        shots.map(([, query, response]) => ({ query: query!, response: response! })),
        last[1]!,
      );
      expect(textOf(task)).toBe(again);
    }
  });

  test("turns alternate and end with the person", () => {
    for (const task of all.filter(({ prompt }) => typeof prompt !== "string")) {
      expect(turnsProblem(messagesOf(task.prompt))).toBeNull();
    }
  });

  test("a page is the chat template's text", () => {
    expect(asDocument({ prompt: "Hi.", answer: "Hello!" })).toBe("User: Hi.\nAssistant:\nHello!");
    const prompt = [
      { role: "system", content: "Be kind." },
      { role: "user", content: "Hi." },
      { role: "assistant", content: "Hello!" },
      { role: "user", content: "Who?" },
    ] as const;
    expect(asDocument({ prompt, answer: "Me." })).toBe(
      "System: Be kind.\nUser: Hi.\nAssistant:\nHello!\nUser: Who?\nAssistant:\nMe.",
    );
  });
});

describe("the demonstrations", () => {
  const judged = all.flatMap((task) =>
    [task.answer, ...task.otherAnswers].map((answer) => ({ task, answer, score: judge(task, answer).score })),
  );

  test("are good by the gold judge: nearly all above 0.9, none off the task", () => {
    const low = judged.filter(({ score }) => score < 0.9);
    expect(low.length / judged.length).toBeLessThan(0.03);
    const bad = judged.filter(({ score }) => score < 0.4);
    expect(bad.map(({ task, answer }) => `${textOf(task)} → ${answer}`)).toEqual([]);
  });

  test("meet their constraints", () => {
    for (const { task, answer } of judged) {
      for (const constraint of task.constraints) {
        expect(meets(constraint, readText(answer)), `${textOf(task)} → ${answer}`).toBe(1);
      }
    }
  });

  test("come in several wordings", () => {
    expect(share(({ otherAnswers }) => otherAnswers.length > 0)).toBeGreaterThan(0.6);
    expect(all.filter(({ answer, otherAnswers }) => otherAnswers.includes(answer))).toEqual([]);
  });

  const stories = all.filter(
    (task) => task.form === "plain" && task.want.kind === "text" && task.want.form === "story",
  );

  test("of stories about something are about it", () => {
    let checked = 0;
    for (const { prompt, answer } of stories) {
      const topic = /(?:story|tale) about (?:an?|the) (\w+)(?: and an? (\w+))?[.?]?$/i.exec(prompt as string);
      const given = [topic?.[1], topic?.[2]].filter((word): word is string => word !== undefined);
      const themes = ["race", "storm", "treasure", "old", "birthday", "gift", "strange", "small"];
      if (given.length === 0 || given.some((word) => themes.includes(word))) continue;
      checked++;
      for (const word of given) expect(answer.toLowerCase(), prompt as string).toContain(word);
    }
    expect(checked).toBeGreaterThan(300);
  });

  test("of stories in three sentences have three", () => {
    const short = stories.filter(
      ({ prompt, constraints }) => /three sentences|3 sentences/.test(prompt as string) && constraints.length === 0,
    );
    expect(short.length).toBeGreaterThan(50);
    for (const { answer } of short) expect(readText(answer).sentences, answer).toHaveLength(3);
  });
});
