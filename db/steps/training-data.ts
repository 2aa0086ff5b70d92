// Counts of the data there are to learn from.
import { and, eq, isNull, sql } from "drizzle-orm";
import type { TrainingDataset } from "../../lib/vocabulary/labeling.ts";
import type { Orm } from "../client.ts";
import { demonstration, prompt, ranking } from "../schema/index.ts";
import { demonstrationInUse } from "./demonstrations.ts";
import { latestVersion } from "./rankings.ts";

/** The data sets that people make, which are counted in tables. */
export const counted = ["demonstrations", "comparisons", "prompts"] as const satisfies TrainingDataset[];
export type CountedDataset = (typeof counted)[number];

/** A DataCount says how many items a data set has now, and how many lines its file would have. */
export interface DataCount {
  items: number;
  lines: number;
}

const count = sql<number>`count(*)`;

export async function countOf(orm: Orm, projectId: string, dataset: CountedDataset): Promise<DataCount> {
  const none = { items: 0, lines: 0 };
  if (dataset === "comparisons") {
    const items = sql<number>`count(distinct ${ranking.comparisonId})`;
    const lines = sql<number>`coalesce(sum(${ranking.strict}), 0)`;
    return (
      (await orm
        .select({ items, lines })
        .from(ranking)
        .where(and(eq(ranking.projectId, projectId), latestVersion()))
        .get()) ?? none
    );
  }
  if (dataset === "demonstrations") {
    return (
      (await orm
        .select({ items: count, lines: count })
        .from(demonstration)
        .where(and(eq(demonstration.projectId, projectId), demonstrationInUse()))
        .get()) ?? none
    );
  }
  // A policy practises on no prompt that it will be measured on.
  return (
    (await orm
      .select({ items: count, lines: count })
      .from(prompt)
      .where(and(eq(prompt.projectId, projectId), eq(prompt.split, "train"), isNull(prompt.archivedAt)))
      .get()) ?? none
  );
}
