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
      fc.constant<Item>({ kind: "answers", prompt, answers }),
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
  if (item.kind === "answers") {
    return fc
      .tuple(beside, optional({ id: words, writer: words }))
      .map(([rest, of]) => ({ ...item, ...rest, answers: item.answers.map((one) => ({ ...one, ...of })) }));
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
const said = (content: string): Message => ({ role: "assistant", content });
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
  // As verl's own examples prepare GSM8K.
  [
    "verl",
    {
      data_source: "openai/gsm8k",
      prompt: hi,
      ability: "math",
      reward_model: { style: "rule", ground_truth: "72" },
      extra_info: { split: "train", index: 0, answer: "#### 72", question: "Hi?" },
    },
    [{ kind: "prompt", prompt: hi, promptId: "0", useCase: "math", split: "train" }],
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
  [
    "rankloop",
    { prompt: "Hi?", answers: ["Yes.", { id: "n", text: "No.", writer: "gpt-9" }] },
    [{ kind: "answers", prompt: hi, answers: [{ text: "Yes." }, { id: "n", text: "No.", writer: "gpt-9" }] }],
  ],
  [
    "trl-unpaired",
    { prompt: "Hi?", completion: "Yes.", label: true },
    [{ kind: "demonstration", prompt: hi, answer: { text: "Yes." } }],
  ],
  [
    "trl-text",
    { text: "### Human: Hi?### Assistant: Yes." },
    [{ kind: "demonstration", prompt: hi, answer: { text: "Yes." } }],
  ],
  [
    "trl-text",
    { text: "\n\nHuman: Hi?\n\nAssistant: Yes." },
    [{ kind: "demonstration", prompt: hi, answer: { text: "Yes." } }],
  ],
  // As UltraFeedback binarized has it: the prompt is there three times.
  [
    "trl-preference",
    {
      prompt: "Hi?",
      messages: [...hi, said("Yes.")],
      chosen: [...hi, said("Yes.")],
      rejected: [...hi, said("No.")],
      score_chosen: 8,
    },
    [pair],
  ],
  [
    "ultrafeedback",
    {
      source: "sharegpt",
      instruction: "Hi?",
      models: ["a", "b", "c"],
      completions: [
        { model: "a", response: "No.", overall_score: 6.5, "fine-grained_score": 5 },
        { model: "b", response: "Yes.", overall_score: "8", critique: "Good." },
        { model: "c", response: "Hm.", overall_score: 6.5 },
      ],
    },
    [
      {
        ...pair,
        answers: [
          { text: "No.", writer: "a" },
          { text: "Yes.", writer: "b" },
          { text: "Hm.", writer: "c" },
        ],
        tiers: [[1], [0, 2]],
      },
    ],
  ],
  [
    "ultrafeedback",
    {
      instruction: "Hi?",
      completions: [
        { response: "Yes.", overall_score: 6 },
        { response: "No.", overall_score: null },
      ],
    },
    [{ kind: "answers", prompt: hi, answers: [{ text: "Yes." }, { text: "No." }] }],
  ],
  [
    "arena",
    {
      ...{
        id: 30192,
        model_a: "gpt-4",
        model_b: "koala",
        prompt: '["Hi?"]',
        response_a: '["No."]',
        response_b: '["Yes."]',
      },
      ...{ winner_model_a: 0, winner_model_b: 1, winner_tie: 0 },
    },
    [
      {
        ...{ kind: "ranking", prompt: hi, tiers: [[1], [0]], rankingId: "30192" },
        answers: [
          { text: "No.", writer: "gpt-4" },
          { text: "Yes.", writer: "koala" },
        ],
      },
    ],
  ],
  [
    "arena",
    {
      ...{ prompt: ["Hi?", "So?"], response_a: ["Yes.", "A"], response_b: ["Yes.", "B"] },
      ...{ winner_model_a: "0", winner_model_b: "0", winner_tie: "1" },
    },
    [
      {
        ...{ kind: "ranking", prompt: [...hi, said("Yes."), ...ask("So?")], tiers: [[0, 1]] },
        answers: [{ text: "A" }, { text: "B" }],
      },
    ],
  ],
  [
    "argilla",
    {
      ...{ id: "r1", prompt: "Hi?", "response-1": "Yes.", "response-2": "No.", metadata: null },
      "preference.responses": [
        ["response-2", "response-1"],
        [
          { value: "response-1", rank: 1 },
          { value: "response-2", rank: 1 },
        ],
        ["response-1", "response-2"],
      ],
      "preference.responses.users": ["u1", "u2", "u3"],
      "preference.responses.status": ["submitted", "submitted", "discarded"],
      "topic.responses": ["greeting"],
      "topic.responses.users": ["u1"],
    },
    [
      { ...pair, tiers: [[1], [0]], promptId: "r1", labeler: "u1" },
      { ...pair, tiers: [[0, 1]], promptId: "r1", labeler: "u2" },
    ],
  ],
  [
    "argilla",
    {
      ...{ instruction: "Hi?", system_prompt: "Be brief." },
      "response.responses": ["Yes.", "Draft", null],
      "response.responses.users": ["u1", "u2", "u3"],
      "response.responses.status": ["submitted", "draft", "submitted"],
    },
    [
      {
        kind: "demonstration",
        prompt: [{ role: "system", content: "Be brief." }, ...hi],
        answer: { text: "Yes.", writer: "u1" },
      },
    ],
  ],
  [
    "argilla",
    { prompt: "Hi?", response_a: "Yes.", response_b: "No.", "best.responses": ["response_b", "tie"] },
    [
      { ...pair, tiers: [[1], [0]] },
      { ...pair, tiers: [[0, 1]] },
    ],
  ],
  [
    "argilla",
    { prompt: "Hi?", response_a: "Yes.", response_b: "No.", "best.responses": [] },
    [{ kind: "answers", prompt: hi, answers: [{ text: "Yes." }, { text: "No." }] }],
  ],
  ["argilla", { prompt: "Hi?", "topic.responses": ["greeting"] }, [{ kind: "prompt", prompt: hi }]],
  [
    "llama-factory",
    {
      chosen_messages: [...hi, { role: "assistant", content: [{ type: "text", value: "Yes." }] }],
      rejected_messages: [...hi, { role: "assistant", content: [{ type: "text", value: "No." }] }],
    },
    [pair],
  ],
  ["llama-factory", { instruction: "Hi?", input: "", chosen: "Yes.", rejected: "No." }, [pair]],
  ["llama-factory", { instruction: "Hi?", input: "", output: ["Yes.", "No."] }, [pair]],
  [
    "alpaca",
    { instruction: "So?", input: "", output: "So.", system: "Be brief.", history: [["Hi?", "Yes."]] },
    [
      {
        kind: "demonstration",
        prompt: [{ role: "system", content: "Be brief." }, ...hi, said("Yes."), ...ask("So?")],
        answer: { text: "So." },
      },
    ],
  ],
  [
    "axolotl-reward",
    { system: "Be brief.", input: "Hi?", chosen: "Yes.", rejected: "No." },
    [{ ...pair, prompt: [{ role: "system", content: "Be brief." }, ...hi] }],
  ],
  [
    "mt-bench",
    { question_id: 81, category: "writing", turns: ["Hi?", "So?"] },
    [{ kind: "prompt", prompt: [...hi, ...ask("So?")], promptId: "81", useCase: "generation" }],
  ],
])("%s reads %j", (name, row, expected) => {
  expect(recognised([row])?.name).toBe(name);
  expect(itemsIn(formatNamed(name), row)).toEqual(expected);
});

describe("a row that cannot come in is refused in one sentence", () => {
  test.each<[FormatName, unknown, string]>([
    ["trl-completion", { prompt: 5 }, '"prompt": a text, or turns: [{"role", "content"}, …].'],
    [
      "trl-unpaired",
      { prompt: "Hi", completion: "No.", label: false },
      "The answer is labelled a bad one: only good ones come in, as demonstrations.",
    ],
    [
      "trl-text",
      { text: "Once upon a time" },
      '"text" does not say where an answer begins: give "prompt" and "completion".',
    ],
    [
      "trl-preference",
      { prompt: "Hi", chosen: "Same.", rejected: "Same." },
      "The answers are all the same text: there is nothing to rank.",
    ],
    ["rankloop", { prompt: "Hi", answers: ["One."] }, "One answer cannot be ranked: at least two can."],
    [
      "rankloop",
      { prompt: "Hi", answers: Array.from({ length: 10 }, (_, i) => `${i}`) },
      "These are 10 answers: at most 9 can be ranked together.",
    ],
    [
      "arena",
      {
        ...{ prompt: '["Hi?", "So?"]', response_a: '["A", "C"]', response_b: '["B", "D"]' },
        ...{ winner_model_a: 1, winner_model_b: 0, winner_tie: 0 },
      },
      "It has 2 turns, and the models part at the first: the last answers have no prompt in common.",
    ],
    [
      "arena",
      {
        ...{ prompt: "Hi?", response_a: "[]", response_b: "[]" },
        ...{ winner_model_a: 1, winner_model_b: 0, winner_tie: 0 },
      },
      '"prompt": a JSON list of texts.',
    ],
    [
      "argilla",
      { prompt: "Hi?", response_a: "Yes.", response_b: "No.", "best.responses": [["response_a"]] },
      '"best.responses" does not order each of the fields "response_a", "response_b" once.',
    ],
    ["llama-factory", { instruction: "Hi?", chosen: "Yes." }, '"chosen" or "rejected" is missing.'],
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
    ["openai-chat", { messages: [...hi, said("a"), said("b"), ...hi] }, "Turn 3 is the user's: the turns alternate."],
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

  test("MT-bench's questions are prompts of two turns", () => {
    const rows = real("mt-bench-questions.jsonl");
    expect(recognised(rows.slice(0, 20))?.name).toBe("mt-bench");
    const prompts = rows.flatMap((row) => itemsIn(formatNamed("mt-bench"), row));
    expect(prompts).toHaveLength(80);
    for (const { kind, prompt } of prompts)
      expect([kind, prompt.map(({ role }) => role)]).toEqual(["prompt", ["user", "user"]]);
  });

  test("Self-Instruct's tasks are prompts with demonstrations", () => {
    const rows = real("self-instruct-seed-tasks.jsonl");
    expect(recognised(rows.slice(0, 20))?.name).toBe("self-instruct");
    expect(new Set(rows.flatMap((row) => itemsIn(formatNamed("self-instruct"), row)).map(({ kind }) => kind))).toEqual(
      new Set(["demonstration"]),
    );
  });
});
