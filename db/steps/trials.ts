// Steps of a change: the end of a trial.
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Orm } from "../client.ts";
import { trial } from "../schema/index.ts";

/** A trial that nobody will finish any more; one that has ended stays as it is. */
export async function abandonTrial(
  orm: Orm,
  id: string,
  end: { state: "stopped" } | { state: "failed"; error: string },
) {
  await orm
    .update(trial)
    .set({ ...end, revision: sql`${trial.revision} + 1` })
    .where(and(eq(trial.id, id), inArray(trial.state, ["waiting", "streaming"])))
    .run();
}
