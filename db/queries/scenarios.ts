// Use-case descriptions: what user-based prompts are written from.
import { and, asc, eq, isNull } from "drizzle-orm";
import { change, changeOnce, type InProject, type PersonScope, type ProjectScope, textHash } from "../change.ts";
import { ormOf } from "../client.ts";
import { scenario } from "../schema/index.ts";
import { addScenario, type ScenarioRow, scenarioShown as shown } from "../steps/scenarios.ts";

/** Those in use, oldest first. */
export async function listScenarios({ db, project }: InProject): Promise<ScenarioRow[]> {
  const inUse = and(eq(scenario.projectId, project), isNull(scenario.retiredAt));
  return ormOf(db).select(shown).from(scenario).where(inUse).orderBy(asc(scenario.seq)).all();
}

/** Also one that is off the list. */
export async function getScenario({ db, project }: InProject, id: string): Promise<ScenarioRow | null> {
  const there = and(eq(scenario.projectId, project), eq(scenario.id, id));
  return (await ormOf(db).select(shown).from(scenario).where(there).get()) ?? null;
}

export async function insertScenario(scope: PersonScope, { text }: { text: string }): Promise<ScenarioRow> {
  return changeOnce(scope, async (orm, tell) => {
    const made = await addScenario(orm, {
      projectId: scope.project,
      text,
      authorId: scope.actor.id,
      createdAt: scope.now,
    });
    await tell({ verb: "scenario.create", subject: made.id, before: null, after: { text: textHash(text) } });
    return made;
  });
}

/** Takes it off the list; one that is off it stays as it is. @returns whether there is such a scenario */
export async function retireScenario(scope: ProjectScope, { id }: { id: string }): Promise<boolean> {
  return change(scope, async (orm, tell) => {
    const there = and(eq(scenario.projectId, scope.project), eq(scenario.id, id));
    const before = await orm.select({ retiredAt: scenario.retiredAt }).from(scenario).where(there).get();
    if (before?.retiredAt !== null) return before !== undefined;
    const after = { retiredAt: scope.now };
    await orm.update(scenario).set(after).where(eq(scenario.id, id)).run();
    await tell({ verb: "scenario.retire", subject: id, before, after });
    return true;
  });
}

/** Puts it on the list again, in its place; one that is on it stays as it is. @returns whether there is such a scenario */
export async function restoreScenario(scope: ProjectScope, { id }: { id: string }): Promise<boolean> {
  return change(scope, async (orm, tell) => {
    const there = and(eq(scenario.projectId, scope.project), eq(scenario.id, id));
    const before = await orm.select({ retiredAt: scenario.retiredAt }).from(scenario).where(there).get();
    if (!before) return false;
    const after = { retiredAt: null };
    await orm.update(scenario).set(after).where(eq(scenario.id, id)).run();
    await tell({ verb: "scenario.restore", subject: id, before, after });
    return true;
  });
}
