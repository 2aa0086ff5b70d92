// Trials: one answer to a prompt that is still being written. Each person has their last one, and no other.
import { and, eq, inArray, sql } from "drizzle-orm";
import * as z from "zod";
import { type Message, message } from "../../lib/vocabulary/conversation.ts";
import { byWorker, change, changeOnce, type PersonScope, type Scope } from "../change.ts";
import { type Database, ormOf, prepared } from "../client.ts";
import { newId } from "../id.ts";
import { type candidateStates, model, modelAddress, trial } from "../schema/index.ts";
import { storable } from "../steps/comparisons.ts";
import { addJob, cancelJobsOf, claimedJob } from "../steps/jobs.ts";
import { type Drawn, type PlacedModel, place, type WriteOutcome } from "./candidates.ts";
import type { JobClaim } from "./jobs.ts";

export interface TrialRow {
  id: string;
  ownerId: string;
  modelName: string;
  state: (typeof candidateStates)[number];
  text: string;
  tokens: number;
  error: string | null;
}

/** A trial and the job that answers it. The person's earlier one is stopped and goes. */
export async function insertTrial(
  scope: PersonScope,
  { messages, ...row }: Drawn & { modelId: string; messages: readonly Message[] },
): Promise<{ id: string }> {
  const { actor, project: projectId, now } = scope;
  return changeOnce(scope, async (orm, tell) => {
    for (const { id } of await orm.select().from(trial).where(eq(trial.ownerId, actor.id)).all()) {
      await cancelJobsOf(orm, tell, { kind: "try", subjectId: id }, now);
      await orm.delete(trial).where(eq(trial.id, id)).run();
    }
    const id = newId();
    const content = JSON.stringify(messages);
    await orm
      .insert(trial)
      .values({ ...row, id, projectId, ownerId: actor.id, messages: content, state: "waiting", createdAt: now })
      .run();
    await addJob(orm, { kind: "try", projectId, subjectId: id }, now);
    return { id };
  });
}

export async function getTrial(db: Database, id: string): Promise<TrialRow | null> {
  const row = await ormOf(db)
    .select({
      id: trial.id,
      ownerId: trial.ownerId,
      modelName: model.name,
      state: trial.state,
      text: trial.text,
      tokens: trial.tokens,
      error: trial.error,
    })
    .from(trial)
    .innerJoin(model, eq(model.id, trial.modelId))
    .where(eq(trial.id, id))
    .get();
  return row ?? null;
}

const findRevision = prepared((orm) =>
  orm
    .select({ revision: trial.revision, state: trial.state })
    .from(trial)
    .where(eq(trial.id, sql.placeholder("id")))
    .prepare(),
);

/** What changes when anything of the trial changes; null once another has taken its place. */
export async function trialRevision(db: Database, id: string): Promise<{ revision: string; ended: boolean } | null> {
  const row = await findRevision(ormOf(db)).get({ id });
  return row ? { revision: String(row.revision), ended: !["waiting", "streaming"].includes(row.state) } : null;
}

/** What waits is stopped at once, what runs as soon as its worker hears of it. */
export async function stopTrial(scope: Scope, { id }: { id: string }): Promise<void> {
  await change(scope, (orm, tell) => cancelJobsOf(orm, tell, { kind: "try", subjectId: id }, scope.now));
}

export interface TrialTask extends Drawn {
  messages: Message[];
  model: PlacedModel;
}

const turns = z.array(message);

/** @returns null once another trial has taken its place */
export async function trialTask(db: Database, id: string): Promise<TrialTask | null> {
  const row = await ormOf(db)
    .select({
      messages: trial.messages,
      model: place,
      address: modelAddress,
      temperature: trial.temperature,
      topP: trial.topP,
      maxTokens: trial.maxTokens,
      seed: trial.seed,
    })
    .from(trial)
    .innerJoin(model, eq(model.id, trial.modelId))
    .leftJoin(modelAddress, eq(modelAddress.modelId, model.id))
    .where(eq(trial.id, id))
    .get();
  if (!row) return null;
  const { address, ...task } = row;
  return { ...task, model: { ...task.model, address }, messages: turns.parse(JSON.parse(row.messages)) };
}

/** The whole text so far; `done` ends the trial. */
export async function writeTrial(
  db: Database,
  job: JobClaim,
  answer: { id: string; text: string; tokens: number; done: boolean },
): Promise<WriteOutcome> {
  return change(byWorker(db, job), async (orm) => {
    const row = await claimedJob(orm, job);
    if (!row) return { lost: true, cancelRequested: false };
    const { id, text, tokens, done } = answer;
    await orm
      .update(trial)
      .set({ text: storable(text), tokens, state: done ? "done" : "streaming", revision: sql`${trial.revision} + 1` })
      .where(and(eq(trial.id, id), inArray(trial.state, ["waiting", "streaming"])))
      .run();
    return { lost: false, cancelRequested: row.cancelRequested };
  });
}
