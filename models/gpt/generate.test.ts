// Generation against its definition: a full pass over all tokens for every token, one answer at a time.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../random.ts";
import { randomModel } from "../train/models.fixture.ts";
import { readModel, writeModel } from "./checkpoint.ts";
import type { Gpt2Sizes } from "./families/gpt2.ts";
import { FullPass } from "./full-pass.ts";
import { type AnswerDelta, type GenerateOptions, GptGenerator } from "./generate.ts";

const texts = ["An otter eats fish 🙂 by the river.", "Was frißt der Otter? Fisch, 魚.", "one two three four five six"];
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "generate-"));
});
afterAll(() => rm(root, { recursive: true }));

/** A random model whose next tokens are neither certain nor all alike: weights as large as a trained model's. */
async function livelyModel(name: string, size: Partial<Gpt2Sizes> = {}): Promise<string> {
  const dir = await randomModel(join(root, name), texts, { nCtx: 48, nEmbd: 32, nHead: 2, nLayer: 2, ...size });
  const { config, kind, weights } = await readModel(dir);
  const random = new Random(1);
  for (const [key, { data }] of weights) {
    const matrix = /c_\w+\.weight$/.test(key);
    for (let i = 0; i < data.length; i++) data[i] = matrix ? data[i]! * 8 : data[i]! * 3 + 0.1 * random.normal();
  }
  await writeModel(dir, { config, kind, weights, dtype: "F32", tokenizerFrom: dir });
  return dir;
}

interface Collected {
  text: string;
  tokens: number;
  finish: AnswerDelta["finish"];
  steps: string[];
}

async function collect(generator: GptGenerator, options: Partial<GenerateOptions>): Promise<Collected[]> {
  const settings = { prompt: "one two", temperature: 1, topP: 1, maxTokens: 24, seeds: [1], ...options };
  const answers = settings.seeds.map((): Collected => ({ text: "", tokens: 0, finish: null, steps: [] }));
  for await (const deltas of generator.generate(settings)) {
    for (const { index, text, tokens, finish } of deltas) {
      const answer = answers[index]!;
      expect(answer.finish, "nothing comes after the end").toBe(null);
      Object.assign(answer, { text, tokens, finish });
      answer.steps.push(text);
    }
  }
  return answers;
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

test("an answer that comes to the person's next turn is over, without that turn's beginning", async () => {
  const dir = await livelyModel("next-turn");
  const file = join(dir, "tokenizer_config.json");
  const written = async (config: object) => {
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), ...config }));
    const generator = await GptGenerator.load(dir, { threads: 1 });
    try {
      return { next: generator.tokenizer.nextTurn, answers: await collect(generator, { seeds: range(0, 9) }) };
    } finally {
      await generator.dispose();
    }
  };
  const whole = await written({ chat_template: null });
  expect(whole.next).toBeNull();
  const mark = whole.answers.flatMap(({ text }) => text.slice(1).match(/[A-Za-z]{2}/) ?? [])[0]!;
  const { next, answers } = await written({
    chat_template: `{% for turn in messages %}{% if turn.role == 'user' and not loop.first %}${mark} {% endif %}{{ turn.content }}{% endfor %}`,
  });
  expect(next).toBe(mark);
  for (const [i, { text, finish }] of answers.entries()) {
    const [before, after] = whole.answers[i]!.text.split(mark);
    expect(text).toBe(before);
    if (after !== undefined) expect(finish).toBe("stop");
  }
});

describe.each<[string, Partial<Gpt2Sizes>]>([
  ["heads of 16", {}],
  ["heads of 12, error-function GELU, three layers", { nEmbd: 36, nHead: 3, nLayer: 3, activation: "gelu" }],
  ["heads of 64, an output projection of its own", { nEmbd: 64, nHead: 1, tieWordEmbeddings: false }],
])("cached generation of a model with %s", (name, size) => {
  let generator: GptGenerator;
  let full: FullPass;
  beforeAll(async () => {
    const dir = await livelyModel(name.replaceAll(/\W+/g, "-"), size);
    [generator, full] = [await GptGenerator.load(dir, { threads: 1 }), await FullPass.load(dir)];
  });
  afterAll(() => Promise.all([generator.dispose(), full.dispose()]));

  test.each<[string, Partial<GenerateOptions>]>([
    ["greedy", { temperature: 0, seeds: [0, 0] }],
    ["sampled", { temperature: 1, seeds: range(0, 9) }],
    ["cooler", { temperature: 0.7, seeds: range(20, 4) }],
    ["top-k", { topK: 5, seeds: range(40, 5) }],
    ["top-p", { topP: 0.8, seeds: range(60, 9) }],
    ["one answer", { topP: 0.95, seeds: [99] }],
    ["up to the context's end", { prompt: "six five four three two one", maxTokens: 100, seeds: range(80, 9) }],
  ])("%s: the tokens of the uncached full pass, at every step", async (_, options) => {
    const settings = { prompt: "one two", temperature: 1, topP: 1, maxTokens: 24, seeds: [1], ...options };
    const { tokenizer, config } = generator;
    const ids = tokenizer.encodePrompt(settings.prompt as string);
    const answers = await collect(generator, settings);
    for (const [i, seed] of settings.seeds.entries()) {
      const expected = await full.tokens(ids, {
        ...settings,
        maxTokens: Math.min(settings.maxTokens, config.nCtx - ids.length),
        seed,
        stops: [config.eosTokenIds[0]!],
        vocabSize: tokenizer.vocabSize,
      });
      const stopped = expected.at(-1) === config.eosTokenIds[0]!;
      const made = stopped ? expected.slice(0, -1) : expected;
      expect(answers[i]).toMatchObject({ text: tokenizer.decode(made, { partial: true }), tokens: made.length });
      expect(answers[i]!.finish).toBe(stopped ? "stop" : "length");
      // Every step showed the text of the tokens so far, without half a character.
      const shown = made.map((_, n) => tokenizer.decode(made.slice(0, n + 1), { partial: true }));
      if (stopped) shown.push(tokenizer.decode(made, { partial: true }));
      expect(answers[i]!.steps).toEqual(shown);
    }
  });

  test("an answer is the same alone and among others, whoever ends when", async () => {
    const seeds = range(200, 9);
    // So many ways to end that answers end at different steps.
    const settings = { topP: 0.97, stopTokens: range(0, 24) };
    const together = await collect(generator, { ...settings, seeds });
    const ends = new Set(together.map((answer) => answer.tokens));
    expect(ends.size).toBeGreaterThan(3);
    for (const [i, seed] of seeds.entries()) {
      const [alone] = await collect(generator, { ...settings, seeds: [seed] });
      expect(together[i]).toEqual(alone);
    }
    const some = await collect(generator, { ...settings, seeds: [208, 203, 205] });
    expect(some).toEqual([together[8], together[3], together[5]]);
  });
});

describe("one model", () => {
  let dir: string;
  let generator: GptGenerator;
  beforeAll(async () => {
    dir = await livelyModel("model");
    generator = await GptGenerator.load(dir, { threads: 1 });
  });
  afterAll(() => generator.dispose());

  test("the same seed repeats, another does not", async () => {
    const [a, b] = [await collect(generator, { seeds: [5, 6] }), await collect(generator, { seeds: [5, 6] })];
    expect(a).toEqual(b);
    expect(a[0]!.text).not.toBe(a[1]!.text);
    const [large] = await collect(generator, { seeds: [5 + 2 ** 32] });
    expect(large!.text).not.toBe(a[0]!.text);
  });

  test("long answers outgrow the first buffers", async () => {
    const long = await livelyModel("long", { nCtx: 100, nLayer: 1 });
    const [cached, full] = [await GptGenerator.load(long), await FullPass.load(long)];
    const { tokenizer, config } = cached;
    const [answer, other] = await collect(cached, { seeds: [1, 2], topK: 3, maxTokens: 500 });
    const ids = tokenizer.encodePrompt("one two");
    for (const [seed, { text, tokens }] of [[1, answer!] as const, [2, other!] as const]) {
      const expected = await full.tokens(ids, {
        temperature: 1,
        topP: 1,
        topK: 3,
        maxTokens: config.nCtx - ids.length,
        seed,
        stops: [config.eosTokenIds[0]!],
        vocabSize: tokenizer.vocabSize,
      });
      expect(text).toBe(tokenizer.decode(expected));
      expect(tokens).toBeGreaterThan(64);
    }
    await Promise.all([cached.dispose(), full.dispose()]);
  });

  test("two prompts at the same time do not disturb each other", async () => {
    const alone = [
      await collect(generator, { seeds: [1, 2] }),
      await collect(generator, { prompt: "Was", seeds: [3] }),
    ];
    const both = await Promise.all([
      collect(generator, { seeds: [1, 2] }),
      collect(generator, { prompt: "Was", seeds: [3] }),
    ]);
    expect(both).toEqual(alone);
  });

  test("stop tokens end an answer and are no part of it", async () => {
    const [answer] = await collect(generator, { temperature: 0 });
    const { tokenizer } = generator;
    const ids = await firstTokens(answer!.text);
    const [stopped] = await collect(generator, { temperature: 0, stopTokens: [ids.stop] });
    expect(stopped).toMatchObject({ finish: "stop", text: tokenizer.decode(ids.before), tokens: ids.before.length });
    // One of several that the model itself names does so, too.
    const several = await livelyModel("several-ends");
    const ends = { eos_token_id: [generator.config.eosTokenIds[0], ids.stop] };
    await writeFile(join(several, "generation_config.json"), JSON.stringify(ends));
    const other = await GptGenerator.load(several, { threads: 1 });
    expect(await collect(other, { temperature: 0 })).toEqual([stopped]);
    await other.dispose();

    async function firstTokens(text: string) {
      const full = await FullPass.load(dir);
      const { config } = generator;
      const all = await full.tokens(tokenizer.encodePrompt("one two"), {
        temperature: 0,
        topP: 1,
        maxTokens: 24,
        seed: 1,
        stops: [config.eosTokenIds[0]!],
        vocabSize: tokenizer.vocabSize,
      });
      await full.dispose();
      expect(text).toBe(tokenizer.decode(all.filter((id) => id !== config.eosTokenIds[0]!)));
      const stop = all[3]!;
      return { stop, before: all.slice(0, all.indexOf(stop)) };
    }
  });

  test("the context's end cuts an answer; a prompt that fills it is refused with both counts", async () => {
    const { tokenizer, config } = generator;
    const words = range(1, 40).map((n) => "one ".repeat(n));
    const prompt = words.findLast((text) => tokenizer.encodePrompt(text).length < config.nCtx)!;
    const length = tokenizer.encodePrompt(prompt).length;
    const answers = await collect(generator, { prompt, maxTokens: 1_000, topK: 3, seeds: [1, 2] });
    for (const { tokens, finish } of answers) {
      if (finish === "length") expect(tokens).toBe(config.nCtx - length);
      else expect(tokens).toBeLessThan(config.nCtx - length);
    }
    const long = "two ".repeat(80);
    const count = tokenizer.encodePrompt(long).length;
    await expect(collect(generator, { prompt: long })).rejects.toThrow(
      `The prompt has ${count} tokens, which leaves no room for an answer in this model's context of ${config.nCtx}.`,
    );
  });

  test("an answer may be one token long, a prompt empty", async () => {
    const [answer] = await collect(generator, { prompt: "", maxTokens: 1, seeds: [3] });
    expect(answer!.steps.length).toBe(1);
    expect(answer!.finish).not.toBe(null);
  });

  test.each<[string, Partial<GenerateOptions>, RegExp]>([
    ["temperature below 0", { temperature: -0.1 }, /The temperature must be from 0 to 10, not -0\.1/],
    ["no temperature", { temperature: Number.NaN }, /The temperature must be/],
    ["top-p of 0", { topP: 0 }, /Top-p must be above 0 and at most 1, not 0/],
    ["top-p above 1", { topP: 1.01 }, /Top-p/],
    ["top-k of 0", { topK: 0 }, /Top-k must be a whole number from 1/],
    ["half a top-k", { topK: 1.5 }, /Top-k/],
    ["no tokens", { maxTokens: 0 }, /The longest answer must be at least 1 token/],
    ["no answers", { seeds: [] }, /The number of answers must be at least 1/],
    ["a negative seed", { seeds: [1, -2] }, /A seed must be a whole number from 0, not -2/],
  ])("refused: %s", async (_, options, message) => {
    const error = await collect(generator, options).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: "GenerateError", code: "BAD_REQUEST" });
    expect((error as Error).message).toMatch(message);
  });

  test("a tiny temperature is the greedy answer", async () => {
    const [greedy, cold] = [
      await collect(generator, { temperature: 0 }),
      await collect(generator, { temperature: 1e-40 }),
    ];
    expect(cold[0]!.text).toBe(greedy[0]!.text);
  });

  test("an abort ends it before the next step, with its reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const seen: number[] = [];
    const run = async () => {
      const options = { prompt: "one", temperature: 1, topP: 1, maxTokens: 40, seeds: [1], signal: controller.signal };
      for await (const [delta] of generator.generate(options)) {
        seen.push(delta!.tokens);
        if (seen.length === 3) controller.abort(reason);
      }
    };
    await expect(run()).rejects.toBe(reason);
    expect(seen).toEqual([1, 2, 3]);
    await expect(collect(generator, { signal: controller.signal })).rejects.toBe(reason);
  });

  test("timers run between steps", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    try {
      await collect(generator, { topK: 3, maxTokens: 40 });
    } finally {
      clearInterval(timer);
    }
    expect(turns).toBeGreaterThan(1);
  });

  test("reward models and tokenizers that do not fit are refused", async () => {
    const { config, weights } = await readModel(dir);
    const reward = join(root, "reward");
    weights.set("score.weight", { shape: [1, config.nEmbd], data: new Float32Array(config.nEmbd) });
    await writeModel(reward, { config, kind: "reward", weights, dtype: "F32", tokenizerFrom: dir });
    await expect(GptGenerator.load(reward)).rejects.toThrow(/holds a reward model/);

    const small = join(root, "small");
    weights.delete("score.weight");
    const vocabSize = config.vocabSize - 1;
    const wte = weights.get("wte.weight")!;
    weights.set("wte.weight", { shape: [vocabSize, config.nEmbd], data: wte.data.slice(config.nEmbd) });
    const smaller = { ...config, vocabSize, bosTokenId: 0, eosTokenIds: [vocabSize - 1] };
    await writeModel(small, { config: smaller, kind: "lm", weights, dtype: "F32", tokenizerFrom: dir });
    await expect(GptGenerator.load(small)).rejects.toThrow(
      `the token "<|endoftext|>" has the id ${vocabSize}, but the model knows ${vocabSize} tokens.`,
    );
  });

  test("damaged weights end in a sentence, not in nonsense", async () => {
    const { config, kind, weights } = await readModel(dir);
    // Finite in the file, but not when multiplied.
    weights.get("h.1.mlp.c_proj.weight")!.data.fill(3e38);
    const damaged = join(root, "damaged");
    await writeModel(damaged, { config, kind, weights, dtype: "F32", tokenizerFrom: dir });
    const loaded = await GptGenerator.load(damaged);
    for (const temperature of [0, 1]) {
      await expect(collect(loaded, { temperature })).rejects.toThrow(/not finite: its weights are damaged/);
    }
    await loaded.dispose();
    await expect(collect(loaded, {})).rejects.toThrow(/unloaded/);
  });
});
