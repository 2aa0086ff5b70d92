// Reading the event log, newest first: who did what to what.
import { and, desc, eq, gte, inArray, isNull, lt, lte, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import * as z from "zod";
import type { Capacity, SubjectKind, Verb } from "../../lib/vocabulary/events.ts";
import { type Database, ormOf } from "../client.ts";
import { dataSource, event, model, project, prompt, trainingRun, user } from "../schema/index.ts";

export interface EventQuestion {
  /** Of one project, by its id; absent: of all, and of the installation. */
  project?: string | undefined;
  /** Beside the project's those of the installation. */
  withInstallation?: boolean | undefined;
  /** The user name of whoever did it. */
  by?: string | undefined;
  verb?: Verb | undefined;
  kind?: SubjectKind | undefined;
  /** The id of the subject, or of what it is part of. */
  subject?: string | undefined;
  /** The first time wanted, and the end of the range. */
  from?: number | undefined;
  until?: number | undefined;
}

export interface EventRow {
  /** Order of the changes. */
  seq: number;
  at: number;
  /** Null for what is the installation's. */
  project: string | null;
  /** User name; null for a worker and for Rankloop itself. */
  person: string | null;
  capacity: Capacity;
  verb: Verb;
  /** `name`: what it is called now, or how a prompt begins; null where it is gone or has no name. */
  subject: { kind: SubjectKind; id: string; name: string | null };
  partOf: string | null;
  before: Facts | null;
  after: Facts | null;
}

const facts = z.record(z.string(), z.json());
export type Facts = z.infer<typeof facts>;
const factsIn = (text: string | null): Facts | null => (text === null ? null : facts.parse(JSON.parse(text)));

const whom = alias(user, "whom");
const name = sql<
  string | null
>`coalesce(${whom.username}, ${model.name}, ${trainingRun.name}, ${dataSource.name}, ${project.name}, substr(${prompt.text}, 1, 80))`;

/** The events that a filter leaves, newest first. @param page.before a seq: only events before it */
export async function listEvents(
  db: Database,
  page: EventQuestion & { before?: number | undefined; limit: number },
): Promise<EventRow[]> {
  const { project: ofProject, withInstallation, by, verb, kind, subject, from, until, before } = page;
  const orm = ormOf(db);
  const ofPerson = orm
    .select({ id: user.id })
    .from(user)
    .where(eq(user.username, by ?? ""));
  const rows = await orm
    .select({
      seq: event.seq,
      at: event.at,
      project: event.projectId,
      person: user.username,
      capacity: event.capacity,
      verb: event.verb,
      subject: { kind: event.subjectKind, id: event.subjectId, name },
      partOf: event.partOf,
      before: event.before,
      after: event.after,
    })
    .from(event)
    .leftJoin(user, eq(user.id, event.actorId))
    .leftJoin(whom, and(inArray(event.subjectKind, ["person", "member"]), eq(whom.id, event.subjectId)))
    .leftJoin(model, and(eq(event.subjectKind, "model"), eq(model.id, event.subjectId)))
    .leftJoin(trainingRun, and(eq(event.subjectKind, "run"), eq(trainingRun.id, event.subjectId)))
    .leftJoin(dataSource, and(eq(event.subjectKind, "dataSource"), eq(dataSource.id, event.subjectId)))
    .leftJoin(project, and(eq(event.subjectKind, "project"), eq(project.id, event.subjectId)))
    .leftJoin(prompt, and(eq(event.subjectKind, "prompt"), eq(prompt.id, event.subjectId)))
    .where(
      and(
        ofProject === undefined
          ? undefined
          : or(eq(event.projectId, ofProject), withInstallation ? isNull(event.projectId) : undefined),
        by === undefined ? undefined : eq(event.actorId, ofPerson),
        verb === undefined ? undefined : eq(event.verb, verb),
        kind === undefined ? undefined : eq(event.subjectKind, kind),
        subject === undefined ? undefined : or(eq(event.subjectId, subject), eq(event.partOf, subject)),
        from === undefined ? undefined : gte(event.at, from),
        until === undefined ? undefined : lte(event.at, until),
        before === undefined ? undefined : lt(event.seq, before),
      ),
    )
    .orderBy(desc(event.seq))
    .limit(page.limit)
    .all();
  return rows.map((row) => ({ ...row, before: factsIn(row.before), after: factsIn(row.after) }));
}
