// The project's settings: one row each in the table `setting`, absent while the default holds.
import { eq, inArray, isNull } from "drizzle-orm";
import type { PromptOrder } from "../../lib/vocabulary/labeling.ts";
import { limits } from "../../lib/vocabulary/limits.ts";
import { change, type Scope } from "../change.ts";
import { type Database, type Orm, ormOf, prepared } from "../client.ts";
import { comparison, setting } from "../schema/index.ts";
import { addJudgeJob, wholeProject } from "../steps/jobs.ts";
import { countStillWanted } from "../steps/wanted.ts";

export interface ProjectSettings {
  /** Each answer is rated alone before all are ranked; off = ranking only. */
  rateFirst: boolean;
  /** The model whose tokens are counted and that is asked by "try it"; null: the first that comes with Rankloop. */
  modelId: string | null;
  /** Which comparisons are handed out next. */
  promptOrder: PromptOrder;
  /** The reward model that judges beside people; null: none does. */
  rewardModelId: string | null;
  /** How many rankings each comparison is to get that has no number of its own. */
  rankingsWanted: number;
}

const find = prepared((orm) =>
  orm
    .select()
    .from(setting)
    .where(inArray(setting.name, ["rateFirst", "modelId", "promptOrder", "rewardModelId", "rankingsWanted"]))
    .prepare(),
);

/** On the path of every assignment: one prepared statement. */
export const readProjectSettings = (db: Database): Promise<ProjectSettings> => storedSettings(ormOf(db));

async function storedSettings(orm: Orm): Promise<ProjectSettings> {
  const stored = new Map((await find(orm).all()).map(({ name, value }) => [name, value]));
  return {
    rateFirst: stored.get("rateFirst") !== "false",
    modelId: stored.get("modelId") ?? null,
    promptOrder: stored.get("promptOrder") === "disagreement" ? "disagreement" : "written",
    rewardModelId: stored.get("rewardModelId") ?? null,
    rankingsWanted: Number(stored.get("rankingsWanted") ?? limits.rankingsWanted.default),
  };
}

/**
 * What is absent stays as it is. Another reward model judges everything anew. Where more rankings are wanted than before,
 * what was complete is handed out again; where fewer are, nothing that is held or ranked is lost.
 */
export async function writeProjectSettings(scope: Scope, settings: Partial<ProjectSettings>): Promise<void> {
  await change(scope, async (orm, tell) => {
    const before = await storedSettings(orm);
    if (settings.rewardModelId !== undefined) await addJudgeJob(orm, scope.now);
    for (const [name, given] of Object.entries(settings)) {
      if (given === undefined) continue;
      if (given === null) {
        await orm.delete(setting).where(eq(setting.name, name)).run();
        continue;
      }
      const value = String(given);
      await orm
        .insert(setting)
        .values({ name, value })
        .onConflictDoUpdate({ target: setting.name, set: { value } })
        .run();
    }
    if (settings.rankingsWanted !== undefined) await countStillWanted(orm, isNull(comparison.wanted));
    const after = await storedSettings(orm);
    const changed = (Object.keys(after) as (keyof ProjectSettings)[]).filter((name) => before[name] !== after[name]);
    const facts = (of: ProjectSettings) => Object.fromEntries(changed.map((name) => [name, of[name]]));
    await tell({
      verb: "project.changeSettings",
      subject: wholeProject,
      before: facts(before),
      after: facts(after),
    });
  });
}
