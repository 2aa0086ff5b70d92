// A model's files as attackers of the web process: a pattern that a text takes for ever to match, and a vocabulary beyond
// the memory. What is asked meanwhile, and after, is answered.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadTokenizer } from "../../models/gpt/tokenizer.ts";
import { writeTinyModel } from "../worker/tiny-model.fixture.ts";
import { TokenCounter } from "./token-counter.ts";

let dir: string;
let sound: string;
let hostile: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "rankloop-counter-"));
  [sound, hostile] = [join(dir, "sound"), join(dir, "hostile")];
  await writeTinyModel(sound);
  await writeTinyModel(hostile);
  const file = join(hostile, "tokenizer.json");
  const json = JSON.parse(readFileSync(file, "utf8"));
  json.pre_tokenizer = {
    type: "Split",
    pattern: { Regex: "(a+)+$" },
    behavior: "Isolated",
    invert: false,
  };
  writeFileSync(file, JSON.stringify(json));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const messages = [{ role: "user" as const, content: "What do otters eat?" }];

test("counts as the tokenizer does, and goes on after a model that never ends", async () => {
  const tokenizer = await loadTokenizer(sound);
  const counter = new TokenCounter();
  const right = { prompt: tokenizer.encodePrompt(messages).length, answer: tokenizer.encode("Fish.").length };
  expect(await counter.count({ directory: sound, messages, answer: "Fish." })).toEqual(right);

  const short = new TokenCounter({ ms: 3_000 });
  const endless = short.count({ directory: hostile, messages: [], answer: `${"a".repeat(60)}!` });
  // Asked while the other is stuck.
  const next = short.count({ directory: sound, messages, answer: "Fish." });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await expect(endless).rejects.toThrow("its tokenizer takes too long.");
  clearInterval(timer);
  // This thread went on meanwhile.
  expect(turns).toBeGreaterThan(0);
  await next.catch(() => {});
  expect(await counter.count({ directory: sound, messages, answer: "Fish." })).toEqual(right);
});

test("a model whose files take more memory than there is for them is refused, and the next one counted", async () => {
  const large = join(dir, "large");
  await writeTinyModel(large);
  const file = join(large, "tokenizer.json");
  const json = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...json, more: [] }).replace(/\[\]\}$/, `[${"{},".repeat(3_000_000)}{}]}`));
  const counter = new TokenCounter({ ms: 300_000, megabytes: 128 });
  const count = (directory: string) => counter.count({ directory, messages, answer: "Fish." });
  const first = await count(sound);
  await expect(count(large)).rejects.toThrow("its tokenizer takes too much memory.");
  expect(await count(sound)).toEqual(first);
});

test("a sentence where the files cannot be used", async () => {
  const counter = new TokenCounter();
  await expect(counter.count({ directory: join(dir, "none"), messages, answer: "" })).rejects.toThrow(
    /^The model directory has no readable .*tokenizer\.json\.$/,
  );
});
