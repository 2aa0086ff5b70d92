// Answers that models are compared by: the same from the same seed, and without the chat template where asked.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DataError } from "./data.ts";
import { randomModel } from "./models.fixture.ts";
import { sampleAnswers } from "./sample-answers.ts";

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rankloop-answers-"));
  model = await randomModel(join(folder, "model"), ["Tell me about owls. An owl is a bird of the night."]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const textsOf = async (config: Partial<Parameters<typeof sampleAnswers>[0]>) =>
  (await sampleAnswers({ model, prompts: ["What is an owl?", "And a crow?"], answerTokens: 12, ...config })).map(
    ({ text }) => text,
  );

test("equal seeds give equal answers, others do not", async () => {
  expect(await textsOf({ seed: 3 })).toEqual(await textsOf({ seed: 3 }));
  expect(await textsOf({ seed: 3 })).not.toEqual(await textsOf({ seed: 4 }));
});

test("a bare prompt begins a document and ends its line, as by a template that says nothing else", async () => {
  const plain = join(folder, "plain");
  await cp(model, plain, { recursive: true });
  const file = join(plain, "tokenizer_config.json");
  const chat_template = "{{ bos_token }}{{ messages[0]['content'] + '\\n' }}";
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), chat_template }));
  const bare = await textsOf({ bare: true });
  expect(bare).toEqual(await textsOf({ model: plain }));
  expect(bare).not.toEqual(await textsOf({}));
});

test("a prompt that leaves no room is refused", async () => {
  await expect(textsOf({ answerTokens: 127 })).rejects.toThrow(DataError);
});
