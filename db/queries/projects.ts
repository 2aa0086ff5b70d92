// Projects themselves: making, cloning, renaming, archiving and deleting them.
import { and, asc, desc, eq, gt, inArray, isNull, ne, sql } from "drizzle-orm";
import type { GuidelineTopic, Role } from "../../lib/vocabulary/labeling.ts";
import { change, changeOnce, type InProject, type ProjectScope, type Scope, type Tell, textHash } from "../change.ts";
import { type Orm, ormOf } from "../client.ts";
import { newId } from "../id.ts";
import {
  guidelines,
  job,
  member,
  model,
  project,
  projectSetting,
  scenario,
  setting,
  trainingRun,
} from "../schema/index.ts";
import { addJudgeJob, cancelJobsIn } from "../steps/jobs.ts";
import { addPrompt, type NewPrompt } from "../steps/prompts.ts";
import { removeWithAll } from "../steps/remove.ts";
import { addScenario } from "../steps/scenarios.ts";
import { type ProjectSettings, storedValue } from "./settings.ts";

export interface NewProject {
  name: string;
  settings: Partial<ProjectSettings>;
  members: readonly { userId: string; role: Role }[];
  guidelines: Record<GuidelineTopic, string>;
}

/** Has another project this name, whatever the capitals? */
async function isTaken(orm: Orm, name: string, except = ""): Promise<boolean> {
  const same = and(sql`lower(${project.name}) = lower(${name})`, ne(project.id, except));
  return (await orm.select({ id: project.id }).from(project).where(same).get()) !== undefined;
}

interface Row {
  id: string;
  name: string;
  createdBy: string | null;
  createdAt: number;
}

async function add(orm: Orm, tell: Tell, row: Row, members: NewProject["members"]): Promise<void> {
  const { id: projectId, name, createdAt: joinedAt } = row;
  await orm.insert(project).values(row).run();
  await tell({ verb: "project.create", subject: projectId, project: projectId, before: null, after: { name } });
  for (const { userId, role } of members) {
    await orm.insert(member).values({ projectId, userId, role, joinedAt }).run();
    await tell({ verb: "member.add", subject: userId, project: projectId, before: null, after: { role } });
  }
}

async function addGuidelines(orm: Orm, tell: Tell, project: string, texts: NewProject["guidelines"], now: number) {
  for (const topic of Object.keys(texts) as GuidelineTopic[]) {
    const row = { projectId: project, topic, version: 1, text: texts[topic], createdAt: now };
    await orm.insert(guidelines).values(row).run();
    const after = { version: 1, text: textHash(row.text) };
    await tell({ verb: "guidelines.publish", subject: topic, project, before: null, after });
  }
}

async function addSettings(orm: Orm, projectId: string, settings: Partial<ProjectSettings>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined || value === null) continue;
    await orm
      .insert(projectSetting)
      .values({ projectId, name, value: storedValue(value) })
      .run();
  }
}

/** A project without any work in it. */
export async function insertProject(scope: Scope, input: NewProject): Promise<{ id: string } | "taken"> {
  const { actor, now } = scope;
  return changeOnce(scope, async (orm, tell) => {
    if (await isTaken(orm, input.name)) return "taken";
    const id = newId();
    const createdBy = actor.kind === "user" ? actor.id : null;
    await add(orm, tell, { id, name: input.name, createdBy, createdAt: now }, input.members);
    await addGuidelines(orm, tell, id, input.guidelines, now);
    await addSettings(orm, id, input.settings);
    return { id };
  });
}

/**
 * Another project with the settings, guidelines, use-case descriptions and people of the scope's, and none of its work.
 * Models that the one before has trained stay there: where one of them was chosen, none is in the new one.
 */
export async function cloneProject(scope: ProjectScope, { name }: { name: string }): Promise<{ id: string } | "taken"> {
  const { actor, project: from, now } = scope;
  return changeOnce(scope, async (orm, tell) => {
    if (await isTaken(orm, name)) return "taken";
    const id = newId();
    const { userId, role } = member;
    const members = await orm
      .select({ userId, role })
      .from(member)
      .where(eq(member.projectId, from))
      .orderBy(asc(member.joinedAt))
      .all();
    const createdBy = actor.kind === "user" ? actor.id : null;
    await add(orm, tell, { id, name, createdBy, createdAt: now }, members);
    const latest = async (topic: GuidelineTopic) => {
      const ofTopic = and(eq(guidelines.projectId, from), eq(guidelines.topic, topic));
      return orm.select().from(guidelines).where(ofTopic).orderBy(desc(guidelines.version)).limit(1).get();
    };
    const inForce = { write: await latest("write"), rank: await latest("rank") };
    const texts = Object.entries(inForce).flatMap(([topic, row]) => (row ? [[topic, row.text]] : []));
    await addGuidelines(orm, tell, id, Object.fromEntries(texts), now);
    const own = await orm.select({ id: model.id }).from(model).where(eq(model.projectId, from)).all();
    const namesOwn = ({ value }: { value: string }) => own.some(({ id }) => value === id || value.includes(`"${id}"`));
    const settings = await orm.select().from(projectSetting).where(eq(projectSetting.projectId, from)).all();
    for (const setting of settings.filter((one) => !namesOwn(one)))
      await orm
        .insert(projectSetting)
        .values({ ...setting, projectId: id })
        .run();
    const inUse = and(eq(scenario.projectId, from), isNull(scenario.retiredAt));
    for (const { text, authorId } of await orm.select().from(scenario).where(inUse).orderBy(asc(scenario.seq)).all())
      await addScenario(orm, { projectId: id, text, authorId, createdAt: now });
    return { id };
  });
}

/** @returns "taken" where another has the name */
export async function renameProject(scope: ProjectScope, { name }: { name: string }): Promise<"done" | "taken"> {
  return change(scope, async (orm, tell) => {
    if (await isTaken(orm, name, scope.project)) return "taken";
    const there = eq(project.id, scope.project);
    const before = (await orm.select({ name: project.name }).from(project).where(there).get()) ?? null;
    await orm.update(project).set({ name }).where(there).run();
    await tell({ verb: "project.rename", subject: scope.project, before, after: { name } });
    return "done";
  });
}

/**
 * Makes it read-only, takes it out of the lists and asks for the end of its jobs, or brings it back. Of what was stopped
 * only the reward model's scores go on then by themselves.
 */
export async function archiveProject(scope: ProjectScope, { archived }: { archived: boolean }): Promise<void> {
  await change(scope, async (orm, tell) => {
    const there = eq(project.id, scope.project);
    const before = await orm.select({ archivedAt: project.archivedAt }).from(project).where(there).get();
    if (!before || (before.archivedAt !== null) === archived) return;
    const after = { archivedAt: archived ? scope.now : null };
    await orm.update(project).set(after).where(there).run();
    await tell({ verb: archived ? "project.archive" : "project.restore", subject: scope.project, before, after });
    if (archived) await cancelJobsIn(orm, tell, scope.project, scope.now);
    else await addJudgeJob(orm, scope.project, scope.now);
  });
}

/** What would go with a project, in numbers. */
export interface ProjectContents {
  prompts: number;
  demonstrations: number;
  comparisons: number;
  rankings: number;
  runs: number;
  models: number;
  members: number;
}

export const projectContents = ({ db, project }: InProject): Promise<ProjectContents> => contentsOf(ormOf(db), project);

async function contentsOf(orm: Orm, id: string): Promise<ProjectContents> {
  const count = (table: string) =>
    sql<number>`(select count(*) from ${sql.identifier(table)} where project_id = ${id})`;
  const row = await orm
    .select({
      prompts: count("prompt"),
      demonstrations: count("demonstration"),
      comparisons: count("comparison"),
      rankings: count("ranking"),
      runs: count("training_run"),
      models: sql<number>`(select count(*) from model where project_id = ${id} and deleted_at is null)`,
      members: count("member"),
    })
    .from(sql`(select 1) as one`)
    .get();
  if (!row) throw new Error("A row of counts is always there.");
  return row;
}

/** The files that a deleted project leaves. */
export interface ProjectRemoved {
  /** Ids. */
  runs: string[];
  /** Directories. */
  models: string[];
}

type Removal = ProjectRemoved | "not found" | "another name" | "at work";

/**
 * Deletes a project with everything in it. What the history tells of it stays, for admins of the installation.
 * @returns "at work" while a worker holds a job of it, and may write files: it is asked to stop
 */
export async function removeProject(scope: ProjectScope, { name }: { name: string }): Promise<Removal> {
  const { project: id } = scope;
  const removed = await changeOnce<Removal>(scope, async (orm, tell) => {
    const row = await orm.select().from(project).where(eq(project.id, id)).get();
    if (!row) return "not found";
    if (row.name !== name) return "another name";
    const atWork = and(eq(job.projectId, id), eq(job.state, "running"), gt(job.leaseUntil, scope.now));
    if (await orm.select({ id: job.id }).from(job).where(atWork).limit(1).get()) return "at work";
    const before = { name, ...(await contentsOf(orm, id)) };
    const ofThis = eq(trainingRun.projectId, id);
    const runs = await orm.select({ id: trainingRun.id }).from(trainingRun).where(ofThis).all();
    const { directory } = model;
    // Those whose files are Rankloop's own.
    const own = and(eq(model.projectId, id), inArray(model.origin, ["trained", "hub"]));
    const models = await orm.select({ directory }).from(model).where(own).all();
    await removeWithAll(orm, project, project.id, [id]);
    await tell({ verb: "project.delete", subject: id, before, after: null });
    return { runs: runs.map((one) => one.id), models: models.map((one) => one.directory) };
  });
  if (removed === "at work") await change(scope, (orm, tell) => cancelJobsIn(orm, tell, id, scope.now));
  return removed;
}

/** True the first time that this name is asked for in the life of a database, and false ever after. */
async function firstTime(orm: Orm, name: string, now: number): Promise<boolean> {
  const before = await orm.select().from(setting).where(eq(setting.name, name)).get();
  if (before) return false;
  await orm
    .insert(setting)
    .values({ name, value: String(now) })
    .run();
  return true;
}

/** The project that comes with Rankloop, made once in the life of a database; the first prompt is on top of its list. */
export async function seedPracticeOnce(
  scope: Scope,
  input: Pick<NewProject, "name" | "guidelines"> & {
    id: string;
    prompts: readonly Omit<NewPrompt, "projectId">[];
    scenarios: readonly string[];
  },
): Promise<void> {
  const { id, name } = input;
  const { now } = scope;
  await change(scope, async (orm, tell) => {
    if (!(await firstTime(orm, "practice project made at", now))) return;
    await add(orm, tell, { id, name, createdBy: null, createdAt: now }, []);
    await addGuidelines(orm, tell, id, input.guidelines, now);
    for (const one of input.prompts.toReversed())
      await addPrompt(orm, { ...one, projectId: id }, { authorId: null, now });
    for (const text of input.scenarios) await addScenario(orm, { projectId: id, text, authorId: null, createdAt: now });
  });
}
