// Assignments: which labeler ranks which comparison, under a lease. The hot path: a claim is a few indexed statements.
import { and, asc, desc, eq, exists, gt, not, type SQL, sql } from "drizzle-orm";
import type { Message } from "../../lib/vocabulary/conversation.ts";
import { rankingSubject } from "../../lib/vocabulary/draft-subjects.ts";
import type { PromptKind, PromptOrder, SkipReason } from "../../lib/vocabulary/labeling.ts";
import { change, type Database, type Orm, prepared } from "../client.ts";
import { newId } from "../id.ts";
import { assignment, type assignmentStates, candidate, comparison, prompt, promptMessage } from "../schema/index.ts";
import { deleteDraft } from "../steps/drafts.ts";

export type AssignmentState = (typeof assignmentStates)[number];

export interface HeldAssignment {
  id: string;
  comparisonId: string;
  /** Is each answer rated before all are ranked? As the project had it when this was handed out. */
  rateFirst: boolean;
  leaseUntil: number;
}

const param = sql.placeholder;
const heldFields = {
  id: assignment.id,
  comparisonId: assignment.comparisonId,
  rateFirst: assignment.rateFirst,
  leaseUntil: assignment.leaseUntil,
};
// Written out: SQLite uses a partial index only where it sees the index's own condition.
const isHeld = sql`${assignment.state} = 'held'`;
const isSkipped = sql`${assignment.state} = 'skipped'`;

/** Oldest first: the one on the screen, then the one fetched ahead. */
const findHeld = prepared((orm) =>
  orm
    .select(heldFields)
    .from(assignment)
    .where(and(eq(assignment.labelerId, param("labelerId")), isHeld))
    // Two claims may fall into one millisecond.
    .orderBy(asc(assignment.createdAt), sql`rowid`)
    .prepare(),
);

const prolong = prepared((orm) =>
  orm
    .update(assignment)
    .set({ leaseUntil: sql`${param("leaseUntil")}` })
    .where(and(eq(assignment.labelerId, param("labelerId")), isHeld))
    .prepare(),
);

/** @param unsure only those whose order a reward model is unsure of, the most unsure first; else the oldest first */
const free = (orm: Orm, unsure: boolean) => {
  const assigned = (...conditions: SQL[]) =>
    exists(
      orm
        .select({ one: sql`1` })
        .from(assignment)
        .where(and(...conditions)),
    );
  const here = eq(assignment.comparisonId, comparison.id);
  return orm
    .select({ id: comparison.id })
    .from(comparison)
    .where(
      and(
        eq(comparison.state, "ready"),
        // Also one's own: whoever claims has just prolonged them.
        not(assigned(here, isHeld, gt(assignment.leaseUntil, param("now")))),
        not(assigned(eq(assignment.labelerId, param("labelerId")), here, isSkipped)),
        unsure ? sql`${comparison.disagreement} is not null` : undefined,
      ),
    )
    .orderBy(unsure ? desc(comparison.disagreement) : asc(comparison.seq))
    .limit(1)
    .prepare();
};
// Each walks an index from its end and stops at the first that is free.
const oldestFree = prepared((orm) => free(orm, false));
const mostUnsureFree = prepared((orm) => free(orm, true));

function findFree(db: Database, { labelerId, now, order }: NextClaimer): { id: string } | undefined {
  const unsure = order === "disagreement" ? mostUnsureFree(db).get({ labelerId, now }) : undefined;
  return unsure ?? oldestFree(db).get({ labelerId, now });
}

const expireHolder = prepared((orm) =>
  orm
    .update(assignment)
    .set({ state: "expired", endedAt: sql`${param("now")}` })
    .where(and(eq(assignment.comparisonId, param("comparisonId")), isHeld))
    .prepare(),
);

interface Claimer {
  labelerId: string;
  /** The project's setting now: it holds for what is claimed with this call. */
  rateFirst: boolean;
  leaseMs: number;
  now: number;
}

interface NextClaimer extends Claimer {
  /** The project's: which comparison is handed out next. As they were written where absent. */
  order?: PromptOrder;
  /** Leaves this one out: what comes after it, so that a labeler holds two at most. */
  after?: string;
}

/**
 * The oldest assignment this labeler holds, or a newly claimed one on the first comparison that is ready, not held by
 * anyone else under a running lease, and not skipped by this labeler; null when there is none. The first is the oldest, or
 * the one whose order the reward model's heads disagree on most; those it has not judged come after, the oldest first.
 * Holding one with more than half of its lease left costs one read.
 */
export async function claimAssignment(db: Database, input: NextClaimer): Promise<HeldAssignment | null> {
  const { labelerId, leaseMs, now } = input;
  const next = (held: HeldAssignment[]) => held.find((one) => one.id !== input.after);
  const held = findHeld(db).all({ labelerId });
  const known = next(held);
  if (known && held.every((one) => one.leaseUntil - now > leaseMs / 2)) return known;
  if (!known && !findFree(db, input)) return null;
  const claim = (orm: Orm): HeldAssignment | null => {
    // Whoever asks is at work: on the other one as well.
    prolong(db).run({ labelerId, leaseUntil: now + leaseMs });
    // Read again: between the look and the lock another process may have taken either.
    const mine = next(findHeld(db).all({ labelerId }));
    if (mine) return mine;
    const free = findFree(db, input);
    return free ? take(db, orm, free.id, input) : null;
  };
  return change(db, claim, "checkpoint");
}

function take(db: Database, orm: Orm, comparisonId: string, claimer: Claimer): HeldAssignment {
  const { labelerId, rateFirst, leaseMs, now } = claimer;
  expireHolder(db).run({ comparisonId, now });
  const row = { id: newId(), comparisonId, rateFirst, leaseUntil: now + leaseMs };
  orm
    .insert(assignment)
    .values({ ...row, labelerId, state: "held", createdAt: now })
    .run();
  return row;
}

export type NotClaimed =
  | "not found"
  /** Not all answers are there: still written, or their generation has stopped or failed. */
  | "generating"
  | "unfinished"
  | "ranked"
  /** By this labeler. */
  | "submitted"
  | "skipped"
  /** By someone else, under a running lease. */
  | "held";

/** Claims this comparison, or says why not. Whoever holds two already gives back the one fetched ahead. */
export async function claimComparison(
  db: Database,
  input: Claimer & { comparisonId: string },
): Promise<HeldAssignment | NotClaimed> {
  const { comparisonId, labelerId, leaseMs, now } = input;
  const claim = (orm: Orm): HeldAssignment | NotClaimed => {
    const row = orm.select({ state: comparison.state }).from(comparison).where(eq(comparison.id, comparisonId)).get();
    if (!row) return "not found";
    if (row.state === "generating") return "generating";
    const endedAs = (state: "submitted" | "skipped") =>
      orm
        .select({ id: assignment.id })
        .from(assignment)
        .where(
          and(
            eq(assignment.labelerId, labelerId),
            eq(assignment.comparisonId, comparisonId),
            eq(assignment.state, state),
          ),
        )
        .get() !== undefined;
    if (row.state === "ranked") return endedAs("submitted") ? "submitted" : "ranked";
    if (row.state !== "ready") return "unfinished";
    if (endedAs("skipped")) return "skipped";
    const holder = orm
      .select({ labelerId: assignment.labelerId, leaseUntil: assignment.leaseUntil })
      .from(assignment)
      .where(and(eq(assignment.comparisonId, comparisonId), isHeld))
      .get();
    if (holder && holder.labelerId !== labelerId && holder.leaseUntil > now) return "held";
    prolong(db).run({ labelerId, leaseUntil: now + leaseMs });
    const held = findHeld(db).all({ labelerId });
    const mine = held.find((one) => one.comparisonId === comparisonId);
    if (mine) return mine;
    const ahead = held[1];
    if (ahead) end(orm, { id: ahead.id, labelerId, state: "released", now });
    return take(db, orm, comparisonId, input);
  };
  return change(db, claim, "checkpoint");
}

const findPrompt = prepared((orm) =>
  orm
    .select({ id: prompt.id, kind: prompt.kind, text: prompt.text, useCase: prompt.useCase })
    .from(comparison)
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .where(eq(comparison.id, param("comparisonId")))
    .prepare(),
);

const findMessages = prepared((orm) =>
  orm
    .select({ role: promptMessage.role, content: promptMessage.content })
    .from(promptMessage)
    .where(eq(promptMessage.promptId, param("promptId")))
    .orderBy(asc(promptMessage.position))
    .prepare(),
);

const findCandidates = prepared((orm) =>
  orm
    .select({ id: candidate.id, text: candidate.text, tokens: candidate.tokens })
    .from(candidate)
    .where(eq(candidate.comparisonId, param("comparisonId")))
    .orderBy(asc(candidate.position))
    .prepare(),
);

export interface AssignmentContent {
  prompt: { id: string; kind: PromptKind; messages: Message[]; text: string; useCase: string };
  /** In the order shown. */
  candidates: { id: string; text: string; tokens: number }[];
}

/** What a labeler sees of a comparison: nothing of models, seeds or scores. */
export async function assignmentContent(db: Database, comparisonId: string): Promise<AssignmentContent | null> {
  const head = findPrompt(db).get({ comparisonId });
  if (!head) return null;
  const messages = findMessages(db).all({ promptId: head.id });
  return { prompt: { ...head, messages }, candidates: findCandidates(db).all({ comparisonId }) };
}

export interface AssignmentRow extends HeldAssignment {
  labelerId: string;
  state: AssignmentState;
}

const findAssignment = prepared((orm) =>
  orm
    .select({ ...heldFields, labelerId: assignment.labelerId, state: assignment.state })
    .from(assignment)
    .where(eq(assignment.id, param("id")))
    .prepare(),
);

export async function getAssignment(db: Database, id: string): Promise<AssignmentRow | null> {
  return findAssignment(db).get({ id }) ?? null;
}

/** Prolongs the lease of a held assignment and of the other one; false when it is not held by this labeler any more. */
export async function renewAssignment(
  db: Database,
  input: { id: string; labelerId: string; leaseUntil: number },
): Promise<boolean> {
  const { id, labelerId, leaseUntil } = input;
  const renew = (): boolean => {
    if (
      !findHeld(db)
        .all({ labelerId })
        .some((one) => one.id === id)
    )
      return false;
    prolong(db).run({ labelerId, leaseUntil });
    return true;
  };
  return change(db, renew, "checkpoint");
}

type End = { id: string; labelerId: string; now: number } & (
  | { state: "released" }
  | { state: "skipped"; skipReason: SkipReason }
);

/**
 * Gives a held assignment back, for everyone or (skipped) for everyone else. False when it was not held.
 * The draft stays for the day the same person gets it again; with a skip it goes.
 */
export async function endAssignment(db: Database, input: End): Promise<boolean> {
  // What a person said (the reason) stays for good; a released one would only be handed out again a little later.
  return change(db, (orm) => end(orm, input), input.state === "skipped" ? "commit" : "checkpoint");
}

function end(orm: Orm, input: End): boolean {
  const { id, labelerId, state, now: endedAt } = input;
  const ended = orm
    .update(assignment)
    .set({ state, skipReason: state === "skipped" ? input.skipReason : null, endedAt })
    .where(and(eq(assignment.id, id), eq(assignment.labelerId, labelerId), eq(assignment.state, "held")))
    .returning({ comparisonId: assignment.comparisonId })
    .get();
  if (ended && state === "skipped") deleteDraft(orm, labelerId, rankingSubject(ended.comparisonId));
  return ended !== undefined;
}
