// Which project a thing belongs to.
import { eq, sql } from "drizzle-orm";
import type { InProject } from "../change.ts";
import { ormOf, prepared } from "../client.ts";
import {
  apiToken,
  assignment,
  candidate,
  comparison,
  dataSource,
  demonstration,
  model,
  prompt,
  ranking,
  scenario,
  trainingRun,
  trial,
} from "../schema/index.ts";

const tables = {
  assignment,
  comparison,
  dataSource,
  demonstration,
  model,
  prompt,
  ranking,
  run: trainingRun,
  scenario,
  token: apiToken,
  trial,
};

/** What belongs to a project and is named by an id. */
export type Belonging = keyof typeof tables | "candidate";

const named = sql.placeholder("id");
const finders = Object.fromEntries(
  Object.entries(tables).map(([kind, table]) => [
    kind,
    prepared((orm) => orm.select({ project: table.projectId }).from(table).where(eq(table.id, named)).prepare()),
  ]),
);
const findCandidate = prepared((orm) =>
  orm
    .select({ project: comparison.projectId })
    .from(candidate)
    .innerJoin(comparison, eq(comparison.id, candidate.comparisonId))
    .where(eq(candidate.id, named))
    .prepare(),
);

/** Does another project have this? What the installation has, and what there is nowhere, is in no other project. */
export async function isElsewhere({ db, project }: InProject, kind: Belonging, id: string): Promise<boolean> {
  const find = finders[kind] ?? findCandidate;
  const row = await find(ormOf(db)).get({ id });
  return row !== undefined && row.project !== null && row.project !== project;
}
