// change: the one way to write. A change is atomic, made by somebody, and writes the events about it in the same transaction.
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { and, eq, sql } from "drizzle-orm";
import { subjectKindOf, type Verb } from "../lib/vocabulary/events.ts";
import type { Role } from "../lib/vocabulary/labeling.ts";
import { type Database, type Durability, type Orm, prepared, transaction } from "./client.ts";
import { OtherRequest, type RequestKey } from "./requests.ts";
import { event, request } from "./schema/index.ts";

/** An Actor makes a change, in some capacity. */
export type Actor =
  | { kind: "user"; id: string; role: Role | "account" }
  | { kind: "worker"; id: string }
  /** Rankloop itself: the launcher, and whoever has the shell. */
  | { kind: "system" };

/** InProject is a database, and the project in it that is asked about or changed. */
export interface InProject {
  db: Database;
  /** Its id. */
  project: string;
}

/** A Scope is what a change is made with: the database, the project, the actor, the time. */
export interface Scope<By extends Actor = Actor> {
  db: Database;
  /** The id of the project it is made in; absent: it is about the installation. */
  project?: string | undefined;
  actor: By;
  /** Unix ms. */
  now: number;
  /** The idempotency key of the request; absent: it has none. */
  request?: RequestKey | undefined;
}

/** ProjectScope is the scope of a change of a project. */
export type ProjectScope = Scope & InProject;

/** PersonScope is the scope of a change by somebody with a role in the project. */
export type PersonScope = Scope<{ kind: "user" | "system"; id: string; role: Role }> & InProject;

export const bySystem = (db: Database, now = Date.now()): Scope => ({ db, actor: { kind: "system" }, now });

export const byWorker = (db: Database, { workerId }: { workerId: string }, now = Date.now()): Scope => ({
  db,
  actor: { kind: "worker", id: workerId },
  now,
});

type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact | undefined };

export interface NewEvent {
  verb: Verb;
  /** The id of its subject. */
  subject: string;
  /** The id of what the subject is part of. */
  partOf?: string;
  /** The project, where the scope knows of none: a worker's job does. */
  project?: string;
  /** What the change altered, as it was before, texts as hashes (`textHash`). Null: the subject did not exist. */
  before: { readonly [name: string]: Fact | undefined } | null;
  /** The same as it is afterwards. Null: the subject is deleted. */
  after: { readonly [name: string]: Fact | undefined } | null;
}

/** Tell writes an event of the change, within it. Where before and after are the same nothing happened, and it writes none. */
export type Tell = (event: NewEvent) => Promise<void>;

/** The hash that stands for a text in an event: two texts can be compared by it, and neither can be read. */
export const textHash = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

const param = sql.placeholder;
const insertEvent = prepared((orm) =>
  orm
    .insert(event)
    .values({
      at: param("at"),
      projectId: param("projectId"),
      actorId: param("actorId"),
      capacity: param("capacity"),
      verb: param("verb"),
      subjectKind: param("subjectKind"),
      subjectId: param("subjectId"),
      partOf: param("partOf"),
      before: param("before"),
      after: param("after"),
    })
    .prepare(),
);

/**
 * Runs an atomic change: all of it or nothing, one after the other.
 * @param body awaits nothing but calls over `tx`: everybody else who writes waits for it
 * @param durability "checkpoint" saves the fsync, which delays everyone this thread answers. It is for changes that a loss
 *   of power may undo without harm, such as who holds an assignment. SIGKILL undoes neither kind.
 */
export async function change<T>(
  { db, project, actor, now }: Scope,
  body: (tx: Orm, tell: Tell) => Promise<T>,
  durability: Durability = "commit",
): Promise<T> {
  const by = {
    at: now,
    actorId: actor.kind === "system" ? null : actor.id,
    capacity: actor.kind === "user" ? actor.role : actor.kind,
  };
  const tellIn =
    (tx: Orm): Tell =>
    async ({ verb, subject, partOf, project: ofJob, before, after }) => {
      if (isDeepStrictEqual(before, after)) return;
      const about = { verb, subjectKind: subjectKindOf(verb), subjectId: subject, partOf: partOf ?? null };
      const facts = { before: before && JSON.stringify(before), after: after && JSON.stringify(after) };
      await insertEvent(tx).run({ ...by, projectId: project ?? ofJob ?? null, ...about, ...facts });
    };
  return transaction(db, (tx) => body(tx, tellIn(tx)), durability);
}

/**
 * Runs an atomic change once for a request: the same request sent again gets the answer of the first. A refusal, which is a
 * word or null, has changed nothing, and is tried again.
 * @throws OtherRequest when the key belongs to a different request
 */
export async function changeOnce<Outcome extends object | string | null>(
  scope: Scope,
  body: (tx: Orm, tell: Tell) => Promise<Outcome>,
  durability: Durability = "commit",
): Promise<Outcome> {
  const once = async (tx: Orm, tell: Tell): Promise<Outcome> => {
    if (scope.request === undefined) return body(tx, tell);
    const { actorId, key, fingerprint } = scope.request;
    const known = await tx
      .select()
      .from(request)
      .where(and(eq(request.actorId, actorId), eq(request.key, key)))
      .get();
    if (known) {
      if (known.fingerprint !== fingerprint) throw new OtherRequest("Another request has this key.");
      return JSON.parse(known.result) as Outcome;
    }
    const made = await body(tx, tell);
    if (typeof made !== "object" || made === null) return made;
    await tx
      .insert(request)
      .values({ actorId, key, fingerprint, result: JSON.stringify(made), createdAt: scope.now })
      .run();
    return made;
  };
  return change(scope, once, durability);
}
