// For tests: a whole installation in a directory of its own: database, people of every role, tiny models.
import path from "node:path";
import { vi } from "vitest";
import { bySystem } from "../db/change.ts";
import type { Database } from "../db/client.ts";
import { addModel, addUser, inTests, temporaryDatabase, testProject } from "../db/database.fixture.ts";
import { generationTask, writeAnswers } from "../db/queries/candidates.ts";
import { claimJob, finishJob } from "../db/queries/jobs.ts";
import { listMembers } from "../db/queries/members.ts";
import { writeProjectSettings } from "../db/queries/settings.ts";
import type { Context } from "./context.ts";
import { createComparison } from "./ranking/generate.ts";
import { viewComparison } from "./ranking/view.ts";
import { messagesOf, type PromptContent } from "./vocabulary/conversation.ts";
import { type Role, roles, type UseCase } from "./vocabulary/labeling.ts";
import type { Comparison, Submission } from "./vocabulary/shapes.ts";
import { writeTinyModel } from "./worker/tiny-model.fixture.ts";

export interface Installation {
  db: Database;
  directory: string;
  /** What verbs get when these people call them; `clock.now` is everyone's time. */
  as: Record<Role | "other" | "nobody", Context>;
  clock: { now: number };
  remove: () => void;
}

/** @param how.people false: nobody has an account, and the contexts are nobody's */
export async function temporaryInstallation(how = { people: true }): Promise<Installation> {
  const { db, directory, remove } = await temporaryDatabase();
  const before = process.env.RANKLOOP_DATA;
  process.env.RANKLOOP_DATA = directory;
  const clock = { now: 1_000_000 };
  if (how.people) {
    for (const role of roles) await addUser(db, role, role);
    await addUser(db, "other");
  }
  const people = await listMembers(inTests(db));
  const as = (username: string): Context => ({
    db,
    project: testProject,
    actor: people.find((one) => one.username === username) ?? null,
    now: () => clock.now,
  });
  return {
    db,
    directory,
    clock,
    as: {
      admin: as("admin"),
      reviewer: as("reviewer"),
      engineer: as("engineer"),
      labeler: as("labeler"),
      writer: as("writer"),
      annotator: as("annotator"),
      other: as("other"),
      nobody: as("nobody"),
    },
    remove: () => {
      if (before === undefined) delete process.env.RANKLOOP_DATA;
      else process.env.RANKLOOP_DATA = before;
      remove();
    },
  };
}

/**
 * A language model "tiny-lm" and a reward model "tiny-reward", which are the project's, with real directories under the
 * data. The second says to be good enough for labelers to see what it thinks.
 */
export async function addTinyModels({ db, directory }: Installation): Promise<void> {
  const accuracy = { "eval/accuracy": 0.7, "eval/accuracy_low": 0.6, "eval/accuracy_high": 0.8 };
  for (const kind of ["lm", "reward"] as const) {
    await writeTinyModel(path.join(directory, "models", `tiny-${kind}`), kind);
    await addModel(db, kind, `tiny-${kind}`, kind === "reward" ? accuracy : {});
  }
  await writeProjectSettings(
    { ...bySystem(db), project: testProject },
    { modelId: "tiny-lm", rewardModelId: "tiny-reward" },
  );
}

export const settings = { modelId: "tiny-lm", temperature: 1, topP: 1, maxTokens: 16 };

/** A plain prompt, as the contract hands it on. */
export const plain = (prompt: PromptContent, useCase: UseCase = "chat", demonstration?: string) => ({
  kind: "plain" as const,
  prompt: [...messagesOf(prompt)],
  useCase,
  demonstration,
});

/** What a labeler submits who has rated every answer of this ranking 4. */
export const ranked = (notation: string): Submission => ({
  notation,
  ratings: [...new Set(notation.toUpperCase().match(/[A-Z]/g))].map((label) => ({
    label,
    likert: 4,
    flags: [],
    note: "",
    spentMs: 0,
  })),
  promptFlags: [],
  guards: [],
});

/** A comparison whose answers are these texts, in the order shown, as if a worker had generated them. */
export async function readyComparison(ctx: Context, promptId: string, texts: string[]): Promise<Comparison> {
  const { id } = await createComparison(ctx, { ...settings, promptId, k: texts.length });
  await writeWaiting(ctx, id, texts);
  return viewComparison(ctx, { id });
}

/** Does the generate job of a comparison: its waiting candidates get these texts, in the order shown. */
export async function writeWaiting(ctx: Context, comparisonId: string, texts: string[]): Promise<void> {
  const job = await claimJob(ctx.db, { kinds: ["generate"], workerId: "test", leaseMs: 60_000 });
  const task = await generationTask(ctx.db, comparisonId);
  if (!job || !task) throw new Error("The job of the comparison is not there.");
  const held = { id: job.id, workerId: "test" };
  const answers = task.candidates.map((one, place) => ({
    id: one.id,
    text: texts[place] ?? "",
    tokens: 3,
    finish: "stop" as const,
  }));
  await writeAnswers(ctx.db, held, comparisonId, answers);
  await finishJob(ctx.db, held);
}

/** Everything an asynchronous source gives. */
export async function listed<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

/**
 * Resolves when `check` no longer throws: `await eventually(() => expect(lines(file)).toHaveLength(2))`.
 * How long that may take is the test's own timeout: it tells a test that hangs, and nothing about how fast a machine is.
 */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 24 * 60 * 60_000, interval: 10 });
