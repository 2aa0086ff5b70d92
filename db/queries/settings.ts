// The settings of a project: one row each in the table `project_setting`, absent while the default holds.
import { isDeepStrictEqual } from "node:util";
import { and, eq, isNull, sql } from "drizzle-orm";
import type { PromptOrder } from "../../lib/vocabulary/labeling.ts";
import { limits } from "../../lib/vocabulary/limits.ts";
import type { Source } from "../../lib/vocabulary/shapes.ts";
import { change, type InProject, type ProjectScope } from "../change.ts";
import { type Orm, ormOf, prepared } from "../client.ts";
import { comparison, projectSetting } from "../schema/index.ts";
import { addJudgeJob } from "../steps/jobs.ts";
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
  /** How many answers a comparison has, unless whoever asks for them says otherwise. */
  k: number;
  /** Which models write them, and how many each; null: the answering model writes all K. */
  sources: Source[] | null;
  /** How many rankings each comparison is to get that has no number of its own. */
  rankingsWanted: number;
}

const find = prepared((orm) =>
  orm
    .select()
    .from(projectSetting)
    .where(eq(projectSetting.projectId, sql.placeholder("project")))
    .prepare(),
);

/** On the path of every assignment: one prepared statement. */
export const readProjectSettings = ({ db, project }: InProject): Promise<ProjectSettings> =>
  storedSettings(ormOf(db), project);

async function storedSettings(orm: Orm, project: string): Promise<ProjectSettings> {
  const stored = new Map((await find(orm).all({ project })).map(({ name, value }) => [name, value]));
  return {
    rateFirst: stored.get("rateFirst") !== "false",
    modelId: stored.get("modelId") ?? null,
    promptOrder: stored.get("promptOrder") === "disagreement" ? "disagreement" : "written",
    rewardModelId: stored.get("rewardModelId") ?? null,
    k: Number(stored.get("k") ?? limits.k.default),
    sources: JSON.parse(stored.get("sources") ?? "null"),
    rankingsWanted: Number(stored.get("rankingsWanted") ?? limits.rankingsWanted.default),
  };
}

/** A setting as it is stored: in words, and lists as JSON. */
export const storedValue = (given: unknown): string =>
  typeof given === "object" ? JSON.stringify(given) : String(given);

/**
 * What is absent stays as it is. Another reward model judges everything anew. Where more rankings are wanted than before,
 * what was complete is handed out again; where fewer are, nothing that is held or ranked is lost.
 */
export async function writeProjectSettings(scope: ProjectScope, settings: Partial<ProjectSettings>): Promise<void> {
  const { project: projectId } = scope;
  await change(scope, async (orm, tell) => {
    const before = await storedSettings(orm, projectId);
    if (settings.rewardModelId !== undefined) await addJudgeJob(orm, projectId, scope.now);
    for (const [name, given] of Object.entries(settings)) {
      if (given === undefined) continue;
      if (given === null) {
        const same = and(eq(projectSetting.projectId, projectId), eq(projectSetting.name, name));
        await orm.delete(projectSetting).where(same).run();
        continue;
      }
      const value = storedValue(given);
      await orm
        .insert(projectSetting)
        .values({ projectId, name, value })
        .onConflictDoUpdate({ target: [projectSetting.projectId, projectSetting.name], set: { value } })
        .run();
    }
    if (settings.rankingsWanted !== undefined)
      await countStillWanted(orm, sql`${comparison.projectId} = ${projectId} and ${isNull(comparison.wanted)}`);
    const after = await storedSettings(orm, projectId);
    const changed = (Object.keys(after) as (keyof ProjectSettings)[]).filter(
      (name) => !isDeepStrictEqual(before[name], after[name]),
    );
    const facts = (of: ProjectSettings) => Object.fromEntries(changed.map((name) => [name, of[name]]));
    await tell({
      verb: "project.changeSettings",
      subject: projectId,
      before: facts(before),
      after: facts(after),
    });
  });
}
