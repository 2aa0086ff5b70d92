// The machine's work: claimed by a worker under a lease, kept alive by its heartbeat, taken up again when it dies.
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { project } from "./projects.ts";

export const jobKinds = ["generate", "try", "train", "score", "judge", "download"] as const;
export const jobStates = ["waiting", "running", "done", "cancelled", "failed"] as const;

export const job = sqliteTable(
  "job",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    projectId: text()
      .notNull()
      .references(() => project.id),
    kind: text({ enum: jobKinds }).notNull(),
    /** The comparison, trial or training run it works on; of "judge" the project, of "download" the model. */
    subjectId: text().notNull(),
    /** JSON, by kind; read only through the schema in db/queries/jobs.ts. */
    payload: text().notNull(),
    state: text({ enum: jobStates }).notNull(),
    /** How often the job was started since it last made progress: after each start the pause before the next is longer. */
    attempts: integer().notNull().default(0),
    /** How many of these starts failed by the job's own fault, which a killed worker is not: after a few it is given up. */
    failures: integer().notNull().default(0),
    workerId: text(),
    leaseUntil: integer(),
    /** The earliest time of the next start. */
    notBefore: integer().notNull().default(0),
    cancelRequested: integer({ mode: "boolean" }).notNull().default(false),
    error: text(),
    createdAt: integer().notNull(),
    finishedAt: integer(),
  },
  (table) => [
    index("job_live").on(table.state, table.kind, table.seq).where(sql`state in ('waiting', 'running')`),
    index("job_subject").on(table.subjectId),
    check("job_kind_known", sql`kind in ('generate', 'try', 'train', 'score', 'judge', 'download')`),
    check("job_state_known", sql`state in ('waiting', 'running', 'done', 'cancelled', 'failed')`),
    check("job_leased", sql`state <> 'running' or (worker_id is not null and lease_until is not null)`),
    check("job_failed", sql`state <> 'failed' or error is not null`),
  ],
);
