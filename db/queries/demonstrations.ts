// Demonstrations: the ideal answers people write, their versions, and what reviewers say of them.
import { and, asc, eq, gt, inArray, isNull, ne, or, sql } from "drizzle-orm";
import type { Message } from "../../lib/vocabulary/conversation.ts";
import type { DemonstrationState, PromptKind } from "../../lib/vocabulary/labeling.ts";
import { changeOnce, type InProject, type PersonScope, textHash } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import { newId } from "../id.ts";
import { dataSource, demonstration, prompt, review, user } from "../schema/index.ts";
import { addDemonstration, demonstrationState, latestDemonstration } from "../steps/demonstrations.ts";
import { messagesOfPrompts } from "../steps/prompts.ts";
import { isLatestReview } from "../steps/rankings.ts";

export interface DemonstrationRow {
  id: string;
  promptId: string;
  text: string;
  /** Null of one that came in from a data source. */
  authorId: string | null;
  sourceId: string | null;
  /** The user name, or what the data source is called. */
  author: string;
  /** The name of the data source it came in from; null for what was written here. */
  source: string | null;
  createdAt: number;
  version: number;
  state: DemonstrationState;
  /** The latest. */
  review: ReviewRow | null;
  /** The versions whose place it took, newest first. */
  earlier: { version: number; text: string; createdAt: number; review: ReviewRow | null }[];
}

export interface ReviewRow {
  rating: number;
  comment: string;
  returned: boolean;
  reviewer: string;
  createdAt: number;
}

const theReview = and(eq(review.demonstrationId, demonstration.id), isLatestReview);

const fields = {
  id: demonstration.id,
  promptId: demonstration.promptId,
  text: demonstration.text,
  authorId: demonstration.authorId,
  sourceId: demonstration.sourceId,
  author: sql<string>`coalesce(${user.username}, ${dataSource.name})`,
  source: dataSource.name,
  createdAt: demonstration.createdAt,
  version: demonstration.version,
  revises: demonstration.revises,
  state: demonstrationState,
  review: {
    rating: sql<number>`${review.rating}`,
    comment: review.comment,
    returned: review.returned,
    reviewer: sql<string>`(select username from "user" as reviewer where reviewer.id = review.reviewer_id)`,
    createdAt: review.createdAt,
  },
};

const demonstrations = (orm: Orm) =>
  orm
    .select(fields)
    .from(demonstration)
    .leftJoin(user, eq(user.id, demonstration.authorId))
    .leftJoin(dataSource, eq(dataSource.id, demonstration.sourceId))
    .leftJoin(review, theReview)
    .$dynamic();

type Version = Omit<DemonstrationRow, "earlier"> & { revises: string | null };

/** Adds the earlier versions to each demonstration, in one read for each step back, however many demonstrations there are. */
async function withEarlier<T extends Version>(orm: Orm, rows: T[]): Promise<(Omit<T, "revises"> & DemonstrationRow)[]> {
  const before = new Map<string, Version>();
  for (let ids = revisedBy(rows); ids.length > 0; ) {
    const found = await demonstrations(orm).where(inArray(demonstration.id, ids)).all();
    for (const one of found) before.set(one.id, one);
    ids = revisedBy(found);
  }
  return rows.map(({ revises, ...row }) => {
    const earlier: DemonstrationRow["earlier"] = [];
    for (let one = before.get(revises ?? ""); one; one = before.get(one.revises ?? "")) {
      const { version, text, createdAt, review } = one;
      earlier.push({ version, text, createdAt, review });
    }
    return { ...row, earlier };
  });
}

const revisedBy = (rows: Version[]): string[] => rows.flatMap(({ revises }) => revises ?? []);

/** Latest versions, oldest first. */
export async function demonstrationsOf(db: Database, promptId: string): Promise<DemonstrationRow[]> {
  const orm = ormOf(db);
  const rows = await demonstrations(orm)
    .where(and(eq(demonstration.promptId, promptId), latestDemonstration()))
    .orderBy(asc(demonstration.seq))
    .all();
  return withEarlier(orm, rows);
}

/** One version of a demonstration, also one that a later version has replaced. */
export async function getDemonstration(db: Database, id: string): Promise<DemonstrationRow | null> {
  const orm = ormOf(db);
  return (await withEarlier(orm, await demonstrations(orm).where(eq(demonstration.id, id)).all()))[0] ?? null;
}

export interface DemonstrationWithPrompt extends DemonstrationRow {
  prompt: { id: string; kind: PromptKind; messages: Message[]; text: string; useCase: string };
}

/** Latest versions, oldest first; `cursor` is the id of the last one of the page before. */
export async function listDemonstrations(
  { db, project }: InProject,
  page: { state?: DemonstrationState; by?: string; notBy?: string; cursor?: string; limit: number },
): Promise<DemonstrationWithPrompt[]> {
  const orm = ormOf(db);
  const last = orm
    .select({ seq: demonstration.seq })
    .from(demonstration)
    .where(eq(demonstration.id, page.cursor ?? ""));
  const rows = await orm
    .select({
      ...fields,
      prompt: { id: prompt.id, kind: prompt.kind, text: prompt.text, useCase: prompt.useCase },
    })
    .from(demonstration)
    .innerJoin(prompt, eq(prompt.id, demonstration.promptId))
    .leftJoin(user, eq(user.id, demonstration.authorId))
    .leftJoin(dataSource, eq(dataSource.id, demonstration.sourceId))
    .leftJoin(review, theReview)
    .where(
      and(
        eq(demonstration.projectId, project),
        latestDemonstration(),
        page.cursor === undefined ? undefined : gt(demonstration.seq, last),
        page.state === undefined ? undefined : sql`${demonstrationState} = ${page.state}`,
        page.by === undefined ? undefined : eq(demonstration.authorId, page.by),
        page.notBy === undefined
          ? undefined
          : or(isNull(demonstration.authorId), ne(demonstration.authorId, page.notBy)),
      ),
    )
    .orderBy(asc(demonstration.seq))
    .limit(page.limit)
    .all();
  const turns = await messagesOfPrompts(
    orm,
    rows.map((row) => row.promptId),
  );
  return (await withEarlier(orm, rows)).map((row) => ({
    ...row,
    prompt: { ...row.prompt, messages: turns.get(row.promptId) ?? [] },
  }));
}

/** @returns null when there is no such prompt */
export async function insertDemonstration(
  scope: PersonScope,
  { promptId, text }: { promptId: string; text: string },
): Promise<{ id: string } | null> {
  const { project: projectId } = scope;
  return changeOnce(scope, async (orm, tell) => {
    const there = and(eq(prompt.id, promptId), eq(prompt.projectId, projectId));
    const known = await orm.select({ id: prompt.id }).from(prompt).where(there).get();
    if (!known) return null;
    const id = await addDemonstration(orm, { projectId, promptId, text, authorId: scope.actor.id, now: scope.now });
    const after = { text: textHash(text), version: 1 };
    await tell({ verb: "demonstration.create", subject: id, partOf: promptId, before: null, after });
    return { id };
  });
}

/** What a change has to know of a demonstration first. */
const reviewable = async (orm: Orm, id: string) =>
  orm
    .select({
      projectId: demonstration.projectId,
      promptId: demonstration.promptId,
      text: demonstration.text,
      authorId: demonstration.authorId,
      version: demonstration.version,
      state: demonstrationState,
      latest: sql<number>`${latestDemonstration()}`,
    })
    .from(demonstration)
    .where(eq(demonstration.id, id))
    .get();

export type Revised = { id: string } | "not found" | "not author" | "outdated" | "accepted";

/** Inserts the author's new version. The one before is kept. An accepted demonstration is not revised. */
export async function reviseDemonstration(
  scope: PersonScope,
  { id: revises, text }: { id: string; text: string },
): Promise<Revised> {
  const { actor, now: createdAt } = scope;
  const authorId = actor.id;
  return changeOnce(scope, async (orm, tell): Promise<Revised> => {
    const before = await reviewable(orm, revises);
    if (!before) return "not found";
    if (before.authorId !== authorId) return "not author";
    if (!before.latest) return "outdated";
    if (before.state === "accepted") return "accepted";
    const id = newId();
    const { projectId, promptId } = before;
    const version = before.version + 1;
    await orm
      .insert(demonstration)
      .values({ id, projectId, promptId, text, authorId, version, revises, createdAt })
      .run();
    await tell({
      verb: "demonstration.revise",
      subject: id,
      partOf: promptId,
      before: { id: revises, text: textHash(before.text), version: before.version },
      after: { id, text: textHash(text), version },
    });
    return { id };
  });
}

export type Reviewed = { seq: number } | "not found" | "author" | "outdated";

/** Inserts a review of the latest version. The latest review counts; earlier ones are kept. */
export async function insertReview(
  scope: PersonScope,
  {
    id: demonstrationId,
    rating,
    returned,
    comment,
  }: { id: string; rating: number; returned: boolean; comment: string },
): Promise<Reviewed> {
  const { actor, now: createdAt } = scope;
  return changeOnce(scope, async (orm, tell): Promise<Reviewed> => {
    const before = await reviewable(orm, demonstrationId);
    if (!before) return "not found";
    if (before.authorId === actor.id) return "author";
    if (!before.latest) return "outdated";
    const made = await orm
      .insert(review)
      .values({ demonstrationId, reviewerId: actor.id, rating, returned, comment, createdAt })
      .returning({ seq: review.seq })
      .get();
    await tell({
      verb: "demonstration.review",
      subject: demonstrationId,
      partOf: before.promptId,
      before: { state: before.state },
      after: { state: returned ? "returned" : "accepted", rating, comment: textHash(comment) },
    });
    return made;
  });
}
