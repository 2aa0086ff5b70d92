// Use-case descriptions: what user-based prompts are written from.
import { and, asc, eq, isNull } from "drizzle-orm";
import { change, type Database, type Orm, ormOf } from "../client.ts";
import { newId } from "../id.ts";
import { changeOnce, type RequestKey } from "../requests.ts";
import { scenario } from "../schema/index.ts";
import { firstTime } from "../steps/settings.ts";

export interface ScenarioRow {
  id: string;
  text: string;
  createdAt: number;
}

const shown = { id: scenario.id, text: scenario.text, createdAt: scenario.createdAt };

/** Those in use, oldest first. */
export async function listScenarios(db: Database): Promise<ScenarioRow[]> {
  return await ormOf(db)
    .select(shown)
    .from(scenario)
    .where(isNull(scenario.retiredAt))
    .orderBy(asc(scenario.seq))
    .all();
}

/** Also one that is off the list. */
export async function getScenario(db: Database, id: string): Promise<ScenarioRow | null> {
  return (await ormOf(db).select(shown).from(scenario).where(eq(scenario.id, id)).get()) ?? null;
}

async function addScenario(
  orm: Orm,
  row: { text: string; authorId: string | null; createdAt: number },
): Promise<ScenarioRow> {
  return await orm
    .insert(scenario)
    .values({ id: newId(), ...row })
    .returning(shown)
    .get();
}

export async function insertScenario(
  db: Database,
  input: { text: string; authorId: string; now: number; request?: RequestKey | undefined },
): Promise<ScenarioRow> {
  const { text, authorId, now: createdAt, request } = input;
  return changeOnce(db, request, (orm) => addScenario(orm, { text, authorId, createdAt }));
}

/** Takes it off the list; one that is off it stays as it is. @returns whether there is such a scenario */
export async function retireScenario(db: Database, input: { id: string; now: number }): Promise<boolean> {
  return change(db, async (orm) => {
    const known = await orm.select({ id: scenario.id }).from(scenario).where(eq(scenario.id, input.id)).get();
    await orm
      .update(scenario)
      .set({ retiredAt: input.now })
      .where(and(eq(scenario.id, input.id), isNull(scenario.retiredAt)))
      .run();
    return known !== undefined;
  });
}

/** Puts it on the list again, in its place; one that is on it stays as it is. @returns whether there is such a scenario */
export async function restoreScenario(db: Database, id: string): Promise<boolean> {
  return change(db, async (orm) => {
    const { changes } = await orm.update(scenario).set({ retiredAt: null }).where(eq(scenario.id, id)).run();
    return changes > 0;
  });
}

/** The descriptions that come with Rankloop, put in once in the life of a database. */
export async function seedScenariosOnce(db: Database, texts: readonly string[], now: number): Promise<void> {
  await change(db, async (orm) => {
    if (!(await firstTime(orm, "scenarios seeded at", now))) return;
    for (const text of texts) await addScenario(orm, { text, authorId: null, createdAt: now });
  });
}
