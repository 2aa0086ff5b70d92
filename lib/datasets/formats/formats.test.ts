// Formats: what they write they read back, what they look like, and rows as their own projects publish them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message } from "../../vocabulary/conversation.ts";
import {
  type AnswerFlag,
  answerFlagNames,
  guardKinds,
  promptFlagNames,
  promptKinds,
  splits,
  useCases,
} from "../../vocabulary/labeling.ts";
import type { Answer, Outgoing } from "./format.ts";
import { type FormatName, formatNamed, formatNames, formats, type Item, itemsIn, recognised } from "./index.ts";
import { tiersOfRanks } from "./ranks.ts";

const words = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((text) => /\S/.test(text) && !text.includes("\u0000"));
const conversations = fc
  .tuple(fc.option(words, { freq: 2 }), fc.array(fc.tuple(words, words), { maxLength: 2 }), words)
  .map(([system, before, question]): Message[] => [
    ...(system === null ? [] : [{ role: "system" as const, content: system }]),
    ...before.flatMap(([asked, said]) => [
      { role: "user" as const, content: asked },
      { role: "assistant" as const, content: said },
    ]),
    { role: "user", content: question },
  ]);
const sometimes = <T>(field: string, of: fc.Arbitrary<T>) =>
  fc.option(of, { freq: 3 }).map((value) => (value === null ? {} : { [field]: value }));
const plainAnswers = words.map((text) => ({ text }));
const optional = <T extends object>(of: { [Field in keyof T]: fc.Arbitrary<T[Field]> }) =>
  fc
    .tuple(...Object.entries(of).map(([field, value]) => sometimes(field, value as fc.Arbitrary<unknown>)))
    .map((all): Partial<T> => Object.assign({}, ...all));
const moments = fc.nat();
const sampling = fc.record({ temperature: fc.nat(2), topP: fc.constant(0.9), maxTokens: fc.nat(), seed: fc.nat() });
const beside = optional({
  promptId: words,
  useCase: fc.constantFrom(...useCases),
  split: fc.constantFrom(...splits),
});
const ratings = fc.record({
  likert: fc.integer({ min: 1, max: 7 }),
  flags: fc.subarray(answerFlagNames),
  note: fc.string(),
  spentMs: fc.nat(),
});

/** Items that say nothing but turns, answers and their order, for which every format has a place. */
const plainItems: fc.Arbitrary<Outgoing> = fc
  .tuple(conversations, fc.array(plainAnswers, { minLength: 2, maxLength: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([prompt, answers, tierCount]) => {
    const [answer, worse] = answers as [Answer, Answer];
    const spread = fc.array(fc.nat(tierCount - 1), { minLength: answers.length, maxLength: answers.length });
    return fc.oneof(
      fc.constant<Item>({ kind: "prompt", prompt }),
      fc.constant<Item>({ kind: "demonstration", prompt, answer }),
      fc.constant<Item>({ kind: "ranking", prompt, answers: [answer, worse], tiers: [[0], [1]] }),
      spread.map((ranks): Item => ({ kind: "ranking", prompt, answers, tiers: tiersOfRanks(ranks) })),
      ratings.map((rating): Outgoing => ({ kind: "rated", prompt, answer, rating })),
    );
  });

/** Items with what else may be said of them. */
const items: fc.Arbitrary<Outgoing> = plainItems.chain((item): fc.Arbitrary<Outgoing> => {
  if (item.kind === "prompt") return beside.map((rest) => ({ ...item, ...rest }));
  if (item.kind === "demonstration") {
    return fc
      .tuple(beside, optional({ id: words, writer: words }), optional({ writtenAt: moments }))
      .map(([rest, of, written]) => ({ ...item, ...rest, ...written, answer: { ...item.answer, ...of } }));
  }
  if (item.kind !== "ranking") return fc.constant(item);
  const { answers, tiers } = item;
  const facts = optional({
    rankingId: words,
    version: fc.integer({ min: 1 }),
    labeler: words,
    rankedAt: moments,
    promptId: words,
    split: fc.constantFrom(...splits),
  });
  if (JSON.stringify(tiers) === "[[0],[1]]") {
    const among = fc.record({ k: fc.integer({ min: 2, max: 9 }), ranks: fc.constantFrom([1, 2], [2, 2], [1, 9]) });
    return fc.tuple(facts, optional({ id: words }), among).map(([rest, of, { k, ranks }]) => ({
      ...item,
      ...rest,
      answers: answers.map((one) => ({ ...one, ...of })),
      tiers: ranks[0] === ranks[1] ? [[0, 1]] : tiers,
      among: { k, ranks: ranks as [number, number] },
    }));
  }
  const more = optional({
    comparisonId: words,
    promptKind: fc.constantFrom(...promptKinds),
    useCase: fc.constantFrom(...useCases),
    spentMs: fc.nat(),
    guidelinesVersion: fc.integer({ min: 1 }),
    promptFlags: fc.subarray(promptFlagNames, { minLength: 1 }),
    ratings: fc.array(
      fc.tuple(fc.nat(answers.length - 1), ratings).map(([answer, rating]) => ({ answer, ...rating })),
      { minLength: 1, maxLength: answers.length },
    ),
    guards: fc.array(fc.record({ kind: fc.constantFrom(...guardKinds), said: words, heeded: fc.boolean() }), {
      minLength: 1,
    }),
  });
  return fc.tuple(facts, more, optional({ id: words, writer: words, sampling })).map(([rest, also, of]) => ({
    ...item,
    ...rest,
    ...also,
    answers: answers.map((one) => ({ ...one, ...of })),
  }));
});

const written = formats.filter(({ write }) => write);
/** These say less than what they were made from. */
const onlyOut: readonly FormatName[] = ["trl-unpaired", "rankloop-ratings", "rankloop-skips"];

test.each(written.filter(({ name }) => !onlyOut.includes(name)))(
  "$name reads back what it writes, and is recognised by it",
  (format) => {
    let count = 0;
    fc.assert(
      fc.property(fc.oneof(plainItems, items), (item) => {
        const row = format.write?.(item) ?? null;
        if (row === null) return;
        count++;
        const stored = JSON.parse(JSON.stringify(row));
        expect(format.read(stored)).toEqual([item]);
        expect(recognised([stored])?.name).toBe(format.name);
      }),
      { numRuns: 500 },
    );
    // It carries some of them: what writes nothing would pass.
    expect(count).toBeGreaterThan(0);
  },
);

test("a label is good above the middle of the scale, bad below it or where a flag speaks against the answer", () => {
  const rated = (likert: number, flags: AnswerFlag[] = []): Outgoing => ({
    kind: "rated",
    prompt: ask("Hi?"),
    answer: { text: "Yes." },
    rating: { likert, flags, note: "", spentMs: 0 },
  });
  const label = (item: Outgoing) => formatNamed("trl-unpaired").write?.(item);
  const row = { prompt: ask("Hi?"), completion: [{ role: "assistant", content: "Yes." }] };
  expect(label(rated(5))).toEqual({ ...row, label: true });
  expect(label(rated(3))).toEqual({ ...row, label: false });
  expect(label(rated(4))).toBeNull();
  expect(label(rated(7, ["hallucination"]))).toEqual({ ...row, label: false });
  expect(label(rated(7, ["satisfies-constraint"]))).toEqual({ ...row, label: true });
});

test("every name has its format", () => {
  expect(formats.map(({ name }) => name).toSorted()).toEqual(formatNames.toSorted());
});

const ask = (content: string): Message[] => [{ role: "user", content }];
const hi = ask("Hi?");
const pair = { kind: "ranking", prompt: hi, answers: [{ text: "Yes." }, { text: "No." }], tiers: [[0], [1]] };

test.each<[FormatName, unknown, object[]]>([
  ["rankloop", { prompt: "Hi?", prompt_id: "p", split: null }, [{ kind: "prompt", prompt: hi, promptId: "p" }]],
  ["trl-completion", { prompt: "Hi?" }, [{ kind: "prompt", prompt: hi }]],
  [
    "trl-completion",
    { prompt: "Hi?", completion: "Yes." },
    [{ kind: "demonstration", prompt: hi, answer: { text: "Yes." } }],
  ],
  [
    "trl-completion",
    { prompt: hi, completion: [{ role: "assistant", content: "Yes." }] },
    [{ kind: "demonstration", prompt: hi, answer: { text: "Yes." } }],
  ],
  ["trl-preference", { prompt: "Hi?", chosen: "Yes.", rejected: "No." }, [pair]],
  [
    "trl-implicit",
    {
      chosen: [...hi, { role: "assistant", content: "Yes." }],
      rejected: [...hi, { role: "assistant", content: "No." }],
    },
    [pair],
  ],
  ["hh-rlhf", { chosen: "\n\nHuman: Hi?\n\nAssistant: Yes.", rejected: "\n\nHuman: Hi?\n\nAssistant: No." }, [pair]],
  [
    "openai-preference",
    {
      input: { messages: hi, tools: [], parallel_tool_calls: true },
      preferred_output: [{ role: "assistant", content: "Yes." }],
      non_preferred_output: [{ role: "assistant", content: "No." }],
    },
    [pair],
  ],
  [
    "axolotl",
    { messages: hi, chosen: { role: "assistant", content: "Yes." }, rejected: { role: "assistant", content: "No." } },
    [pair],
  ],
  [
    "llama-factory",
    {
      conversations: [{ from: "human", value: "Hi?" }],
      chosen: { from: "gpt", value: "Yes." },
      rejected: { from: "gpt", value: "No." },
    },
    [pair],
  ],
  [
    "nectar",
    {
      prompt: "\n\nHuman: Hi?\n\nAssistant: ",
      answers: [
        { answer: "No.", rank: 2, model: "gpt-4" },
        { answer: "Yes.", rank: 1, model: "gpt-3" },
      ],
    },
    [{ ...pair, answers: [{ text: "No." }, { text: "Yes." }], tiers: [[1], [0]] }],
  ],
  [
    "nemo-rl",
    {
      context: hi,
      completions: [
        { rank: 0, completion: [{ role: "assistant", content: "Yes." }] },
        { rank: 1, completion: [{ role: "assistant", content: "No." }] },
      ],
    },
    [pair],
  ],
  [
    "openai-chat",
    { messages: [{ role: "developer", content: [{ type: "text", text: "Be brief." }] }, ...hi] },
    [{ kind: "prompt", prompt: [{ role: "system", content: "Be brief." }, ...hi] }],
  ],
  [
    "alpaca",
    { instruction: "Sort.", input: "c a b", output: "a b c" },
    [{ kind: "demonstration", prompt: ask("Sort.\n\nc a b"), answer: { text: "a b c" } }],
  ],
  ["alpaca", { instruction: "Hi?", input: "", output: "" }, [{ kind: "prompt", prompt: hi }]],
  [
    "self-instruct",
    {
      id: "seed_task_0",
      instruction: "Hi?",
      instances: [
        { input: "", output: "A" },
        { input: "x", output: "B" },
      ],
    },
    [
      { kind: "demonstration", prompt: hi, answer: { text: "A" } },
      { kind: "demonstration", prompt: ask("Hi?\n\nx"), answer: { text: "B" } },
    ],
  ],
  ["lines", "Hi?", [{ kind: "prompt", prompt: hi }]],
])("%s reads %j", (name, row, expected) => {
  expect(recognised([row])?.name).toBe(name);
  expect(itemsIn(formatNamed(name), row)).toEqual(expected);
});

describe("a row that cannot come in is refused in one sentence", () => {
  test.each<[FormatName, unknown, string]>([
    ["trl-completion", { prompt: 5 }, '"prompt": a text, or turns: [{"role", "content"}, …].'],
    [
      "trl-completion",
      { prompt: "Hi", completion: "No.", label: false },
      '"label" says whether the answer is a good one: it is no demonstration.',
    ],
    ["trl-completion", { prompt: " " }, "The prompt is empty: write something first."],
    ["trl-completion", { prompt: "Hi", completion: "" }, "The answer is empty: write something first."],
    ["trl-completion", { prompt: "x".repeat(20_001) }, "The prompt is too long: at most 20,000 characters."],
    ["trl-completion", { prompt: "\ud800" }, "The prompt contains half of a character pair (a lone surrogate)."],
    ["trl-completion", { prompt: "a\u0000b" }, "The text holds the character NUL (U+0000), which cannot be kept."],
    ["trl-completion", [1], "The whole should be an object, not a list."],
    [
      "openai-chat",
      { messages: [{ role: "tool", content: "4" }] },
      '"messages.0.role" should be "system", "developer", "user" or "assistant".',
    ],
    [
      "openai-chat",
      { messages: [{ role: "assistant", content: "4" }] },
      '"messages" has an answer alone: what it answers is missing.',
    ],
    ["openai-chat", { messages: [...hi, ...hi] }, "Turn 2 is the assistant's: the turns alternate."],
    [
      "openai-chat",
      { messages: [{ role: "user", content: null }] },
      '"messages.0.content": a text, or a list of parts that are texts.',
    ],
    [
      "rankloop-rankings",
      { prompt: "Hi", answers: [{ text: "a" }, { text: "b" }], tiers: [[0]] },
      '"tiers": it does not name each answer once, by its place from 0.',
    ],
    ["alpaca", { output: "a" }, '"instruction" is missing.'],
    [
      "oasst",
      { message_tree_id: "a", prompt: { text: "Hi", role: "assistant" } },
      "The tree does not begin with a prompter's message.",
    ],
  ])("%s: %j", (name, row, sentence) => {
    expect(() => itemsIn(formatNamed(name), row)).toThrow(sentence);
  });
});

describe("a format is recognised", () => {
  test("from most of the rows, also where some have faults", () => {
    expect(recognised([{ prompt: "a" }, { instruction: "b" }, { prompt: "c" }])?.name).toBe("trl-completion");
    expect(recognised([{ prompt: "a" }, { instruction: "b" }])).toBeNull();
    expect(recognised([{ question: "a", answer: "b" }])).toBeNull();
    expect(recognised([])).toBeNull();
  });
});

const shared = join(import.meta.dirname, "../../../../shared/data");
const real = (file: string): unknown[] =>
  readFileSync(join(shared, file), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

describe.skipIf(!existsSync(shared))("real files (../shared/data, absent here: skipped)", () => {
  test("Open Assistant's trees are 212 rankings with 754 pairs", () => {
    const rows = real("oasst-en-100-trees.jsonl");
    expect(recognised(rows.slice(0, 20))?.name).toBe("oasst");
    const rankings = rows
      .flatMap((row) => itemsIn(formatNamed("oasst"), row))
      .filter((item) => item.kind === "ranking");
    expect(rankings).toHaveLength(212);
    const strict = rankings.map(({ tiers }) => {
      const k = tiers.flat().length;
      return (k * (k - 1)) / 2 - tiers.reduce((tied, tier) => tied + (tier.length * (tier.length - 1)) / 2, 0);
    });
    expect(strict.reduce((sum, count) => sum + count)).toBe(754);
    for (const { tiers, answers, prompt } of rankings) {
      expect(tiers.flat().toSorted((a, b) => a - b)).toEqual([...answers.keys()]);
      expect(prompt.at(-1)?.role).toBe("user");
    }
    // Later turns are asked after what was said before.
    expect(rankings.some(({ prompt }) => prompt.length > 1)).toBe(true);
  });

  test("Self-Instruct's tasks are prompts with demonstrations", () => {
    const rows = real("self-instruct-seed-tasks.jsonl");
    expect(recognised(rows.slice(0, 20))?.name).toBe("self-instruct");
    expect(new Set(rows.flatMap((row) => itemsIn(formatNamed("self-instruct"), row)).map(({ kind }) => kind))).toEqual(
      new Set(["demonstration"]),
    );
  });
});
