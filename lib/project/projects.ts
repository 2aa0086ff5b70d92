// Projects: which there are for somebody, making, cloning, renaming, archiving and deleting them.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dataDirectory } from "../../db/data-directory.ts";
import { listProjects as list } from "../../db/queries/members.ts";
import { getModel, listModels } from "../../db/queries/models.ts";
import { listAccounts } from "../../db/queries/people.ts";
import * as projects from "../../db/queries/projects.ts";
import { type ActorScope, administering, allowed, type Context, type VisitorContext, visiting } from "../context.ts";
import { modelDirectory } from "../training/model-directory.ts";
import { problemOf } from "../training/models.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { Role } from "../vocabulary/labeling.ts";
import type { Project } from "../vocabulary/shapes.ts";
import { firstGuidelines } from "./practice.ts";

/** Those this person is in; for who looks after the installation all, in which they are admin. */
export async function listProjects(ctx: VisitorContext): Promise<Project[]> {
  const { db, actor } = visiting(ctx);
  const rows = await list(db, { userId: actor.id, all: actor.isAdmin });
  return rows.flatMap(({ role, ...row }) => {
    const here = actor.isAdmin ? "admin" : role;
    return here ? [{ ...row, role: here, isMember: role !== null }] : [];
  });
}

/** Language models that every project may use, and that can be used just now. */
export async function installedModels(
  ctx: VisitorContext,
): Promise<{ id: string; name: string; parameters: number | null }[]> {
  const { db } = administering(ctx, "make projects");
  const rows = (await listModels({ db, project: "" })).filter(({ kind }) => kind === "lm");
  const problems = await Promise.all(rows.map((row) => problemOf(db, row)));
  return rows.filter((_, i) => problems[i] === null).map(({ id, name, parameters }) => ({ id, name, parameters }));
}

const taken = () =>
  new DomainError("CONFLICT", "There is a project of this name already: choose another.", { field: "name" });

/**
 * A project without any work in it, whose maker is its admin.
 * @throws DomainError CONFLICT for a name that is taken, NOT_FOUND for a model or a person that there is not
 */
export async function createProject(
  ctx: VisitorContext,
  input: { name: string; modelId: string | null; k: number; rateFirst: boolean; people: { id: string; role: Role }[] },
): Promise<{ id: string }> {
  const scope = administering(ctx, "make projects");
  const { name, modelId, k, rateFirst, people } = input;
  // Of the installation's: what other projects have trained is theirs.
  const model = modelId === null ? null : await getModel({ db: ctx.db, project: "" }, modelId);
  if (modelId !== null && model?.kind !== "lm") {
    throw new DomainError("NOT_FOUND", "There is no such language model: choose another.");
  }
  const accounts = new Set((await listAccounts(ctx.db)).map(({ id }) => id));
  if (people.some(({ id }) => !accounts.has(id))) throw new DomainError("NOT_FOUND", "There is no such person.");
  const roles = new Map([...people.map(({ id, role }) => [id, role] as const)]);
  if (scope.actor.kind === "user") roles.set(scope.actor.id, "admin");
  const members = [...roles].map(([userId, role]) => ({ userId, role }));
  const settings = { modelId, k, rateFirst };
  const made = await projects.insertProject(scope, { name, settings, members, guidelines: firstGuidelines() });
  if (made === "taken") throw taken();
  return made;
}

const mayLook = (ctx: Context): ActorScope => allowed(ctx, "people", "change the project itself");

/** Who makes projects may copy one they look after. */
function mayDelete(ctx: Context, what: string): ActorScope {
  const scope = mayLook(ctx);
  administering(ctx, what);
  return scope;
}

/** Settings, guidelines, use-case descriptions and people, and none of the work. @throws DomainError CONFLICT for a name that is taken */
export async function cloneProject(ctx: Context, input: { name: string }): Promise<{ id: string }> {
  const made = await projects.cloneProject(mayDelete(ctx, "make projects"), input);
  if (made === "taken") throw taken();
  return made;
}

/** @throws DomainError CONFLICT for a name that is taken */
export async function renameProject(ctx: Context, input: { name: string }): Promise<{ ok: true }> {
  if ((await projects.renameProject(mayLook(ctx), input)) === "taken") throw taken();
  return { ok: true };
}

/** Makes it read-only, takes it out of the lists and stops its jobs, or brings it back. */
export async function archiveProject(ctx: Context, input: { archived: boolean }): Promise<{ ok: true }> {
  await projects.archiveProject(mayLook(ctx), input);
  return { ok: true };
}

/** What would go with the project, in numbers. */
export async function projectContents(ctx: Context): Promise<projects.ProjectContents> {
  return projects.projectContents(mayLook(ctx));
}

/** How long a deletion waits for a worker to end what it does in the project, and how often it looks. */
const patienceMs = 30_000;
const lookMs = 100;

/**
 * Deletes a project with all that was made in it, also the files of its runs and models, once its workers have stopped:
 * they would write files anew.
 * @param input.name typed by whoever deletes it, so that it is this one they mean
 * @throws DomainError BAD_REQUEST for another name; CONFLICT where a worker does not stop
 */
export async function removeProject(ctx: Context, input: { name: string }): Promise<{ ok: true }> {
  const remove = () => projects.removeProject(mayDelete(ctx, "delete projects"), input);
  let removed = await remove();
  for (let waits = 0; removed === "at work"; waits++) {
    if (waits > patienceMs / lookMs)
      throw new DomainError("CONFLICT", "A worker is ending its work in this project: try again in a minute.");
    await sleep(lookMs);
    removed = await remove();
  }
  if (removed === "not found") throw new DomainError("NOT_FOUND", "There is no such project.");
  if (removed === "another name") {
    throw new DomainError("BAD_REQUEST", "This is not the name of the project: nothing was deleted.", {
      field: "name",
    });
  }
  const directories = [
    ...removed.runs.map((id) => join(dataDirectory(), "runs", id)),
    ...removed.models.map((directory) => modelDirectory({ origin: "trained", directory })),
  ];
  for (const directory of directories) await rm(directory, { recursive: true, force: true });
  return { ok: true };
}
