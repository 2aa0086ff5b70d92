import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addPrompt } from "../../db/database.fixture.ts";
import {
  addTinyModels,
  type Installation,
  plain,
  readyComparison,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { type Message, promptText } from "../vocabulary/conversation.ts";
import type { NewPrompt } from "../vocabulary/shapes.ts";
import { createDemonstration } from "./demonstrations.ts";
import { createPrompt, getPrompt, listPrompts } from "./prompts.ts";
import { addScenario, retireScenario } from "./scenarios.ts";
import { splitOf } from "./split.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
});
afterEach(() => installation.remove());

const turns: Message[] = [
  { role: "system", content: "Be short." },
  { role: "user", content: "What do otters eat?" },
  { role: "assistant", content: "Fish." },
  { role: "user", content: "And what else?" },
];

test("pages go from the newest to the oldest, each prompt once, also while new ones are written", async () => {
  const { labeler } = installation.as;
  for (let i = 0; i < 7; i++) await createPrompt(labeler, plain(`prompt ${i}`));
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listPrompts(labeler, { cursor, limit: 3 });
    seen.push(...page.items.map((one) => one.text));
    cursor = page.next ?? undefined;
    await createPrompt(labeler, plain("meanwhile"));
  } while (cursor);
  expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((i) => `prompt ${i}`));
});

test("a prompt shows its demonstrations and comparisons, counted", async () => {
  const { labeler, other } = installation.as;
  await addTinyModels(installation);
  const made = await createPrompt(labeler, plain("Hi", "chat", "Hello."));
  expect(made).toMatchObject({ author: "labeler", demonstrations: 1, comparisons: 0 });
  await createPrompt(other, plain("Another", "other"));
  await createDemonstration(other, { promptId: made.id, text: "Good day." });
  const { id } = await readyComparison(labeler, made.id, ["a", "b", "c"]);
  expect(await getPrompt(other, { id: made.id })).toMatchObject({
    demonstrations: 2,
    comparisons: 1,
    demonstrationList: [
      { text: "Hello.", author: "labeler", version: 1, state: "unreviewed", review: null },
      { text: "Good day.", author: "other" },
    ],
    comparisonList: [{ id, state: "ready", k: 3 }],
  });
});

describe("writing", () => {
  test("a plain prompt is one question, or turns that are kept as they are", async () => {
    const { writer } = installation.as;
    const question = await createPrompt(writer, plain("Hi"));
    expect(question).toMatchObject({ kind: "plain", text: "Hi", messages: [{ role: "user", content: "Hi" }] });
    const conversation = await createPrompt(writer, plain(turns, "open QA"));
    expect(conversation).toMatchObject({ messages: turns, text: promptText(turns), useCase: "open QA" });
    const { items } = await listPrompts(writer, { limit: 10 });
    expect(items).toEqual([conversation, question]);
    expect(await getPrompt(writer, { id: question.id })).toMatchObject({
      fewShot: null,
      scenario: null,
      resampledFrom: null,
    });
  });

  const fewShot: NewPrompt & { kind: "few-shot" } = {
    kind: "few-shot",
    instruction: "Say the opposite.",
    shots: [
      { query: "hot", response: "cold" },
      { query: "long", response: "short" },
    ],
    query: "up",
    useCase: "rewrite",
  };

  test("a few-shot prompt is one turn of the person, and what it was composed of is kept", async () => {
    const { writer } = installation.as;
    const { id, ...made } = await createPrompt(writer, { ...fewShot, demonstration: "down" });
    const content = "Say the opposite.\n\nInput: hot\nOutput: cold\n\nInput: long\nOutput: short\n\nInput: up\nOutput:";
    expect(made).toMatchObject({ kind: "few-shot", text: content, messages: [{ role: "user", content }] });
    const { instruction, shots, query } = fewShot;
    expect((await getPrompt(writer, { id })).fewShot).toEqual({ instruction, shots, query });

    const ruled = await createPrompt(writer, { ...fewShot, system: "One word only." });
    expect(ruled.messages).toEqual([
      { role: "system", content: "One word only." },
      { role: "user", content },
    ]);
  });

  test("a few-shot prompt of parts that are too long together is refused", async () => {
    const { writer } = installation.as;
    const shots = Array.from({ length: 3 }, (_, i) => ({ query: `${i}`, response: "x".repeat(7_000) }));
    await expect(createPrompt(writer, { ...fewShot, shots })).rejects.toMatchObject({
      code: "BAD_REQUEST",
      message: "The prompt is too long: at most 20,000 characters.",
    });
    expect((await listPrompts(writer, { limit: 1 })).items).toEqual([]);
  });

  test("a user-based prompt keeps the description it was written from, also after that is off the list", async () => {
    const { writer, admin } = installation.as;
    const scenario = await addScenario(admin, { text: "I run a bakery." });
    const ask = (scenarioId: string) => createPrompt(writer, { ...plain("Hi"), kind: "user-based", scenarioId });
    const { id } = await ask(scenario.id);
    await retireScenario(admin, scenario);
    expect(await getPrompt(writer, { id })).toMatchObject({ kind: "user-based", scenario });
    await ask(scenario.id);
    await expect(ask("nothing")).rejects.toThrow("There is no such use-case description.");
  });

  test("is for those whose task it is", async () => {
    const { annotator, engineer, nobody } = installation.as;
    for (const one of [annotator, engineer]) {
      await expect(createPrompt(one, plain("Hi"))).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    await expect(createPrompt(nobody, plain("Hi"))).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });
});

test("a prompt that leaves the project's model no room for an answer is refused, and shortened it is taken", async () => {
  const { labeler } = installation.as;
  const long = "What do otters eat? ".repeat(40);
  // Without a model nobody knows that it is too long.
  await createPrompt(labeler, plain(long));
  await addTinyModels(installation);
  const fewShot: NewPrompt = {
    kind: "few-shot",
    instruction: "Say it.",
    shots: Array.from({ length: 20 }, (_, at) => ({ query: `What do otters eat at ${at}?`, response: "Fish." })),
    query: "And then?",
    useCase: "chat",
  };
  for (const input of [plain(long), fewShot]) {
    await expect(createPrompt(labeler, input)).rejects.toMatchObject({
      code: "BAD_REQUEST",
      field: "prompt",
      message: expect.stringMatching(
        /^The prompt has \d+ tokens, and lm model reads 127 beside an answer: shorten it by \d+ tokens\.$/,
      ),
    });
  }
  expect((await listPrompts(labeler, { limit: 9 })).items).toHaveLength(1);
  await createPrompt(labeler, plain("What do otters eat?"));
});

test("what is not there is said so", async () => {
  const { labeler } = installation.as;
  await expect(getPrompt(labeler, { id: "nothing" })).rejects.toThrow("There is no such prompt.");
  await addPrompt(installation.db);
  expect(await listPrompts(labeler, { cursor: "nothing", limit: 5 })).toEqual({ items: [], next: null });
});

test("a split is a function of the text: about 90, 5 and 5 %", () => {
  const counts = { train: 0, valid: 0, test: 0 };
  for (let i = 0; i < 4_000; i++) counts[splitOf(`prompt ${i}`)]++;
  expect(counts.train / 4_000).toBeCloseTo(0.9, 1);
  expect(Math.abs(counts.valid / 4_000 - 0.05)).toBeLessThan(0.015);
  expect(Math.abs(counts.test / 4_000 - 0.05)).toBeLessThan(0.015);
});

test("neither white space nor the form of a letter moves a text to another split", () => {
  const blank = fc.stringMatching(/^[ \t\n\u00a0]{1,3}$/);
  const word = fc.stringMatching(/^[a-zéñ한]{1,8}$/);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 5 }),
      blank,
      blank,
      blank,
      (words, before, between, after) => {
        const again = `${before}${words.join(between)}${after}`.normalize("NFD");
        expect(splitOf(again)).toBe(splitOf(words.join(" ")));
      },
    ),
    { numRuns: 500 },
  );
});
