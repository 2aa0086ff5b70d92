// Rankloop's own client of models at an address, asking Rankloop's own server over a socket: what a directory here answers.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AddressGenerator, type AddressModel } from "../../models/address/generator.ts";
import { AddressScorer } from "../../models/address/scorer.ts";
import { type AnswerDelta, type GenerateOptions, type Generator, GptGenerator } from "../../models/gpt/generate.ts";
import { RewardScorer, type Scorer } from "../../models/train/score.ts";
import { writeTinyModel } from "../worker/tiny-model.fixture.ts";
import { Engine } from "./engine.ts";
import { servingServer } from "./server.ts";

const key = "a-secret-of-this-test";
const engine = new Engine();
let root: string;
let url: string;
const server = servingServer({
  engine,
  models: async () =>
    (["lm", "reward"] as const).map((kind) => ({
      id: kind,
      kind,
      directory: join(root, kind),
      bits: 32,
      createdAt: 0,
    })),
  host: "127.0.0.1",
  token: key,
});
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "rankloop-address-"));
  await writeTinyModel(join(root, "lm"));
  await writeTinyModel(join(root, "reward"), "reward");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  engine.stop();
  server.close();
  server.closeAllConnections();
  rmSync(root, { recursive: true, force: true });
});

const called = () => ({ baseUrl: url, key, timeLimitMs: 60_000, parallel: 3, allowInner: true });
const lm = (changed: Partial<AddressModel> = {}) =>
  new AddressGenerator({ ...called(), model: "lm", asks: "chat", ...changed });

/** What comes out, through the one interface of both. */
async function answersOf(generator: Generator, options: Partial<GenerateOptions>): Promise<AnswerDelta[]> {
  const answers: AnswerDelta[] = [];
  const asked = { prompt: "What do otters eat?", temperature: 0, topP: 1, maxTokens: 16, seeds: [3], ...options };
  for await (const deltas of generator.generate(asked)) for (const delta of deltas) answers[delta.index] = delta;
  await generator.dispose();
  return answers;
}
const told = (answers: AnswerDelta[]) => answers.map(({ text, tokens, finish }) => ({ text, tokens, finish }));

test.each<[string, Partial<GenerateOptions>]>([
  ["greedy", {}],
  ["nine sampled", { temperature: 1, topP: 0.9, seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9] }],
  [
    "turns",
    {
      prompt: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Otters?" },
      ],
    },
  ],
  ["a text that ends it", { stop: ["e", "t"] }],
])("%s: the answers of the directory", async (_, options) => {
  const here = told(await answersOf(await GptGenerator.load(join(root, "lm")), options));
  const there = await answersOf(lm(), options);
  expect(told(there)).toEqual(here);
  for (const { origin } of there)
    expect(origin).toMatchObject({ model: "lm", fingerprint: expect.stringMatching(/^fp_/) });
  expect(JSON.stringify(there)).not.toContain(key);
});

test("several in one call are those of the seeds after its own", async () => {
  const options = { temperature: 1, seeds: [4, 5, 6] };
  const here = told(await answersOf(await GptGenerator.load(join(root, "lm")), options));
  const there = await answersOf(lm({ severalPerCall: true }), options);
  expect(there.map(({ text }) => text)).toEqual(here.map(({ text }) => text));
});

test("a refusal comes through as the server's sentence", async () => {
  await expect(answersOf(lm(), { prompt: "otters ".repeat(200) })).rejects.toThrow(
    /refuses this \(400\).*no room for an answer/,
  );
  await expect(answersOf(lm({ model: "other" }), {})).rejects.toThrow(/404.*not served here/);
  await expect(answersOf(lm({ key: "another" }), {})).rejects.toThrow(/wants another key/);
});

test("a judge's scores are those of the directory, by turns and by OpenRLHF's texts", async () => {
  const items = [
    { prompt: "What do otters eat?", answer: "Fish." },
    { prompt: "Where do they live?", answer: "By the river." },
  ];
  const here: Scorer = await RewardScorer.load(join(root, "reward"));
  const expected = [...Array.from(await here.score(items))];
  await here.dispose();
  const text = "<|endoftext|>User: {prompt}\nAssistant:\n{answer}";
  const judges: Scorer[] = [
    new AddressScorer({ ...called(), asks: "classify", model: "reward" }),
    new AddressScorer({ ...called(), asks: "classify", model: "reward", text: `${text}<|endoftext|>` }),
    new AddressScorer({ ...called(), asks: "get_reward", model: "", text }),
  ];
  for (const judge of judges) {
    for (const [i, score] of Array.from(await judge.score(items)).entries()) expect(score).toBeCloseTo(expected[i]!, 4);
  }
});

/** A command of the shell, in a process of its own as it is. */
function shell(...args: string[]): Promise<{ code: number; out: string; errors: string }> {
  const cli = join(import.meta.dirname, "..", "cli.mjs");
  const env = { ...process.env, RANKLOOP_KEY: key };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { env }, (error, out, errors) =>
      resolve({ code: Number(error?.code ?? 0), out, errors: errors.trim() }),
    );
  });
}

test("the shell's commands ask an address as they ask a directory", async () => {
  const prompt = ["generate", "What do otters eat?", "-k", "3", "--seed", "5", "--max-tokens", "9", "--json"];
  const here = await shell(...prompt, "--model", join(root, "lm"));
  const there = await shell(...prompt, "--model", "lm", "--address", url);
  const texts = ({ out }: { out: string }) => JSON.parse(out).answers.map(({ text }: { text: string }) => text);
  expect(texts(there)).toEqual(texts(here));
  expect(there.out).not.toContain(key);

  const data = join(root, "answers.jsonl");
  writeFileSync(data, '{"prompt": "What do otters eat?", "answer": "Fish."}\n');
  const own = await shell("score", "--data", data, "--json", "--model", join(root, "reward"));
  const asked = await shell("score", "--data", data, "--json", "--model", "reward", "--address", url);
  expect(JSON.parse(asked.out).score).toBeCloseTo(JSON.parse(own.out).score, 4);
});

test.each<[string, string[], number, string]>([
  ["an address without a model", ["generate", "Hi", "--address", "http://127.0.0.1:1"], 2, "--model"],
  ["an address that is none", ["generate", "Hi", "--model", "a", "--address", "here"], 2, "no address of a server"],
  ["a cloud's own", ["generate", "Hi", "--model", "a", "--address", "http://169.254.169.254"], 2, "machinery"],
  ["bits of a server's model", ["generate", "Hi", "--model", "a", "--address", "http://a", "--bits", "8"], 2, "--bits"],
  ["a server's option without one", ["generate", "Hi", "--parallel", "2"], 2, "--address"],
  [
    "fields that are none",
    ["generate", "Hi", "--model", "a", "--address", "http://a", "--extra", "[]"],
    2,
    "JSON object",
  ],
  ["a reward model without a name", ["score", "--data", "a"], 2, "--data|a"],
])("the shell refuses %s by one sentence", async (_, args, code, named) => {
  const refused = await shell(...args);
  expect([refused.code, refused.errors.split("\n").length]).toEqual([code, 1]);
  expect(refused.errors).toMatch(new RegExp(named));
});
