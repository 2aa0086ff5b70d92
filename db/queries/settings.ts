// The project's settings: one row each in the table `setting`, absent while the default holds.
import { inArray } from "drizzle-orm";
import { type Database, prepared } from "../client.ts";
import { setting } from "../schema/index.ts";

export interface ProjectSettings {
  /** Each answer is rated alone before all are ranked; off = ranking only. */
  rateFirst: boolean;
  /** The model whose tokens are counted and that is asked by "try it"; null: the first that can be used. */
  modelId: string | null;
}

const find = prepared((orm) =>
  orm
    .select()
    .from(setting)
    .where(inArray(setting.name, ["rateFirst", "modelId"]))
    .prepare(),
);

/** On the path of every assignment: one prepared statement. */
export async function readProjectSettings(db: Database): Promise<ProjectSettings> {
  const stored = new Map(
    find(db)
      .all()
      .map(({ name, value }) => [name, value]),
  );
  return { rateFirst: stored.get("rateFirst") !== "false", modelId: stored.get("modelId") ?? null };
}
