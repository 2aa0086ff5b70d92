// Assignments: which labeler ranks which comparison, under a lease. The hot path: a claim is a few indexed statements.
import { and, asc, eq, exists, gt, not, sql } from "drizzle-orm";
import type { SkipReason } from "../../lib/preference/labeling.ts";
import { change, type Database, type Orm, ormOf, prepared } from "../client.ts";
import { newId } from "../id.ts";
import { assignment, type assignmentStates, candidate, comparison, prompt } from "../schema/index.ts";

export type AssignmentState = (typeof assignmentStates)[number];

export interface HeldAssignment {
  id: string;
  comparisonId: string;
  leaseUntil: number;
}

const param = sql.placeholder;
const heldFields = { id: assignment.id, comparisonId: assignment.comparisonId, leaseUntil: assignment.leaseUntil };

const findHeld = prepared((orm) =>
  orm
    .select(heldFields)
    .from(assignment)
    .where(and(eq(assignment.labelerId, param("labelerId")), eq(assignment.state, "held")))
    .prepare(),
);

const findFree = prepared((orm) =>
  orm
    .select({ id: comparison.id })
    .from(comparison)
    .where(
      and(
        eq(comparison.state, "ready"),
        not(
          exists(
            orm
              .select({ one: sql`1` })
              .from(assignment)
              .where(
                and(
                  eq(assignment.comparisonId, comparison.id),
                  // Written out: SQLite uses a partial index only where it sees the index's own condition.
                  sql`${assignment.state} = 'held'`,
                  gt(assignment.leaseUntil, param("now")),
                ),
              ),
          ),
        ),
        not(
          exists(
            orm
              .select({ one: sql`1` })
              .from(assignment)
              .where(
                and(
                  eq(assignment.labelerId, param("labelerId")),
                  eq(assignment.comparisonId, comparison.id),
                  sql`${assignment.state} = 'skipped'`,
                ),
              ),
          ),
        ),
      ),
    )
    .orderBy(asc(comparison.seq))
    .limit(1)
    .prepare(),
);

const prolong = prepared((orm) =>
  orm
    .update(assignment)
    .set({ leaseUntil: sql`${param("leaseUntil")}` })
    .where(
      and(eq(assignment.id, param("id")), eq(assignment.labelerId, param("labelerId")), eq(assignment.state, "held")),
    )
    .returning(heldFields)
    .prepare(),
);

const expireHolder = prepared((orm) =>
  orm
    .update(assignment)
    .set({ state: "expired", endedAt: sql`${param("now")}` })
    .where(and(eq(assignment.comparisonId, param("comparisonId")), sql`${assignment.state} = 'held'`))
    .prepare(),
);

/**
 * The assignment this labeler holds, or a newly claimed one on the oldest comparison that is ready, not held by
 * anyone else under a running lease, and not skipped by this labeler; null when there is none.
 * Holding one with more than half of its lease left costs one read.
 */
export async function claimAssignment(
  db: Database,
  input: { labelerId: string; leaseMs: number; now: number },
): Promise<HeldAssignment | null> {
  const { labelerId, now } = input;
  const leaseUntil = now + input.leaseMs;
  const mine = findHeld(db).get({ labelerId });
  if (mine && mine.leaseUntil - now > input.leaseMs / 2) return mine;
  if (!mine && !findFree(db).get({ labelerId, now })) return null;
  const claim = (orm: Orm): HeldAssignment | null => {
    // Read again: between the look and the lock another process may have taken either.
    const held = findHeld(db).get({ labelerId });
    if (held) return prolong(db).get({ id: held.id, labelerId, leaseUntil }) ?? null;
    const free = findFree(db).get({ labelerId, now });
    if (!free) return null;
    expireHolder(db).run({ comparisonId: free.id, now });
    const row = { id: newId(), comparisonId: free.id, leaseUntil };
    orm
      .insert(assignment)
      .values({ ...row, labelerId, state: "held", createdAt: now })
      .run();
    return row;
  };
  return change(db, claim, "checkpoint");
}

const findPrompt = prepared((orm) =>
  orm
    .select({ id: prompt.id, text: prompt.text, useCase: prompt.useCase })
    .from(comparison)
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .where(eq(comparison.id, param("comparisonId")))
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
  prompt: { id: string; text: string; useCase: string };
  /** In the order shown. */
  candidates: { id: string; text: string; tokens: number }[];
}

/** What a labeler sees of a comparison: nothing of models, seeds or scores. */
export async function assignmentContent(db: Database, comparisonId: string): Promise<AssignmentContent | null> {
  const head = findPrompt(db).get({ comparisonId });
  return head ? { prompt: head, candidates: findCandidates(db).all({ comparisonId }) } : null;
}

export interface AssignmentRow extends HeldAssignment {
  labelerId: string;
  state: AssignmentState;
}

const assignmentFields = { ...heldFields, labelerId: assignment.labelerId, state: assignment.state };

export async function getAssignment(db: Database, id: string): Promise<AssignmentRow | null> {
  return byId(ormOf(db), id) ?? null;
}

function byId(orm: Orm, id: string): AssignmentRow | undefined {
  return orm.select(assignmentFields).from(assignment).where(eq(assignment.id, id)).get();
}

/** Prolongs the lease of a held assignment; null when it is not held by this labeler any more. */
export async function renewAssignment(
  db: Database,
  input: { id: string; labelerId: string; leaseUntil: number },
): Promise<HeldAssignment | null> {
  return prolong(db).get(input) ?? null;
}

/** Gives a held assignment back, for everyone or (skipped) for everyone else. False when it was not held. */
export async function endAssignment(
  db: Database,
  input: { id: string; labelerId: string; now: number } & (
    | { state: "released" }
    | { state: "skipped"; skipReason: SkipReason }
  ),
): Promise<boolean> {
  const { id, labelerId, state, now: endedAt } = input;
  const end = (orm: Orm): boolean => {
    const ended = orm
      .update(assignment)
      .set({ state, skipReason: input.state === "skipped" ? input.skipReason : null, endedAt })
      .where(and(eq(assignment.id, id), eq(assignment.labelerId, labelerId), eq(assignment.state, "held")))
      .run();
    return ended.changes > 0;
  };
  // What a person said (the reason) stays for good; a released one would only be handed out again a little later.
  return change(db, end, state === "skipped" ? "commit" : "checkpoint");
}
