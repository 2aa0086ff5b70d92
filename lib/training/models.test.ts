// Which model is the project's, and how many tokens a text has for it: real tokenizers in real directories.
import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bySystem } from "../../db/change.ts";
import { addComparison, addModel, addPrompt, addUser, contentsOf, testProject } from "../../db/database.fixture.ts";
import { registerShipped } from "../../db/queries/models.ts";
import { writeProjectSettings } from "../../db/queries/settings.ts";
import { trainBpe, writeTokenizer } from "../../models/gpt/bpe.ts";
import { loadTokenizer } from "../../models/gpt/tokenizer.ts";
import {
  addTinyModels,
  type Installation,
  plain,
  ranked,
  settings,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { updateSettings } from "../project/settings.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { createComparison } from "../ranking/generate.ts";
import { submitRanking } from "../ranking/submit.ts";
import { viewComparison } from "../ranking/view.ts";
import type { Message } from "../vocabulary/conversation.ts";
import { limits } from "../vocabulary/limits.ts";
import { writeTinyModel } from "../worker/tiny-model.fixture.ts";
import { createPrompt } from "../writing/prompts.ts";
import { measureBits } from "./bits-cost.ts";
import { countTokens } from "./count-tokens.ts";
import { getModel } from "./lineage.ts";
import { addFolder, removeModel } from "./model-changes.ts";
import { modelDirectory } from "./model-directory.ts";
import { listModels, projectModel, registerShippedModels } from "./models.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
});
afterEach(() => installation.remove());

const directoryOf = (id: string) => modelDirectory({ origin: "trained", directory: id });
const asking = (content: string): Message[] => [{ role: "user", content }];
const turns: Message[] = [
  { role: "system", content: "Be short." },
  { role: "user", content: "What do otters eat?" },
  { role: "assistant", content: "Fish." },
  { role: "user", content: "And what else?" },
];

describe("the project's model", () => {
  test("is the one in the settings, else the first that comes with Rankloop: never one that was just trained", async () => {
    const { admin } = installation.as;
    expect((await projectModel(admin)).id).toBe("tiny-lm");
    await addModel(installation.db, "lm", "other");
    await writeTinyModel(directoryOf("other"));
    expect((await projectModel(admin)).id).toBe("tiny-lm");
    await updateSettings(admin, { modelId: null });
    await expect(projectModel(admin)).rejects.toThrow("No language model is chosen: choose one in the settings.");
    await registerShippedModels(installation.db);
    expect((await projectModel(admin)).id).toBe("practice");
    const used = (await listModels(admin)).filter(({ usedAs }) => usedAs !== null);
    expect(used.map(({ id, usedAs, isPractice }) => [id, usedAs, isPractice])).toEqual([
      ["tiny-reward", "judge", false],
      ["practice", "answering model", true],
    ]);
    await updateSettings(admin, { modelId: "other" });
    expect((await projectModel(admin)).id).toBe("other");
    expect((await projectModel(admin, "tiny-lm")).id).toBe("tiny-lm");
  });

  test("is said to be missing in words, and never another in its place", async () => {
    const { admin } = installation.as;
    await updateSettings(admin, { modelId: "tiny-lm" });
    await addModel(installation.db, "lm", "other");
    await writeTinyModel(directoryOf("other"));
    await rm(directoryOf("tiny-lm"), { recursive: true });
    await expect(projectModel(admin)).rejects.toMatchObject({
      code: "BAD_REQUEST",
      message: /lm model cannot be used: /,
    });
    await expect(projectModel(admin, "tiny-reward")).rejects.toThrow("is not a language model");
    await expect(projectModel(admin, "nothing")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await writeProjectSettings({ ...bySystem(installation.db), project: testProject }, { modelId: "gone" });
    await expect(projectModel(admin)).rejects.toMatchObject({ code: "NOT_FOUND", message: /choose another in the/ });
  });
});

describe("shipped models", () => {
  const names = ["world-6m", "world-1.5m", "world-0.4m"];
  const shipped = { kind: "lm", context: 128 } as const;

  test("stand after the trained ones: the practice model, then the largest first, with what they are good for", async () => {
    const { db, as } = installation;
    await registerShipped(bySystem(db), { ...shipped, directory: "practice", name: "practice", parameters: 2 });
    for (const [i, directory] of [...names.entries()].reverse()) {
      await registerShipped(bySystem(db), { ...shipped, directory, name: directory, parameters: 3 - i });
    }
    const listed = await listModels(as.labeler);
    expect(listed.map(({ id }) => id)).toEqual(["tiny-lm", "tiny-reward", "practice", ...names]);
    const about = new Map(listed.map((one) => [one.id, one.about]));
    expect(about.get("practice")).toMatch(/knows one small valley/);
    expect(about.get("world-6m")).toMatch(/base model.* for experiments/);
    expect(about.get("tiny-lm")).toBeNull();
  });

  test("of an earlier version keep their name on answers, stand last, and nothing new is made with them", async () => {
    const { db, as } = installation;
    const { problems } = await registerShippedModels(db);
    expect(problems).toEqual([]);
    // As the version that shipped it left it: answers, and the project's model.
    await registerShipped(bySystem(db), {
      ...shipped,
      directory: "old-world",
      name: "old-world",
      parameters: 3_839_232,
    });
    const { id: promptId } = await createPrompt(as.writer, plain("What do owls eat?"));
    const admin = await addUser(db, "before");
    const { id } = await addComparison(db, {
      promptId,
      modelId: "old-world",
      createdBy: admin,
      texts: ["Mice.", "Sand."],
    });
    await updateSettings(as.admin, { modelId: "old-world" });

    const gone = "this version of Rankloop does not come with it any more.";
    const listed = await listModels(as.labeler);
    expect(listed.at(-1)).toMatchObject({ id: "old-world", problem: gone, about: null });
    expect(await getModel(as.engineer, { id: "old-world" })).toMatchObject({ problem: gone, origin: "shipped" });
    await submitRanking(as.labeler, { id: (await nextAssignment(as.labeler))!.id, ...ranked("A>B") });
    const seen = await viewComparison(as.reviewer, { id });
    expect(seen.candidates.map(({ modelName }) => modelName)).toEqual(["old-world", "old-world"]);

    const refused = { code: "BAD_REQUEST", message: `old-world cannot be used: ${gone}` };
    await expect(
      createComparison(as.writer, { ...settings, promptId, modelId: "old-world", k: 2 }),
    ).rejects.toMatchObject(refused);
    await expect(projectModel(as.admin)).rejects.toMatchObject(refused);
    await updateSettings(as.admin, { modelId: null });
    expect((await projectModel(as.admin)).id).toBe("practice");
  });

  test("are those of another folder where one is named, links to models among them", async () => {
    const { db, as, directory } = installation;
    const folder = join(directory, "own models");
    try {
      process.env.RANKLOOP_MODELS = folder;
      expect((await registerShippedModels(db)).problems).toEqual([`There are no models in ${folder}.`]);
      await mkdir(folder);
      await symlink(directoryOf("tiny-lm"), join(folder, "gpt-mine"));
      expect(await registerShippedModels(db)).toEqual({ registered: ["gpt-mine"], problems: [] });
      expect((await listModels(as.labeler)).at(-1)).toMatchObject({ id: "gpt-mine", problem: null, kind: "lm" });
      const counted = await countTokens(as.writer, { modelId: "gpt-mine", messages: asking("What do owls eat?") });
      expect(counted).toMatchObject({ modelName: "gpt-mine" });
    } finally {
      delete process.env.RANKLOOP_MODELS;
    }
  });
});

describe("a model in a folder", () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(installation.directory, "elsewhere", "otter");
    await writeTinyModel(folder);
  });
  const add = (given = folder, name = "Otter") => addFolder(installation.as.admin, { name, folder: given });
  const file = (name: string) => join(folder, name);
  const listed = async (id: string) => (await listModels(installation.as.labeler)).find((one) => one.id === id);

  test("is used where it is, and its files stay when it is deleted", async () => {
    const { admin, writer, engineer } = installation.as;
    const { id } = await add();
    expect(await listed(id)).toMatchObject({
      name: "Otter",
      origin: "folder",
      kind: "lm",
      context: 128,
      problem: null,
    });
    expect(await countTokens(writer, { modelId: id, messages: asking("Otters?") })).toMatchObject({
      modelName: "Otter",
    });
    await expect(add()).rejects.toMatchObject({ code: "CONFLICT", field: "name" });
    // Where it is, those are told who could have put it there.
    expect(JSON.stringify(await getModel(engineer, { id }))).not.toContain(folder);
    expect((await getModel(admin, { id })).source).toBe(folder);
    const elsewhere = `${folder}-2`;
    await rename(folder, elsewhere);
    const { problem } = (await listed(id))!;
    expect(problem).toMatch(/^The model directory has no readable .*config\.json\.$/);
    expect(problem).not.toContain(installation.directory);
    await rename(elsewhere, folder);
    await removeModel(admin, { id });
    expect(existsSync(file("model.safetensors"))).toBe(true);
  });

  const header = async (change: (bytes: Buffer) => Buffer) =>
    writeFile(file("model.safetensors"), change(await readFile(file("model.safetensors"))));
  const json = async (name: string, change: (keys: { model: { vocab: object } }) => unknown) =>
    writeFile(file(name), JSON.stringify(change(JSON.parse(await readFile(file(name), "utf8")))));
  test.each<[string, () => Promise<unknown>, RegExp]>([
    ["no weights", () => rm(file("model.safetensors")), /has no model\.safetensors\.$/],
    ["a pickle", () => rename(file("model.safetensors"), file("pytorch_model.bin")), /is a pickle.*: convert it/],
    [
      "a weight that is no number",
      () => header((bytes) => Buffer.concat([bytes.subarray(0, -4), Buffer.from(Float32Array.of(Number.NaN).buffer)])),
      /^\S+model\.safetensors: tensor \S+ holds numbers that are not finite\.$/,
    ],
    ["half its weights", () => header((bytes) => bytes.subarray(0, -9)), /is cut short/],
    [
      "a header of 2^60 bytes",
      () => header((bytes) => Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 16]), bytes.subarray(8)])),
      /shorter than its header says\.$/,
    ],
    [
      "an unknown architecture",
      () => json("config.json", (keys) => ({ ...keys, model_type: "mamba" })),
      /mamba is not/,
    ],
    [
      "no sizes",
      () => json("config.json", (keys) => ({ ...keys, n_embd: null })),
      /"n_embd" should be a number, not null\.$/,
    ],
    ["no tokenizer", () => rm(file("tokenizer.json")), /no readable .*tokenizer\.json\.$/],
    [
      "another's tokenizer",
      () => json("tokenizer.json", ({ model, ...keys }) => ({ ...keys, model: withToken(model) })),
      /has the id 270, but the model knows 270 tokens\.$/,
    ],
    [
      "a template that is none",
      () => json("tokenizer_config.json", (keys) => ({ ...keys, chat_template: "{% if %}" })),
      /the chat template cannot be read/,
    ],
  ])("with %s is refused by one sentence, and not listed", async (_, spoil, sentence) => {
    await spoil();
    const before = await contentsOf(installation.db);
    const refused = await add().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "BAD_REQUEST", field: "folder", message: expect.stringMatching(sentence) });
    expect((refused as Error).message).toMatch(/^[^\n]*\.$/);
    expect(await contentsOf(installation.db)).toEqual(before);
  });
  const withToken = (model: { vocab: object }) => ({ ...model, vocab: { ...model.vocab, otter: 270 } });

  test("tells what fewer bits cost it, once that is measured", async () => {
    const { admin, engineer, labeler } = installation.as;
    await addPrompt(installation.db);
    const { id } = await add();
    const { signal } = new AbortController();
    expect((await getModel(engineer, { id })).metrics).toEqual({});
    const cost = await measureBits(engineer, { id }, signal);
    expect(cost[4]).toBeGreaterThan(cost[8]);
    expect((await getModel(engineer, { id })).metrics).toEqual({ "bits/8/kl": cost[8], "bits/4/kl": cost[4] });
    expect(await measureBits(engineer, { id }, signal)).toEqual(cost);

    await expect(measureBits(labeler, { id }, signal)).rejects.toThrow(/may measure models/);
    await expect(measureBits(engineer, { id: "none" }, signal)).rejects.toThrow("There is no such model.");
    await expect(measureBits(engineer, { id: "tiny-reward" }, signal)).rejects.toThrow(/is not a language model/);
    await expect(measureBits(engineer, { id }, AbortSignal.abort())).rejects.toThrow(/was stopped/);
    // What the header does not show: found where the numbers are read, and said without the place.
    const bytes = await readFile(file("model.safetensors"));
    bytes.writeFloatLE(Number.NaN, bytes.length - 4);
    await writeFile(file("model.safetensors"), bytes);
    const refused = await measureBits(admin, { id }, signal).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "BAD_REQUEST",
      message: expect.stringMatching(/^elsewhere\/otter\/model\.safetensors: .*not finite\.$/),
    });
  });

  test("is named by its whole path, and added by admins of the installation", async () => {
    await expect(add("elsewhere/otter")).rejects.toMatchObject({ field: "folder", message: /^Write the whole path/ });
    for (const ctx of [installation.as.reviewer, installation.as.engineer])
      await expect(addFolder(ctx, { name: "Otter", folder })).rejects.toThrow("Only admins of the installation");
  });
});

describe("counting tokens", () => {
  test("counts what the model would read and write", async () => {
    const { writer } = installation.as;
    const tokenizer = await loadTokenizer(directoryOf("tiny-lm"));
    const counted = await countTokens(writer, { messages: turns, answer: "Crabs and <|endoftext|>." });
    expect(counted).toEqual({
      modelName: "lm model",
      prompt: tokenizer.encodePrompt(turns).length,
      answer: tokenizer.encode("Crabs and <|endoftext|>.").length,
      context: 128,
    });
    // The template writes something around every turn.
    const bare = turns.reduce((sum, { content }) => sum + tokenizer.encode(content).length, 0);
    expect(counted.prompt).toBeGreaterThan(bare);
  });

  test("takes what is not finished yet", async () => {
    const { writer } = installation.as;
    expect(await countTokens(writer, { messages: [] })).toMatchObject({ prompt: 0, answer: 0 });
    const empty = await countTokens(writer, { messages: asking("") });
    const { prompt } = await countTokens(writer, { messages: asking("otters") });
    expect(prompt).toBeGreaterThan(empty.prompt);
    expect((await countTokens(writer, { messages: turns.slice(0, 3) })).prompt).toBeGreaterThan(prompt);
    // Half of an emoji, as in the middle of typing.
    expect((await countTokens(writer, { messages: asking("\ud83e") })).prompt).toBeGreaterThan(empty.prompt);
  });

  test("counts the turns alone where the template refuses them as they are", async () => {
    const { writer } = installation.as;
    const directory = directoryOf("tiny-lm");
    const tokenizer = await loadTokenizer(directory);
    const strict = "{{ raise_exception('System role not supported') }}";
    const config = { eos_token: "<|endoftext|>", chat_template: strict };
    await writeFile(join(directory, "tokenizer_config.json"), JSON.stringify(config));
    const { prompt } = await countTokens(writer, { messages: turns });
    expect(prompt).toBe(turns.reduce((sum, { content }) => sum + tokenizer.encode(content).length, 0));
  });

  test("sees a model that was replaced, and one that has gone", async () => {
    const { writer } = installation.as;
    const directory = directoryOf("tiny-lm");
    const count = async () => (await countTokens(writer, { messages: [], answer: "Otters eat fish." })).answer;
    const before = await count();
    const whole = join(installation.directory, "tokenizer");
    await writeTokenizer(whole, trainBpe(["Otters eat fish. ".repeat(9)], 270));
    await rename(join(whole, "tokenizer.json"), join(directory, "tokenizer.json"));
    expect(await count()).toBeLessThan(before);
    await appendFile(join(directory, "tokenizer.json"), "}");
    await expect(count()).rejects.toMatchObject({
      code: "BAD_REQUEST",
      message: /lm model cannot be used: .*tokenizer/,
    });
    await writeTokenizer(whole, trainBpe(["Otters eat fish. ".repeat(9)], 270));
    await rename(join(whole, "tokenizer.json"), join(directory, "tokenizer.json"));
    expect(await count()).toBeLessThan(before);
  });

  test("refuses what no prompt may be, and those who do not write", async () => {
    const { writer, annotator } = installation.as;
    const many = Array.from({ length: 3 }, () => asking("x".repeat(limits.promptCharacters / 2))).flat();
    await expect(countTokens(writer, { messages: many })).rejects.toThrow("The prompt is too long");
    await expect(countTokens(annotator, { messages: [] })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("the longest texts are counted, whatever is in them", async () => {
    const { writer } = installation.as;
    const worst = ["x", "🦦", "漢", " ", "ab"].map((one) =>
      one.repeat(limits.answerCharacters).slice(0, limits.answerCharacters),
    );
    for (const text of worst) {
      const messages = asking(text.slice(0, limits.promptCharacters));
      // A loop that is quadratic in the length of a word would take minutes, which the counter refuses.
      expect((await countTokens(writer, { messages, answer: text })).answer).toBeGreaterThan(0);
    }
  });
});
