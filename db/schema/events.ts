// The event log: a row for every change, written in the change itself. Triggers refuse to update or delete rows.
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { capacities, subjectKinds, verbNames } from "../../lib/vocabulary/events.ts";

export const event = sqliteTable(
  "event",
  {
    /** Order of the changes. */
    seq: integer().primaryKey({ autoIncrement: true }),
    at: integer().notNull(),
    /** The project it happened in; null for what is the installation's. It is no foreign key either. */
    projectId: text(),
    /** The person or the worker; null for Rankloop itself. It is no foreign key: the log outlives what it is about. */
    actorId: text(),
    capacity: text({ enum: capacities }).notNull(),
    verb: text({ enum: verbNames }).notNull(),
    subjectKind: text({ enum: subjectKinds }).notNull(),
    subjectId: text().notNull(),
    /** What the subject is part of, e.g. the comparison of a ranking. */
    partOf: text(),
    /** JSON of what the change was about: null before a subject was made, and after it was deleted. Texts by their hash. */
    before: text(),
    after: text(),
  },
  (table) => [
    index("event_project").on(table.projectId, table.seq),
    index("event_at").on(table.at),
    index("event_actor").on(table.actorId, table.seq),
    index("event_verb").on(table.verb, table.seq),
    index("event_subject_kind").on(table.subjectKind, table.seq),
    index("event_subject").on(table.subjectId, table.seq),
    index("event_part_of").on(table.partOf, table.seq),
  ],
);
