import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ormOf } from "../../db/client.ts";
import { addComparison, addModel, addPrompt, runSql } from "../../db/database.fixture.ts";
import { generationTask, writeAnswers, writeScores } from "../../db/queries/candidates.ts";
import { claimJob, finishJob } from "../../db/queries/jobs.ts";
import { candidate, candidateScore, comparison } from "../../db/schema/comparisons.ts";
import type { Context } from "../context.ts";
import {
  addTinyModels,
  eventually,
  type Installation,
  plain,
  ranked,
  readyComparison,
  settings,
  temporaryInstallation,
  writeWaiting,
} from "../installation.fixture.ts";
import { updateSettings } from "../project/settings.ts";
import { countTokens } from "../training/count-tokens.ts";
import { archiveModel } from "../training/model-changes.ts";
import { listModels } from "../training/models.ts";
import { limits } from "../vocabulary/limits.ts";
import type { Comparison, Prompt } from "../vocabulary/shapes.ts";
import { writeTinyModel } from "../worker/tiny-model.fixture.ts";
import { createDemonstration, reviewDemonstration } from "../writing/demonstrations.ts";
import { createPrompt } from "../writing/prompts.ts";
import { nextAssignment } from "./assignments.ts";
import { createComparison, regenerateCandidate, stopComparison } from "./generate.ts";
import { judgeStatus } from "./project-model.ts";
import { scoreComparison } from "./score.ts";
import { listNaming } from "./skips.ts";
import { submitRanking } from "./submit.ts";
import { viewComparison, watchComparison } from "./view.ts";

let installation: Installation;
let prompt: Prompt;
beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
  prompt = await createPrompt(installation.as.labeler, plain("What do otters eat?", "open QA"));
});
afterEach(() => installation.remove());

const create = (k: number, seed?: number) =>
  createComparison(installation.as.labeler, { ...settings, promptId: prompt.id, k, seed });
const seedsOf = async (id: string) =>
  (await ormOf(installation.db).select().from(candidate).all())
    .filter((row) => row.comparisonId === id)
    .sort((a, b) => a.position - b.position)
    .map((row) => row.seed ?? -1);

test("answers to a prompt that leaves the model no room are refused, not generated four times in vain", async () => {
  const promptId = await addPrompt(installation.db, "What do otters eat? ".repeat(40));
  await expect(createComparison(installation.as.labeler, { ...settings, promptId, k: 4 })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    message: expect.stringContaining("lm model reads 127 beside an answer: shorten it by"),
  });
  expect(await ormOf(installation.db).select().from(comparison).all()).toEqual([]);
});

describe("creating", () => {
  test("K candidates with settings and seeds wait, in a shuffled order that is stored", async () => {
    const made = await create(9, 2 ** 32 - 3);
    expect(made).toMatchObject({ state: "generating", rankings: [] });
    expect(made.candidates.map((one) => one.label).join("")).toBe("ABCDEFGHI");
    const seeds = await seedsOf(made.id);
    expect(seeds.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 4294967293, 4294967294, 4294967295]);
    const orders = new Set<string>();
    for (let i = 0; i < 20; i++) orders.add((await seedsOf((await create(9, 0)).id)).join());
    expect(orders.size).toBeGreaterThan(15);
    const task = await generationTask(installation.db, made.id);
    expect(task?.candidates.map((one) => one.seed)).toEqual(seeds);
    expect(task?.candidates[0]).toMatchObject({ temperature: 1, topP: 1, maxTokens: 16, model: { id: "tiny-lm" } });
  });

  test("what cannot be generated is refused before anything is stored", async () => {
    const { labeler } = installation.as;
    const ask = (input: Partial<Parameters<typeof createComparison>[1]>) =>
      createComparison(labeler, { ...settings, promptId: prompt.id, k: 2, ...input });
    await expect(ask({ promptId: "nothing" })).rejects.toThrow("There is no such prompt.");
    await expect(ask({ modelId: "nothing" })).rejects.toThrow("There is no such model.");
    await expect(ask({ modelId: "tiny-reward" })).rejects.toThrow(/is not a language model/);
    await expect(ask({ maxTokens: 128 })).rejects.toThrow(/ask for at most 127 tokens/);
    rmSync(path.join(installation.directory, "models", "tiny-lm", "model.safetensors"));
    await expect(ask({})).rejects.toThrow(/cannot be used: .*model\.safetensors/);
    expect(await ormOf(installation.db).select().from(comparison).all()).toEqual([]);
  });

  test("a broken model stands in the list with its problem, which tells nobody where this installation is", async () => {
    const { labeler, engineer } = installation.as;
    writeFileSync(path.join(installation.directory, "models", "tiny-lm", "config.json"), "{");
    const models = await listModels(labeler);
    expect(models.find((one) => one.id === "tiny-reward")?.problem).toBeNull();
    expect(models.find((one) => one.id === "tiny-lm")?.problem).toMatch(/^models\/tiny-lm\/config\.json is not JSON/);
    await updateSettings(installation.as.reviewer, { rewardModelId: "tiny-reward" });
    rmSync(path.join(installation.directory, "models", "tiny-reward", "config.json"));
    const told = await Promise.allSettled([
      models,
      listModels(labeler),
      judgeStatus(engineer),
      create(2),
      countTokens(labeler, { modelId: "tiny-lm", messages: [] }),
    ]);
    for (const one of told) {
      const sentence = one.status === "fulfilled" ? JSON.stringify(one.value) : String(one.reason);
      expect(sentence).toMatch(/config\.json/);
      expect(sentence).not.toContain(installation.directory);
    }
  });

  test("a person has so many under way at once, and leads any number", async () => {
    const { labeler, other, reviewer } = installation.as;
    const most = limits.comparisonsUnderWay;
    const createAs = (ctx: Context) => createComparison(ctx, { ...settings, promptId: prompt.id, k: 2 });
    const made = await Promise.all(Array.from({ length: most }, () => create(2)));
    const enough = { code: "TOO_MANY_REQUESTS", message: expect.stringContaining(`${most} comparisons for you`) };
    await expect(create(2)).rejects.toMatchObject(enough);
    await createAs(other);
    for (let i = 0; i <= most; i++) await createAs(reviewer);
    await stopComparison(labeler, { id: made[0]!.id });
    await regenerateCandidate(labeler, { id: made[0]!.candidates[0]!.id });
    await expect(create(2)).rejects.toMatchObject(enough);
    await stopComparison(labeler, { id: made[1]!.id });
    await create(2);
    await expect(regenerateCandidate(labeler, { id: made[1]!.candidates[0]!.id })).rejects.toMatchObject(enough);
    expect(await ormOf(installation.db).select().from(comparison).all()).toHaveLength(2 * most + 3);
  });

  test("answers are stopped and written anew by whoever asked for them, and by leads", async () => {
    const { labeler, other, writer, reviewer } = installation.as;
    const { id, candidates } = await create(2);
    const answer = { id: candidates[0]!.id };
    const seenBy = async (ctx: Context) => (await viewComparison(ctx, { id })).mayChange;
    const anothers = { code: "FORBIDDEN", message: expect.stringContaining("Someone else asked for these answers") };
    for (const ctx of [other, writer]) {
      await expect(stopComparison(ctx, { id })).rejects.toMatchObject(anothers);
      await expect(regenerateCandidate(ctx, answer)).rejects.toMatchObject(anothers);
      expect(await seenBy(ctx)).toBe(false);
    }
    for (const ctx of [labeler, reviewer]) {
      expect(await seenBy(ctx)).toBe(true);
      await stopComparison(ctx, { id });
      await regenerateCandidate(ctx, answer);
    }
    expect(await seenBy(installation.as.engineer)).toBe(false);
  });
});

describe("blind until ranked", () => {
  const secrets = /tiny-lm|lm model|tiny-reward|"seed":\d|score":/;

  test("neither the comparison nor the assignment tells model, seed or score; the ranked one tells all", async () => {
    const { labeler, admin, reviewer, other } = installation.as;
    const { id, candidates } = await readyComparison(labeler, prompt.id, ["Sand.", "Fish."]);
    const scores = candidates.map((one) => ({ candidateId: one.id, modelId: "tiny-reward", score: 0.5, scoredAt: 1 }));
    await ormOf(installation.db).insert(candidateScore).values(scores).run();
    const assignment = await nextAssignment(labeler);
    for (const ctx of [labeler, admin, reviewer, other]) {
      expect(JSON.stringify(await viewComparison(ctx, { id }))).not.toMatch(secrets);
    }
    expect(JSON.stringify(assignment)).not.toMatch(secrets);
    expect(Object.keys(assignment?.candidates[0] ?? {}).sort()).toEqual(["id", "label", "text", "tokens"]);
    const first = await (await watchComparison(admin, { id })).next();
    expect(JSON.stringify(first)).not.toMatch(secrets);

    await submitRanking(labeler, { id: assignment!.id, ...ranked("B>A") });
    const open = await viewComparison(other, { id });
    expect(open.candidates.map((one) => one.modelName)).toEqual(["lm model", "lm model"]);
    expect(open.candidates.map((one) => one.seed)).toEqual(await seedsOf(id));
    expect(open.candidates.map((one) => one.scores[0]?.score)).toEqual([0.5, 0.5]);
  });

  test("scores are asked for after the ranking, once, and shown", async () => {
    const { labeler, reviewer } = installation.as;
    const { id, candidates } = await readyComparison(labeler, prompt.id, ["Sand.", "Fish."]);
    const score = () => scoreComparison(reviewer, { id, modelId: "tiny-reward" });
    await expect(score()).rejects.toThrow("These answers are not ranked yet: rank them first.");
    await submitRanking(labeler, { id: (await nextAssignment(labeler))!.id, ...ranked("B>A") });
    await expect(scoreComparison(reviewer, { id, modelId: "tiny-lm" })).rejects.toThrow(/is not a reward model/);
    await score();
    await score();
    const job = await claimJob(installation.db, { kinds: ["score"], workerId: "w", leaseMs: 1_000 });
    expect(await claimJob(installation.db, { kinds: ["score"], workerId: "w", leaseMs: 1_000 })).toBeNull();
    const claim = { id: job!.id, workerId: "w" };
    const scores = candidates.map((one, place) => ({ candidateId: one.id, score: place - 0.5 }));
    await writeScores(installation.db, claim, { comparisonId: id, modelId: "tiny-reward", scores });
    await finishJob(installation.db, claim);
    const shown = (await viewComparison(labeler, { id })).candidates.map((one) => one.scores);
    expect(shown).toMatchObject([[{ modelId: "tiny-reward", score: -0.5 }], [{ score: 0.5 }]]);
  });
});

describe("several sources", () => {
  const both = [
    { modelId: "tiny-lm", count: 2, temperature: 0.5, topP: 0.9 },
    { modelId: "tiny-other", count: 2, temperature: 1, topP: 1 },
  ];
  beforeEach(async () => {
    await writeTinyModel(path.join(installation.directory, "models", "tiny-other"));
    await addModel(installation.db, "lm", "tiny-other");
  });
  const ask = (input: Partial<Parameters<typeof createComparison>[1]>, ctx = installation.as.labeler) =>
    createComparison(ctx, { promptId: prompt.id, maxTokens: 16, ...input });
  const rowsOf = async (id: string) =>
    (await ormOf(installation.db).select().from(candidate).all())
      .filter((row) => row.comparisonId === id)
      .sort((a, b) => a.position - b.position);
  /** What each answer came from, in any order. */
  const cameFrom = async (id: string) =>
    (await rowsOf(id))
      .map(({ modelId, authorId, temperature, topP, seed, text, state }) =>
        [modelId, authorId, temperature, topP, seed, text, state].join(),
      )
      .toSorted();

  test("2 of one model, 2 of another and 1 of a person, in an order that is shuffled; each row knows its own", async () => {
    const written = [{ text: "Fish, crabs and frogs." }];
    const { id } = await ask({ sources: both, written, seed: 10 });
    const author = installation.as.labeler.actor?.id;
    expect(await cameFrom(id)).toEqual(
      [
        `,${author},,,,Fish, crabs and frogs.,done`,
        "tiny-lm,,0.5,0.9,10,,waiting",
        "tiny-lm,,0.5,0.9,11,,waiting",
        "tiny-other,,1,1,12,,waiting",
        "tiny-other,,1,1,13,,waiting",
      ].toSorted(),
    );
    const places = new Set<number>();
    for (let i = 0; i < 30; i++) {
      const made = await rowsOf((await ask({ sources: both, written }, installation.as.reviewer)).id);
      places.add(made.findIndex(({ modelId }) => modelId === null));
    }
    expect(places.size).toBe(5);
  });

  test("neither models, settings, lengths in tokens nor the person are told before they are ranked; then all are", async () => {
    const { labeler, other, annotator } = installation.as;
    const { id } = await ask({ sources: both, written: [{ text: "Fish." }], seed: 10 });
    const blind = {
      modelName: null,
      author: null,
      seed: null,
      temperature: null,
      topP: null,
      maxTokens: null,
      tokens: null,
    };
    for (const ctx of [other, annotator]) {
      // A person's is there at once: others than who wrote it see five that wait.
      const { candidates } = await viewComparison(ctx, { id });
      for (const one of candidates) expect(one).toMatchObject({ ...blind, state: "waiting", text: "" });
    }
    expect((await viewComparison(labeler, { id })).candidates.filter(({ text }) => text === "Fish.")).toHaveLength(1);
    await writeWaiting(labeler, id, ["Sand.", "Crabs.", "Frogs.", "Eels."]);
    const seen = await viewComparison(other, { id });
    expect(seen).toMatchObject({ state: "ready", isBlind: true });
    for (const one of seen.candidates) expect(one).toMatchObject({ ...blind, state: "done" });
    const assignment = await nextAssignment(other, { comparisonId: id });
    for (const one of assignment?.candidates ?? []) expect(one.tokens).toBeNull();
    expect(JSON.stringify([seen, assignment])).not.toMatch(/tiny|lm model|"seed":\d|0\.5|labeler/);

    await submitRanking(other, { id: assignment!.id, ...ranked("A>B>C>D>E") });
    const open = await viewComparison(other, { id });
    expect(open.isBlind).toBe(false);
    const told = open.candidates.map(({ modelName, author, temperature, tokens, text }) =>
      [modelName, author, temperature, tokens, text === "Fish."].join(),
    );
    expect(told.toSorted()).toEqual([
      ",labeler,,,true",
      "lm model,,0.5,3,false",
      "lm model,,0.5,3,false",
      "lm model,,1,3,false",
      "lm model,,1,3,false",
    ]);
  });

  test("of one model with the same settings they are told as they ever were", async () => {
    const { candidates } = await ask({ sources: [{ ...both[0]!, count: 3 }] });
    for (const one of candidates) expect(one).toMatchObject({ temperature: 0.5, topP: 0.9, maxTokens: 16, tokens: 0 });
  });

  test("an accepted demonstration is ranked under its author's name", async () => {
    const { labeler, writer, reviewer } = installation.as;
    const { id: demonstrationId } = await createDemonstration(writer, { promptId: prompt.id, text: "They eat fish." });
    const written = [{ demonstrationId }];
    const refused = "This demonstration is not accepted: only those that are can be ranked.";
    await expect(ask({ sources: both, written })).rejects.toThrow(refused);
    await reviewDemonstration(reviewer, { id: demonstrationId, rating: 7, comment: "", returned: false });
    const { id } = await ask({ sources: both, written });
    expect((await rowsOf(id)).filter(({ authorId }) => authorId === writer.actor?.id)).toMatchObject([
      { text: "They eat fish.", modelId: null, state: "done" },
    ]);
    const another = await createPrompt(labeler, plain("Where do otters live?"));
    await expect(ask({ promptId: another.id, sources: both, written })).rejects.toThrow(
      "There is no such demonstration of this prompt.",
    );
  });

  test("written anew, a model's answer comes from its own source; a person's cannot be", async () => {
    const { labeler } = installation.as;
    const { id } = await ask({ sources: both, written: [{ text: "Fish." }] });
    await writeWaiting(labeler, id, ["Sand.", "Crabs.", "Frogs.", "Eels."]);
    const rows = await rowsOf(id);
    const [mine, theirs] = [rows.find((row) => row.authorId)!, rows.find((row) => row.modelId === "tiny-other")!];
    await expect(regenerateCandidate(labeler, { id: mine.id })).rejects.toMatchObject({
      code: "CONFLICT",
      message: "A person wrote this answer: no model can write it anew.",
    });
    expect(await rowsOf(id)).toEqual(rows);
    await regenerateCandidate(labeler, { id: theirs.id });
    expect((await generationTask(installation.db, id))?.candidates).toMatchObject([
      { id: theirs.id, model: { id: "tiny-other" }, temperature: 1, topP: 1 },
    ]);
  });

  test("what cannot be asked for is refused in one sentence, and nothing is stored", async () => {
    const { labeler, reviewer } = installation.as;
    const [one] = both as [(typeof both)[0], (typeof both)[0]];
    const from = (modelId: string) => ask({ sources: [one, { ...one, modelId, count: 1 }] });
    await expect(ask({ sources: [{ ...one, count: 1 }] })).rejects.toThrow(
      "One answer cannot be ranked: ask for at least 2 in all.",
    );
    await expect(ask({ sources: [{ ...one, count: 9 }], written: [{ text: "Fish." }] })).rejects.toThrow(
      "These are 10 answers: at most 9 can be ranked together.",
    );
    await expect(ask({ sources: both, written: [{ text: "Fish." }, { text: " Fish.\n" }] })).rejects.toThrow(
      "Two of the written answers are the same text, word for word: leave one out.",
    );
    await expect(ask({ sources: both, modelId: "tiny-lm" })).rejects.toThrow(/several as sources: not both\.$/);
    await expect(from("nothing")).rejects.toThrow("There is no such model.");
    await expect(from("tiny-reward")).rejects.toThrow(/is not a language model/);
    await archiveModel(reviewer, { id: "tiny-other", archived: true });
    await expect(from("tiny-other")).rejects.toThrow(/is archived: bring it back first/);
    expect(await ormOf(installation.db).select().from(comparison).all()).toEqual([]);
    await expect(ask({ modelId: "tiny-lm" }, labeler)).resolves.toMatchObject({ state: "generating" });
  });

  test("where no model is named they come from the project's: its answering model, or several", async () => {
    const { reviewer } = installation.as;
    await updateSettings(reviewer, { k: 3 });
    expect((await rowsOf((await ask({})).id)).map(({ modelId }) => modelId)).toEqual(Array(3).fill("tiny-lm"));
    await updateSettings(reviewer, { sources: both });
    const { id } = await ask({ seed: 10 });
    expect(await cameFrom(id)).toEqual([
      "tiny-lm,,0.5,0.9,10,,waiting",
      "tiny-lm,,0.5,0.9,11,,waiting",
      "tiny-other,,1,1,12,,waiting",
      "tiny-other,,1,1,13,,waiting",
    ]);
    // Whoever names one has that one, with the defaults that there ever were.
    const old = await rowsOf((await ask({ modelId: "tiny-lm" })).id);
    expect(old.map(({ modelId, temperature }) => [modelId, temperature])).toEqual(Array(4).fill(["tiny-lm", 0.7]));
  });
});

describe("watching", () => {
  async function collect(id: string, signal?: AbortSignal, events: Comparison[] = []): Promise<Comparison[]> {
    for await (const event of await watchComparison(installation.as.other, { id }, signal)) events.push(event);
    return events;
  }

  test("gives the state at once, every change, and ends with the generation", async () => {
    const { db } = installation;
    const { id } = await create(2);
    const soFar: Comparison[] = [];
    const events = collect(id, undefined, soFar);
    const job = await claimJob(db, { kinds: ["generate"], workerId: "w", leaseMs: 60_000 });
    const claim = { id: job!.id, workerId: "w" };
    const [a, b] = (await generationTask(db, id))!.candidates.map((one) => one.id);
    await eventually(() => expect(soFar).toHaveLength(1));
    await writeAnswers(db, claim, id, [{ id: a!, text: "Fi", tokens: 1, finish: null }]);
    await eventually(() => expect(soFar).toHaveLength(2));
    await writeAnswers(db, claim, id, [
      { id: a!, text: "Fish.", tokens: 2, finish: "stop" },
      { id: b!, text: "Crabs", tokens: 1, finish: "length" },
    ]);
    await finishJob(db, claim);
    const seen = (await events).map((event) => [event.state, ...event.candidates.map((one) => one.text)].join());
    expect(seen[0]).toBe("generating,,");
    expect(seen).toContain("generating,Fi,");
    expect(seen.at(-1)).toBe("ready,Fish.,Crabs");
    expect(await collect(id)).toHaveLength(1);
  });

  test("ends when the watcher leaves, and a stop is seen", async () => {
    const { id } = await create(2);
    const leaving = new AbortController();
    const soFar: Comparison[] = [];
    const events = collect(id, leaving.signal, soFar);
    await eventually(() => expect(soFar).toHaveLength(1));
    leaving.abort();
    expect(await events).toHaveLength(1);
    const stopped = collect(id);
    await stopComparison(installation.as.labeler, { id });
    expect((await stopped).at(-1)).toMatchObject({ state: "stopped", candidates: [{ state: "stopped" }, {}] });
  });

  test("a stopped answer can be written anew, with another seed", async () => {
    const { id, candidates } = await create(2, 7);
    await stopComparison(installation.as.labeler, { id });
    const { id: first } = candidates[0]!;
    await regenerateCandidate(installation.as.labeler, { id: first });
    await expect(regenerateCandidate(installation.as.labeler, { id: first })).rejects.toThrow(/written already/);
    const task = await generationTask(installation.db, id);
    expect(task?.candidates.map((one) => one.id)).toEqual([first]);
    expect([7, 8]).not.toContain(task?.candidates[0]?.seed);
    expect((await viewComparison(installation.as.labeler, { id })).state).toBe("generating");
  });
});

test("an answer that names its model is marked, for reviewers only", async () => {
  const { db, as } = installation;
  const promptId = await addPrompt(db, "Who are you?");
  const modelId = await addModel(db, "lm", "other");
  const texts = ["I am Qwen-1b, your helper.", "I am nobody."];
  await runSql(db, "update model set name = 'Qwen-1b' where id = 'other'");
  const createdBy = as.labeler.actor!.id;
  const { id } = await addComparison(db, { promptId, modelId, createdBy, texts });
  const marked = async (ctx: Context) => (await viewComparison(ctx, { id })).candidates.map((one) => one.namesModel);
  expect(await marked(as.reviewer)).toEqual([true, false]);
  expect(await marked(as.labeler)).toEqual([false, false]);
  expect(await listNaming(as.reviewer)).toEqual([{ id, promptText: "Who are you?", labels: ["A"] }]);
  await expect(listNaming(as.labeler)).rejects.toMatchObject({ code: "FORBIDDEN" });
});
