// The project's settings: one row each in the table `setting`, absent while the default holds.
import { eq, inArray } from "drizzle-orm";
import type { PromptOrder } from "../../lib/vocabulary/labeling.ts";
import { change, type Database, ormOf, prepared } from "../client.ts";
import { setting } from "../schema/index.ts";
import { orderJudging } from "../steps/jobs.ts";

export interface ProjectSettings {
  /** Each answer is rated alone before all are ranked; off = ranking only. */
  rateFirst: boolean;
  /** The model whose tokens are counted and that is asked by "try it"; null: the first that comes with Rankloop. */
  modelId: string | null;
  /** Which comparisons are handed out next. */
  promptOrder: PromptOrder;
  /** The reward model that judges beside people; null: none does. */
  rewardModelId: string | null;
}

const find = prepared((orm) =>
  orm
    .select()
    .from(setting)
    .where(inArray(setting.name, ["rateFirst", "modelId", "promptOrder", "rewardModelId"]))
    .prepare(),
);

/** On the path of every assignment: one prepared statement. */
export async function readProjectSettings(db: Database): Promise<ProjectSettings> {
  const stored = new Map((await find(ormOf(db)).all()).map(({ name, value }) => [name, value]));
  return {
    rateFirst: stored.get("rateFirst") !== "false",
    modelId: stored.get("modelId") ?? null,
    promptOrder: stored.get("promptOrder") === "disagreement" ? "disagreement" : "written",
    rewardModelId: stored.get("rewardModelId") ?? null,
  };
}

/** What is absent stays as it is. Another reward model judges everything anew. */
export async function writeProjectSettings(
  db: Database,
  settings: Partial<ProjectSettings>,
  now = Date.now(),
): Promise<void> {
  await change(db, async (orm) => {
    if (settings.rewardModelId !== undefined) await orderJudging(orm, now);
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
  });
}
