// Adding, renaming and deleting models and training runs. A deleted model keeps its row, because answers and runs refer to it.
import { and, eq, inArray, isNull, or, sql } from "drizzle-orm";
import type { ModelOrigin } from "../../lib/vocabulary/labeling.ts";
import type { Source } from "../../lib/vocabulary/shapes.ts";
import { change, changeOnce, type InProject, type ProjectScope, textHash } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import {
  candidate,
  candidateScore,
  job,
  model,
  modelAddress,
  modelMetric,
  projectSetting,
  trainingRun,
} from "../schema/index.ts";
import { cancelJobsOf } from "../steps/jobs.ts";
import { addModel, isNameTaken, isOf, type NewModel } from "../steps/models.ts";
import { removeWithAll } from "../steps/remove.ts";
import type { AddressRow } from "./candidates.ts";

/** Renames a run and the model it made, which share a name and an id. @returns false where there is neither */
export async function renameModel(
  scope: ProjectScope,
  { id, name }: { id: string; name: string },
): Promise<"done" | "not found" | "shipped" | "taken"> {
  return change(scope, async (orm, tell) => {
    const row = await orm
      .select()
      .from(model)
      .where(and(eq(model.id, id), isOf(scope.project)))
      .get();
    const run = await orm
      .select({ name: trainingRun.name })
      .from(trainingRun)
      .where(and(eq(trainingRun.id, id), eq(trainingRun.projectId, scope.project)))
      .get();
    if (row?.origin === "shipped") return "shipped";
    if ((!row || row.deletedAt !== null) && !run) return "not found";
    if (await isNameTaken(orm, scope.project, name, id)) return "taken";
    await orm.update(model).set({ name }).where(eq(model.id, id)).run();
    await orm
      .update(trainingRun)
      .set({ name, revision: sql`${trainingRun.revision} + 1` })
      .where(eq(trainingRun.id, id))
      .run();
    await tell({ verb: "model.rename", subject: id, before: { name: row?.name ?? run?.name }, after: { name } });
    return "done";
  });
}

/** Runs that have not ended. */
const isUnderWay = inArray(
  trainingRun.jobId,
  sql`(select id from job where state in ('waiting', 'running') and kind = 'train')`,
);

/** Adds a model whose files are in a folder of the machine, and stay there. */
export async function insertFolderModel(
  scope: ProjectScope,
  row: Omit<NewModel, "origin">,
): Promise<{ id: string } | "taken"> {
  return changeOnce(scope, async (orm, tell) => {
    const id = await addModel(orm, scope, { ...row, origin: "folder" });
    if (id === null) return "taken";
    const { name, kind } = row;
    await tell({ verb: "model.add", subject: id, before: null, after: { name, kind, origin: "folder" } });
    return { id };
  });
}

/** How a model at an address is asked; `sealedKey` is its key, sealed. */
export type AddressSettings = Omit<AddressRow, "modelId">;

/** What the history tells of an address: the key as the hash of its sealed form, which says only whether it is another. */
const addressFacts = ({ sealedKey, extra, template, ...facts }: AddressSettings) => ({
  ...facts,
  extra: extra === "{}" ? null : textHash(extra),
  template: template && textHash(template),
  key: sealedKey && textHash(sealedKey),
});

/** @param input.settings made for the id of the model, to which a key is bound */
export async function insertAddressModel(
  scope: ProjectScope,
  input: { name: string; kind: "lm" | "reward"; context: number | null; settings: (id: string) => AddressSettings },
): Promise<{ id: string } | "taken"> {
  const { name, kind, context } = input;
  return changeOnce(scope, async (orm, tell) => {
    const id = await addModel(orm, scope, { name, kind, origin: "address", directory: "", parameters: null, context });
    if (id === null) return "taken";
    const settings = input.settings(id);
    await orm
      .insert(modelAddress)
      .values({ ...settings, modelId: id })
      .run();
    const after = { name, kind, origin: "address", context, ...addressFacts(settings) };
    await tell({ verb: "model.add", subject: id, before: null, after });
    return { id };
  });
}

/** Why new settings cannot follow those before. */
type AddressRefusal = "no key" | "other kind";

/** How a model of the project is asked, where it is at an address. */
export async function addressOf({ db, project }: InProject, id: string): Promise<AddressRow | null> {
  const row = await ormOf(db)
    .select({ address: modelAddress })
    .from(modelAddress)
    .innerJoin(model, eq(model.id, modelAddress.modelId))
    .where(and(eq(model.id, id), eq(model.projectId, project), isNull(model.deletedAt)))
    .get();
  return row?.address ?? null;
}

/** Asks a model at an address in another way from now on. @param input.settings made of those before */
export async function changeAddress(
  scope: ProjectScope,
  input: {
    id: string;
    context: number | null;
    settings: (before: AddressSettings) => AddressSettings | AddressRefusal;
  },
): Promise<"done" | "not found" | AddressRefusal> {
  const { id, context } = input;
  return change(scope, async (orm, tell) => {
    const row = await orm
      .select({ context: model.context, address: modelAddress })
      .from(model)
      .innerJoin(modelAddress, eq(modelAddress.modelId, model.id))
      .where(and(eq(model.id, id), eq(model.projectId, scope.project), isNull(model.deletedAt)))
      .get();
    if (!row) return "not found";
    const { modelId: _, ...before } = row.address;
    const settings = input.settings(before);
    if (typeof settings === "string") return settings;
    await orm.update(modelAddress).set(settings).where(eq(modelAddress.modelId, id)).run();
    await orm.update(model).set({ context }).where(eq(model.id, id)).run();
    await tell({
      verb: "model.change",
      subject: id,
      before: { context: row.context, ...addressFacts(before) },
      after: { context, ...addressFacts(settings) },
    });
    return "done";
  });
}

/** Not offered any more, or offered again; or answers with other bits. Those that come with Rankloop stay as they are. */
export async function changeModel(
  scope: ProjectScope,
  { id, ...input }: { id: string; archived?: boolean; bits?: number },
): Promise<"done" | "not found" | "shipped" | "in use"> {
  return change(scope, async (orm, tell) => {
    const row = await orm
      .select()
      .from(model)
      .where(and(eq(model.id, id), isOf(scope.project), isNull(model.deletedAt)))
      .get();
    if (!row) return "not found";
    if (row.projectId === null) return "shipped";
    if (input.archived !== undefined && input.archived !== (row.archivedAt !== null)) {
      if (input.archived && (await isChosen(orm, id))) return "in use";
      const archivedAt = input.archived ? scope.now : null;
      await orm.update(model).set({ archivedAt }).where(eq(model.id, id)).run();
      const verb = input.archived ? "model.archive" : "model.restore";
      await tell({ verb, subject: id, before: { archivedAt: row.archivedAt }, after: { archivedAt } });
    }
    if (input.bits !== undefined) {
      await orm.update(model).set({ bits: input.bits }).where(eq(model.id, id)).run();
      await tell({ verb: "model.change", subject: id, before: { bits: row.bits }, after: { bits: input.bits } });
    }
    return "done";
  });
}

/** Keeps what fewer bits cost a model, nats a token, among its figures: `bits/8/kl` and `bits/4/kl`. */
export async function noteBitsCost(
  scope: ProjectScope,
  { id, cost }: { id: string; cost: Readonly<Record<8 | 4, number>> },
): Promise<"done" | "not found"> {
  return change(scope, async (orm, tell) => {
    const own = and(eq(model.id, id), eq(model.projectId, scope.project), isNull(model.deletedAt));
    if (!(await orm.select({ id: model.id }).from(model).where(own).get())) return "not found";
    const after: Record<string, number> = { "bits/8/kl": cost[8], "bits/4/kl": cost[4] };
    const its = and(eq(modelMetric.modelId, id), inArray(modelMetric.name, Object.keys(after)));
    const rows = await orm.select().from(modelMetric).where(its).all();
    // Measured again, it is what it was.
    if (rows.length > 0 && rows.every(({ name, value }) => after[name] === value)) return "done";
    for (const [name, value] of Object.entries(after)) {
      await orm
        .insert(modelMetric)
        .values({ modelId: id, name, value })
        .onConflictDoUpdate({ target: [modelMetric.modelId, modelMetric.name], set: { value } })
        .run();
    }
    const before = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    await tell({ verb: "model.measure", subject: id, before, after });
    return "done";
  });
}

const isChosen = async (orm: Orm, id: string): Promise<boolean> => {
  const chosen = and(inArray(projectSetting.name, ["modelId", "rewardModelId"]), eq(projectSetting.value, id));
  if ((await orm.select().from(projectSetting).where(chosen).get()) !== undefined) return true;
  const lists = await orm.select().from(projectSetting).where(eq(projectSetting.name, "sources")).all();
  return lists.some(({ value }) => (JSON.parse(value) as Source[]).some(({ modelId }) => modelId === id));
};

/** What names a model, in numbers. */
export interface ModelDependents {
  /** Answers it wrote, and how many of these are being written. */
  answers: number;
  underWay: number;
  /** Answers it scored. */
  scores: number;
  /** Runs that begin with it, or are rewarded by it. */
  runs: number;
}

export async function modelDependents(db: Database, id: string): Promise<ModelDependents> {
  const orm = ormOf(db);
  const isUnfinished = inArray(candidate.state, ["waiting", "streaming"]);
  const answers = await orm
    .select({ answers: sql<number>`count(*)`, underWay: sql<number>`count(*) filter (where ${isUnfinished})` })
    .from(candidate)
    .where(eq(candidate.modelId, id))
    .get();
  const scored = await orm
    .select({ scores: sql<number>`count(*)` })
    .from(candidateScore)
    .where(eq(candidateScore.modelId, id))
    .get();
  const begun = await orm
    .select({ runs: sql<number>`count(*)` })
    .from(trainingRun)
    .where(or(eq(trainingRun.baseModelId, id), eq(trainingRun.rewardModelId, id)))
    .get();
  return { answers: 0, underWay: 0, scores: 0, runs: 0, ...answers, ...scored, ...begun };
}

export type ModelRemoved =
  | { directory: string; origin: ModelOrigin }
  | "not found"
  | "shipped"
  | "in use"
  | "learned from";

/** Takes a model off the list. Its answers and scores stay, under its name. */
export async function removeModel(scope: ProjectScope, { id }: { id: string }): Promise<ModelRemoved> {
  return changeOnce(scope, async (orm, tell): Promise<ModelRemoved> => {
    const row = await orm
      .select()
      .from(model)
      .where(and(eq(model.id, id), isOf(scope.project)))
      .get();
    if (!row || row.deletedAt !== null) return "not found";
    if (row.origin === "shipped") return "shipped";
    if (await isChosen(orm, id)) return "in use";
    const begins = or(eq(trainingRun.baseModelId, id), eq(trainingRun.rewardModelId, id));
    if (await orm.select().from(trainingRun).where(and(begins, isUnderWay)).get()) return "learned from";
    await orm.update(model).set({ deletedAt: scope.now }).where(eq(model.id, id)).run();
    // Its key goes with it.
    await orm
      .update(modelAddress)
      .set({ sealedKey: null, keyVariable: null })
      .where(eq(modelAddress.modelId, id))
      .run();
    await cancelJobsOf(orm, tell, { kind: "download", subjectId: id }, scope.now);
    await tell({ verb: "model.delete", subject: id, before: { name: row.name, kind: row.kind }, after: null });
    return { directory: row.directory, origin: row.origin };
  });
}

export type RunRemoved = { id: string } | "not found" | "under way";

/** Deletes a run with its curves, settings and jobs. The model it made stays. */
export async function removeRun(scope: ProjectScope, { id }: { id: string }): Promise<RunRemoved> {
  return changeOnce(scope, async (orm, tell): Promise<RunRemoved> => {
    const there = and(eq(trainingRun.id, id), eq(trainingRun.projectId, scope.project));
    const row = await orm.select().from(trainingRun).where(there).get();
    if (!row) return "not found";
    const isLive = await orm
      .select()
      .from(trainingRun)
      .where(and(eq(trainingRun.id, id), isUnderWay))
      .get();
    if (isLive) return "under way";
    await removeWithAll(orm, trainingRun, trainingRun.id, [id]);
    await orm
      .delete(job)
      .where(and(eq(job.kind, "train"), eq(job.subjectId, id)))
      .run();
    const { name, kind, step } = row;
    await tell({ verb: "run.delete", subject: id, before: { name, kind, step }, after: null });
    return { id };
  });
}
