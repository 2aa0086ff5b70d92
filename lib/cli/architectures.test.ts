// Every architecture through the loop from the shell: answers, fine-tuning, a reward model, DPO and PPO, each trained in one
// go and again with a stop on the way, to the same bytes. The models are transformers' own, with a tokenizer made for them.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { byteLevelTokenizer, writeTokenizer } from "../../models/gpt/bpe.ts";
import { describeModel } from "../../models/gpt/checkpoint.ts";
import { referenceDirectory, references } from "../../models/gpt/reference.fixture.ts";
import { colours, jsonl } from "../../models/train/models.fixture.ts";
import type { Given, Ran } from "./one-process.fixture.ts";

let root: string;
let tokenizer: string;
const file = (name: string) => join(root, `${name}.jsonl`);
const pairs = colours.map((colour) => ({
  prompt: `Like ${colour}?`,
  chosen: `A ${colour} one.`,
  rejected: "Go away.",
}));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "rankloop-architectures-"));
  tokenizer = join(root, "tokenizer");
  // Their 97 ids: a space ("Ġ"), what ASCII prints, a newline ("Ċ") and the end.
  const printed = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  await writeTokenizer(tokenizer, byteLevelTokenizer(["Ġ", ...printed, "Ċ"], []), 64);
  // Nothing but the words: each character is a token.
  const chat_template = "{% for message in messages %}{{ message['content'] + '\\n' }}{% endfor %}";
  const settings = join(tokenizer, "tokenizer_config.json");
  await writeFile(settings, JSON.stringify({ ...JSON.parse(await readFile(settings, "utf8")), chat_template }));
  await writeFile(file("pairs"), jsonl(pairs));
  await writeFile(file("demonstrations"), jsonl(pairs.map(({ prompt, chosen }) => ({ prompt, completion: chosen }))));
  await writeFile(file("prompts"), jsonl(pairs.map(({ prompt }) => ({ prompt }))));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** The commands in one process of their own. */
async function inOneProcess(commands: readonly Given[]): Promise<Ran[]> {
  const quick = join(import.meta.dirname, "..", "launch", "quick-start.mjs");
  const program = join(import.meta.dirname, "one-process.fixture.ts");
  const args = ["--import", quick, program, JSON.stringify(commands)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout);
}

const trainers = ["sft", "reward", "dpo", "ppo"] as const;

test.each(references)("%s answers, is fine-tuned, judged and aligned, and goes on after a stop", async (name) => {
  const dir = join(root, name);
  const base = join(dir, "base");
  await cp(referenceDirectory(name), base, { recursive: true });
  await cp(tokenizer, base, { recursive: true });

  const at = (model: string) => join(dir, model);
  const usual = "--valid-fraction 0.25 --learning-rate 0.001".split(" ");
  const settings: Record<(typeof trainers)[number], string[]> = {
    sft: ["--data", file("demonstrations"), "--model", base, ..."--epochs 2 --batch 4".split(" ")],
    reward: ["--data", file("pairs"), "--model", at("sft"), ..."--epochs 2 --rows 4".split(" ")],
    dpo: ["--data", file("pairs"), "--model", at("sft"), ..."--epochs 2 --rows 4".split(" ")],
    ppo: [
      ...["--prompts", file("prompts"), "--model", at("dpo"), "--reward-model", at("reward")],
      ..."--episodes 8 --batch 4 --minibatch 2 --answer-tokens 8 --normalise-on 4".split(" "),
    ],
  };
  const train = (kind: (typeof trainers)[number], out: string): string[] => [
    "train",
    kind,
    ...settings[kind],
    ...usual,
    "--out",
    at(out),
  ];
  const answer = (model: string): Given => ({
    words: ["generate", "Like red?", "--model", at(model), ..."-k 3 --max-tokens 12 --seed 1 --json".split(" ")],
  });
  const score: Given = { words: ["score", "--model", at("reward"), "--data", file("pairs"), "--json"] };
  const ran = await inOneProcess([
    answer("base"),
    ...trainers.flatMap((kind): Given[] => [
      { words: train(kind, kind) },
      { words: train(kind, `${kind}-stopped`), stop: true },
      { words: train(kind, `${kind}-stopped`) },
    ]),
    answer("ppo"),
    score,
  ]);

  const [before, after, scores] = [ran[0]!, ran.at(-2)!, ran.at(-1)!];
  for (const [n, kind] of trainers.entries()) {
    const [whole, stopped, resumed] = ran.slice(1 + 3 * n, 4 + 3 * n) as [Ran, Ran, Ran];
    expect(whole, whole.err).toMatchObject({ code: 0, err: expect.stringMatching(/^step 1\//m) });
    expect(stopped, stopped.err).toMatchObject({
      code: 130,
      err: expect.stringContaining("goes on from the checkpoint"),
    });
    expect(resumed, resumed.err).toMatchObject({ code: 0, err: expect.not.stringMatching(/^step 1\//m) });
    const bytes = (model: string) => readFile(join(at(model), "model.safetensors"));
    expect((await bytes(`${kind}-stopped`)).equals(await bytes(kind)), kind).toBe(true);
  }
  const { config } = await describeModel(base);
  expect(await describeModel(at("ppo"))).toMatchObject({ kind: "lm", config });
  for (const { code, out, err } of [before, after]) {
    expect(code, err).toBe(0);
    const { answers } = JSON.parse(out) as { answers: { tokens: number }[] };
    expect(answers.reduce((sum, { tokens }) => sum + tokens, 0)).toBeGreaterThan(0);
  }
  expect(after.out).not.toBe(before.out);
  expect(scores.code, scores.err).toBe(0);
  expect(scores.out.trim().split("\n")).toHaveLength(pairs.length);
});
