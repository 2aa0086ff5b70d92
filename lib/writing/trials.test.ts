// "Try it" end to end, with a real GPT of random weights: a person asks → worker → the person's stream.
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ormOf } from "../../db/client.ts";
import { addPrompt } from "../../db/database.fixture.ts";
import { placedModel } from "../../db/queries/candidates.ts";
import { getComparison } from "../../db/queries/comparisons.ts";
import { claimJob } from "../../db/queries/jobs.ts";
import { trialRevision, trialTask, writeTrial } from "../../db/queries/trials.ts";
import { job } from "../../db/schema/jobs.ts";
import { GptGenerator } from "../../models/gpt/generate.ts";
import type { Context } from "../context.ts";
import {
  addTinyModels,
  eventually,
  type Installation,
  settings,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { createComparison } from "../ranking/generate.ts";
import { modelDirectory } from "../training/model-directory.ts";
import { messagesOf, type PromptContent } from "../vocabulary/conversation.ts";
import type { Trial } from "../vocabulary/shapes.ts";
import { Generators } from "../worker/answers.ts";
import { generateJob } from "../worker/generate-job.ts";
import { type RunJob, work } from "../worker/loop.ts";
import { tryJob } from "../worker/try-job.ts";
import { startTrial, stopTrial, watchTrial } from "./trials.ts";

// The model's words are the same every time: another seed may have it end an answer with its first token.
vi.mock("node:crypto", async (original) => ({
  ...(await original<typeof import("node:crypto")>()),
  randomInt: (max: number) => 7 % max,
}));

let installation: Installation;
let shutdown: AbortController;
let worker: Promise<void> | undefined;

beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
  shutdown = new AbortController();
});
afterEach(async () => {
  shutdown.abort();
  await worker;
  worker = undefined;
  installation.remove();
});

function startWorker(run: RunJob = tryJob(installation.db)): void {
  const report = () => {};
  const { db } = installation;
  worker = work({
    db,
    kinds: ["try"],
    workerId: "worker",
    run,
    shutdown: shutdown.signal,
    pollMs: 5,
    report,
  });
}

const drawn = { temperature: 1, topP: 1, maxTokens: 24 };
const ask = (ctx: Context, prompt: PromptContent = "What do otters eat?", maxTokens = drawn.maxTokens) =>
  startTrial(ctx, { ...drawn, maxTokens, prompt: messagesOf(prompt) });
async function seen(ctx: Context, id: string, events: Trial[] = []): Promise<Trial[]> {
  for await (const event of await watchTrial(ctx, { id })) events.push(event);
  return events;
}

describe("trying a prompt", () => {
  test("streams the model's answer to the one who asked", async () => {
    const { writer } = installation.as;
    const { id, ...started } = await ask(writer);
    expect(started).toEqual({ modelName: "lm model", state: "waiting", text: "", tokens: 0, error: null });
    const events = seen(writer, id);
    startWorker();
    const last = (await events).at(-1)!;
    expect(last).toMatchObject({ id, state: "done", error: null });
    expect(last.tokens).toBeGreaterThan(0);
    expect(last.text).not.toBe("");
    // Again, now that it has ended: one event, the whole of it.
    expect(await seen(writer, id)).toEqual([last]);
  });

  test("turns go through the model's chat template", async () => {
    const { writer, db } = { ...installation.as, db: installation.db };
    const turns = [
      { role: "system", content: "Be short." },
      { role: "user", content: "What do otters eat?" },
      { role: "assistant", content: "Fish." },
      { role: "user", content: "And what else?" },
    ] as const;
    const { id } = await ask(writer, turns);
    expect(await trialTask(db, id)).toMatchObject({ messages: turns, model: { id: "tiny-lm" }, ...drawn });
    startWorker();
    expect((await seen(writer, id)).at(-1)).toMatchObject({ state: "done" });
  });

  test("text comes in small steps, at most one in 60 ms or so", async () => {
    const { writer, db } = { ...installation.as, db: installation.db };
    const { id } = await ask(writer, "Hi", 100);
    let revisions = 0;
    const started = performance.now();
    startWorker();
    await eventually(async () => {
      const now = await trialRevision(db, id);
      expect(now?.ended).toBe(true);
      revisions = Number(now?.revision);
    });
    // The first token, one for each 60 ms, and the end.
    expect(revisions).toBeLessThanOrEqual(2 + (performance.now() - started) / 60);
  });

  test("a prompt that leaves the model no room for an answer is refused, by how much it is too long", async () => {
    const { writer } = installation.as;
    await expect(ask(writer, "What do otters eat? ".repeat(100))).rejects.toMatchObject({
      code: "BAD_REQUEST",
      field: "prompt",
      message: expect.stringMatching(
        /^The prompt has [\d,]+ tokens, and lm model reads 127 beside an answer: shorten it by [\d,]+ tokens\.$/,
      ),
    });
  });

  test("a conversation that the model's chat template refuses fails once, with the template's words", async () => {
    const { writer } = installation.as;
    const file = join(modelDirectory({ origin: "trained", directory: "tiny-lm" }), "tokenizer_config.json");
    const template = "{{ raise_exception('System role not supported') }}";
    await writeFile(file, JSON.stringify({ eos_token: "<|endoftext|>", chat_template: template }));
    startWorker();
    const last = (await seen(writer, (await ask(writer)).id)).at(-1);
    const error = "The model's chat template does not take this prompt: System role not supported.";
    expect(last).toMatchObject({ state: "failed", error });
  });

  test("a model that goes away in the meantime is not waited for", async () => {
    const { writer } = installation.as;
    const { id } = await ask(writer);
    const directory = modelDirectory({ origin: "trained", directory: "tiny-lm" });
    await rename(directory, `${directory}-away`);
    startWorker();
    expect((await seen(writer, id)).at(-1)).toMatchObject({
      state: "failed",
      error: expect.stringContaining("tiny-lm"),
    });
    const tries = (await ormOf(installation.db).select().from(job).all()).filter(({ kind }) => kind === "try");
    expect(tries).toMatchObject([{ state: "failed", attempts: 1 }]);
  });
});

test("stopping keeps what was written, waiting or under way", async () => {
  const { writer, db } = { ...installation.as, db: installation.db };
  const waiting = await ask(writer);
  expect(await stopTrial(writer, waiting)).toEqual({ ok: true });
  expect(await seen(writer, waiting.id)).toMatchObject([{ state: "stopped", text: "" }]);

  const { id } = await ask(writer, "Hi", 100);
  const run = tryJob(db);
  startWorker(async (job, context) => {
    // As soon as the worker has it: the next write tells it.
    await stopTrial(writer, { id });
    return run(job, context);
  });
  const last = (await seen(writer, id)).at(-1);
  expect(last).toMatchObject({ state: "stopped", error: null });
  expect(last?.tokens).toBeGreaterThan(0);
  expect(last?.tokens).toBeLessThan(100);
  expect(await stopTrial(writer, { id })).toEqual({ ok: true });
});

test("the next one takes the place of a person's last, and of nobody else's", async () => {
  const { writer, labeler, db } = { ...installation.as, db: installation.db };
  const [first, others] = [await ask(writer), await ask(labeler)];
  const held = await claimJob(db, { kinds: ["try"], workerId: "slow", leaseMs: 60_000 });
  expect(held?.subjectId).toBe(first.id);
  const soFar: Trial[] = [];
  const events = seen(writer, first.id, soFar);
  await eventually(() => expect(soFar).toHaveLength(1));
  const second = await ask(writer);
  // Its stream ends, its worker hears of it and writes nowhere, and it is not to be found any more.
  expect((await events).at(-1)).toMatchObject({ id: first.id, state: "waiting" });
  const mine = { id: held?.id ?? "", workerId: "slow" };
  expect(await writeTrial(db, mine, { id: first.id, text: "Fish", tokens: 1, done: false })).toEqual({
    lost: false,
    cancelRequested: true,
  });
  await expect(watchTrial(writer, first)).rejects.toMatchObject({ code: "NOT_FOUND" });
  startWorker();
  expect((await seen(writer, second.id)).at(-1)).toMatchObject({ state: "done" });
  expect((await seen(labeler, others.id)).at(-1)).toMatchObject({ state: "done" });
});

test("what no database keeps is replaced in the answer", async () => {
  const { writer } = installation.as;
  const { id } = await ask(writer);
  const held = await claimJob(installation.db, { kinds: ["try"], workerId: "w", leaseMs: 60_000 });
  const mine = { id: held?.id ?? "", workerId: "w" };
  await writeTrial(installation.db, mine, { id, text: "\0Fish \ud83d", tokens: 2, done: true });
  expect((await seen(writer, id)).at(-1)).toMatchObject({ state: "done", text: "\ufffdFish \ufffd" });
});

test("a trial is its owner's, and needs somebody who writes", async () => {
  const { writer, admin, annotator, engineer, nobody } = installation.as;
  const { id } = await ask(writer);
  for (const call of [watchTrial, stopTrial]) {
    await expect(call(admin, { id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(call(nobody, { id })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  }
  for (const one of [annotator, engineer]) await expect(ask(one)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(startTrial(writer, { ...drawn, prompt: messagesOf("Hi"), modelId: "tiny-reward" })).rejects.toThrow(
    "reward model is not a language model: choose one that is.",
  );
});

test("a trial does not wait for candidates, nor they for it, and the model they share is loaded once", async () => {
  const { labeler, db } = { ...installation.as, db: installation.db };
  const load = vi.spyOn(GptGenerator, "load");
  const generators = new Generators(db);
  const generate = generateJob(db, generators);
  const { promise: tried, resolve: goOn } = Promise.withResolvers<void>();
  const comparison = await createComparison(labeler, { ...settings, promptId: await addPrompt(db), k: 4 });
  const { signal } = shutdown;
  const generating = work({
    db,
    kinds: ["generate"],
    workerId: "candidates",
    shutdown: signal,
    pollMs: 5,
    // The answers are under way, and cannot end before the trial does.
    run: async (job, context) => {
      await generators.use((await placedModel(ormOf(db), "tiny-lm"))!, () => tried);
      return generate(job, context);
    },
  });
  startWorker(tryJob(db, generators));
  const { id } = await ask(labeler);
  expect((await seen(labeler, id)).at(-1)).toMatchObject({ state: "done" });
  goOn();
  await eventually(async () => expect((await getComparison(db, comparison.id))?.state).toBe("ready"));
  expect(load).toHaveBeenCalledOnce();
  shutdown.abort();
  await generating;
});
