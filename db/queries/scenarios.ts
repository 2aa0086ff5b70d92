// Use-case descriptions: what user-based prompts are written from.
import { asc, eq, isNull } from "drizzle-orm";
import { change, changeOnce, type PersonScope, type Scope, textHash } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import { newId } from "../id.ts";
import { scenario } from "../schema/index.ts";
import { wholeProject } from "../steps/jobs.ts";
import { firstTime } from "../steps/settings.ts";

export interface ScenarioRow {
  id: string;
  text: string;
  createdAt: number;
}

const shown = { id: scenario.id, text: scenario.text, createdAt: scenario.createdAt };

/** Those in use, oldest first. */
export async function listScenarios(db: Database): Promise<ScenarioRow[]> {
  return ormOf(db).select(shown).from(scenario).where(isNull(scenario.retiredAt)).orderBy(asc(scenario.seq)).all();
}

/** Also one that is off the list. */
export async function getScenario(db: Database, id: string): Promise<ScenarioRow | null> {
  return (await ormOf(db).select(shown).from(scenario).where(eq(scenario.id, id)).get()) ?? null;
}

async function addScenario(
  orm: Orm,
  row: { text: string; authorId: string | null; createdAt: number },
): Promise<ScenarioRow> {
  return orm
    .insert(scenario)
    .values({ id: newId(), ...row })
    .returning(shown)
    .get();
}

export async function insertScenario(scope: PersonScope, { text }: { text: string }): Promise<ScenarioRow> {
  return changeOnce(scope, async (orm, tell) => {
    const made = await addScenario(orm, { text, authorId: scope.actor.id, createdAt: scope.now });
    await tell({ verb: "scenario.create", subject: made.id, before: null, after: { text: textHash(text) } });
    return made;
  });
}

/** Takes it off the list; one that is off it stays as it is. @returns whether there is such a scenario */
export async function retireScenario(scope: Scope, { id }: { id: string }): Promise<boolean> {
  return change(scope, async (orm, tell) => {
    const before = await orm.select({ retiredAt: scenario.retiredAt }).from(scenario).where(eq(scenario.id, id)).get();
    if (before?.retiredAt !== null) return before !== undefined;
    const after = { retiredAt: scope.now };
    await orm.update(scenario).set(after).where(eq(scenario.id, id)).run();
    await tell({ verb: "scenario.retire", subject: id, before, after });
    return true;
  });
}

/** Puts it on the list again, in its place; one that is on it stays as it is. @returns whether there is such a scenario */
export async function restoreScenario(scope: Scope, { id }: { id: string }): Promise<boolean> {
  return change(scope, async (orm, tell) => {
    const before = await orm.select({ retiredAt: scenario.retiredAt }).from(scenario).where(eq(scenario.id, id)).get();
    if (!before) return false;
    const after = { retiredAt: null };
    await orm.update(scenario).set(after).where(eq(scenario.id, id)).run();
    await tell({ verb: "scenario.restore", subject: id, before, after });
    return true;
  });
}

/** The descriptions that come with Rankloop, put in once in the life of a database. */
export async function seedScenariosOnce(scope: Scope, texts: readonly string[]): Promise<void> {
  await change(scope, async (orm, tell) => {
    if (!(await firstTime(orm, "scenarios seeded at", scope.now))) return;
    for (const text of texts) await addScenario(orm, { text, authorId: null, createdAt: scope.now });
    await tell({
      verb: "project.addScenarios",
      subject: wholeProject,
      before: { added: 0 },
      after: { added: texts.length },
    });
  });
}
