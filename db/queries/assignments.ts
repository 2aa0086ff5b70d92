// Assignments: which labeler ranks which comparison, under a lease. The hot path: a claim is a few indexed statements.
import { and, asc, desc, eq, gt, inArray, lt, not, sql } from "drizzle-orm";
import type { Message } from "../../lib/vocabulary/conversation.ts";
import type { PromptKind, PromptOrder, SkipReason } from "../../lib/vocabulary/labeling.ts";
import { change, type InProject, type PersonScope, type ProjectScope, type Tell } from "../change.ts";
import { type Database, type Orm, oneUnlocked, ormOf, prepared } from "../client.ts";
import { newId } from "../id.ts";
import { assignment, candidate, comparison, model, prompt, promptMessage, user } from "../schema/index.ts";
import { isArchived } from "../steps/prompts.ts";
import { isSetAside, isSkipped, isSkippedBy } from "../steps/skips.ts";
import { type AssignmentState, holders, isBegunBy, isTakenBy, isWanting } from "../steps/wanted.ts";
import type { DrawnFrom, ModelPlace } from "./candidates.ts";

export type { AssignmentState } from "../steps/wanted.ts";

export interface HeldAssignment {
  id: string;
  comparisonId: string;
  /** Is each answer rated before all are ranked? It is the project's setting at the time this was handed out. */
  rateFirst: boolean;
  leaseUntil: number;
  /** `expired`: the lease ran out and others took the place; this person may still finish what they began. */
  state: AssignmentState;
}

const param = sql.placeholder;
const heldFields = {
  id: assignment.id,
  comparisonId: assignment.comparisonId,
  rateFirst: assignment.rateFirst,
  leaseUntil: assignment.leaseUntil,
  state: assignment.state,
};
// Written out: SQLite uses a partial index only where it sees the index's own condition.
const isHeld = sql`${assignment.state} = 'held'`;
const isOwn = and(eq(assignment.labelerId, param("labelerId")), eq(assignment.projectId, param("project")));

/** The assignments a labeler holds, oldest first: the one on the screen, then the one fetched ahead. */
const findHeld = prepared((orm) =>
  orm
    .select(heldFields)
    .from(assignment)
    .where(and(isOwn, isHeld))
    // Two claims may fall into one millisecond.
    .orderBy(asc(assignment.createdAt), asc(assignment.id))
    .prepare(),
);

const prolong = prepared((orm) =>
  orm
    .update(assignment)
    .set({ leaseUntil: sql`${param("leaseUntil")}` })
    .where(and(isOwn, isHeld))
    .prepare(),
);

/**
 * @param unsure only those whose order a reward model is unsure of, the most unsure first; else the oldest first
 * @param most 1, or the first one that nobody is just being handed
 */
const free = (orm: Orm, unsure: boolean, most: 1 | typeof oneUnlocked) =>
  orm
    .select({ id: comparison.id })
    .from(comparison)
    .where(
      and(
        eq(comparison.projectId, param("project")),
        isWanting,
        sql`${holders(param("now"))} < comparison.still_wanted`,
        // Each person once, whatever is still wanted.
        not(isTakenBy(param("labelerId"))),
        not(isSkippedBy(param("labelerId"))),
        not(isSetAside),
        not(isArchived),
        unsure ? sql`comparison.disagreement is not null` : undefined,
      ),
    )
    .orderBy(unsure ? desc(comparison.disagreement) : asc(comparison.seq))
    .limit(most)
    .prepare();
const finders = (most: 1 | typeof oneUnlocked) => ({
  // Each walks an index from its end and stops at the first that is free.
  oldest: prepared((orm) => free(orm, false, most)),
  mostUnsure: prepared((orm) => free(orm, true, most)),
});
const anyFree = finders(1);
const unlockedFree = finders(oneUnlocked);

async function findFree(
  orm: Orm,
  { labelerId, project, now, order }: NextTerms & Claimer,
  { oldest, mostUnsure } = anyFree,
): Promise<{ id: string } | undefined> {
  const unsure = order === "disagreement" ? await mostUnsure(orm).get({ labelerId, project, now }) : undefined;
  return unsure ?? (await oldest(orm).get({ labelerId, project, now }));
}

/** Shortens leases to one lease from now, for the case that the clock was set back. */
export async function capAssignmentLeases(db: Database, input: { leaseMs: number; now: number }): Promise<void> {
  const leaseUntil = input.now + input.leaseMs;
  await ormOf(db)
    .update(assignment)
    .set({ leaseUntil })
    .where(and(isHeld, gt(assignment.leaseUntil, leaseUntil)))
    .run();
}

const holdersOf = prepared((orm) =>
  orm
    .select({ id: assignment.id, leaseUntil: assignment.leaseUntil, stillWanted: comparison.stillWanted })
    .from(assignment)
    .innerJoin(comparison, eq(comparison.id, assignment.comparisonId))
    .where(and(eq(assignment.comparisonId, param("comparisonId")), isHeld))
    .orderBy(asc(assignment.leaseUntil))
    .prepare(),
);

/** Ends as many expired leases as needed, the oldest first, so that one more person may hold the comparison. */
async function makeRoom(orm: Orm, { comparisonId, now }: { comparisonId: string; now: number }): Promise<void> {
  const held = await holdersOf(orm).all({ comparisonId });
  const tooMany = held.length + 1 - (held[0]?.stillWanted ?? 1);
  const gone = held.filter(({ leaseUntil }) => leaseUntil <= now).slice(0, Math.max(0, tooMany));
  for (const { id } of gone) {
    await orm.update(assignment).set({ state: "expired", endedAt: now }).where(eq(assignment.id, id)).run();
  }
}

interface Terms {
  /** The project's setting now, which the assignment claimed with this call keeps. */
  rateFirst: boolean;
  leaseMs: number;
}

interface Claimer extends Terms {
  labelerId: string;
  project: string;
  now: number;
}

const claimerOf = <T extends Terms>({ actor, project, now }: PersonScope, terms: T) => ({
  ...terms,
  labelerId: actor.id,
  project,
  now,
});

interface NextTerms extends Terms {
  /** The project's: which comparison is handed out next. As they were written where absent. */
  order?: PromptOrder;
  /** The one to leave out: the assignment after it is wanted, so that a labeler holds two at most. */
  after?: string;
}

/**
 * The oldest assignment this labeler holds in the project, or a newly claimed one on the first comparison of which rankings are still
 * wanted, more of them than people hold it under a running lease, and that this labeler has neither ranked nor skipped
 * and nobody has set aside; null when there is none. The first is the oldest, or the one whose order the reward model's
 * heads disagree on most; those it has not scored come after, the oldest first.
 * Holding one with more than half of its lease left costs one read.
 */
export async function claimAssignment(scope: PersonScope, terms: NextTerms): Promise<HeldAssignment | null> {
  const input = claimerOf(scope, terms);
  const { labelerId, project, leaseMs, now } = input;
  const next = (held: HeldAssignment[]) => held.find((one) => one.id !== input.after);
  const held = await findHeld(ormOf(scope.db)).all({ labelerId, project });
  const known = next(held);
  if (known && held.every((one) => one.leaseUntil - now > leaseMs / 2)) return known;
  if (!known && !(await findFree(ormOf(scope.db), input))) return null;
  const claim = async (orm: Orm): Promise<HeldAssignment | null> => {
    // Whoever asks is at work: on the other one as well.
    await prolong(orm).run({ labelerId, project, leaseUntil: now + leaseMs });
    // Read again: between the look and the lock another process may have taken either.
    const mine = next(await findHeld(orm).all({ labelerId, project }));
    if (mine) return mine;
    // Several who claim at once are handed different ones. Where all are locked the first may be wanted once more, or be free
    // after all: whoever takes it waits for the other, and is told anew what is free if the two collide.
    const free = (await findFree(orm, input, unlockedFree)) ?? (await findFree(orm, input));
    return free ? await take(orm, free.id, input) : null;
  };
  return change(scope, claim, "checkpoint");
}

/** Hands a comparison out. An expired assignment of this person is continued: nobody has two for one comparison. */
async function take(orm: Orm, comparisonId: string, claimer: Claimer): Promise<HeldAssignment> {
  const { labelerId, project: projectId, rateFirst, leaseMs, now } = claimer;
  await makeRoom(orm, { comparisonId, now });
  const leaseUntil = now + leaseMs;
  const again = await findExpiredOf(orm).get({ labelerId, comparisonId });
  if (again) {
    const held = { state: "held" as const, endedAt: null, leaseUntil, createdAt: now };
    await orm.update(assignment).set(held).where(eq(assignment.id, again.id)).run();
    return { ...again, state: "held", leaseUntil };
  }
  const row = { id: newId(), comparisonId, rateFirst, leaseUntil, state: "held" as const };
  await orm
    .insert(assignment)
    .values({ ...row, projectId, labelerId, createdAt: now })
    .run();
  return row;
}

const findExpiredOf = prepared((orm) =>
  orm
    .select(heldFields)
    .from(assignment)
    .where(
      and(
        eq(assignment.labelerId, param("labelerId")),
        eq(assignment.comparisonId, param("comparisonId")),
        eq(assignment.state, "expired"),
      ),
    )
    .prepare(),
);

export type NotClaimed =
  | "not found"
  /** Not all answers are there: still written, or their generation has stopped or failed. */
  | "generating"
  | "unfinished"
  /** Others have ranked it as often as was wanted. */
  | "ranked"
  /** This labeler has ranked it. */
  | "submitted"
  | "skipped"
  /** As many others hold it, under running leases, as rankings are still wanted. */
  | "held";

/**
 * Claims this comparison, or says why not. Whoever holds two already gives back the one fetched ahead. Where others took
 * this labeler's place, what they had begun is theirs to finish late.
 */
export async function claimComparison(
  scope: PersonScope,
  terms: Terms & { comparisonId: string },
): Promise<HeldAssignment | NotClaimed> {
  const input = claimerOf(scope, terms);
  const { comparisonId, labelerId, project, leaseMs, now } = input;
  const claim = async (orm: Orm): Promise<HeldAssignment | NotClaimed> => {
    const row = await orm
      .select({
        state: comparison.state,
        stillWanted: comparison.stillWanted,
        holders: holders(now),
        isSkipped: sql<number>`${isSkippedBy(labelerId)}`,
      })
      .from(comparison)
      .where(and(eq(comparison.id, comparisonId), eq(comparison.projectId, project)))
      .get();
    if (!row) return "not found";
    if (row.state === "generating") return "generating";
    if (row.state !== "ready") return "unfinished";
    if (await hasSubmitted(orm, labelerId, comparisonId)) return "submitted";
    const held = await findHeld(orm).all({ labelerId, project });
    const mine = held.find((one) => one.comparisonId === comparisonId);
    if (mine) {
      await prolong(orm).run({ labelerId, project, leaseUntil: now + leaseMs });
      return { ...mine, leaseUntil: now + leaseMs };
    }
    if (row.isSkipped) return "skipped";
    if (row.holders >= row.stillWanted) {
      const begun = await findExpiredOf(orm).get({ labelerId, comparisonId });
      return begun ?? (row.stillWanted > 0 ? "held" : "ranked");
    }
    await prolong(orm).run({ labelerId, project, leaseUntil: now + leaseMs });
    await giveBackAhead(orm, held, input);
    return take(orm, comparisonId, input);
  };
  return change(scope, claim, "checkpoint");
}

/** Gives the assignment fetched ahead back, where somebody who holds two takes a third. */
async function giveBackAhead(orm: Orm, held: readonly HeldAssignment[], { labelerId, now }: Claimer): Promise<void> {
  const ahead = held[1];
  if (ahead) await end(orm, { id: ahead.id, state: "released" }, { labelerId, now });
}

async function hasSubmitted(orm: Orm, labelerId: string, comparisonId: string): Promise<boolean> {
  const own = and(eq(assignment.labelerId, labelerId), eq(assignment.comparisonId, comparisonId));
  const submitted = and(own, eq(assignment.state, "submitted"));
  return (await orm.select({ id: assignment.id }).from(assignment).where(submitted).get()) !== undefined;
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
    .select({
      id: candidate.id,
      text: candidate.text,
      tokens: candidate.tokens,
      modelId: candidate.modelId,
      temperature: candidate.temperature,
      topP: candidate.topP,
    })
    .from(candidate)
    .where(eq(candidate.comparisonId, param("comparisonId")))
    .orderBy(asc(candidate.position))
    .prepare(),
);

const findWriters = prepared((orm) =>
  orm
    .selectDistinct({ origin: model.origin, directory: model.directory })
    .from(candidate)
    .innerJoin(model, eq(model.id, candidate.modelId))
    .where(eq(candidate.comparisonId, param("comparisonId")))
    .prepare(),
);

export interface AssignmentContent {
  prompt: { id: string; kind: PromptKind; messages: Message[]; text: string; useCase: string };
  /** In the order shown, with what each was drawn from. */
  candidates: ({ id: string; text: string; tokens: number } & DrawnFrom)[];
  /** The models that wrote them, by where their files are. */
  writers: Pick<ModelPlace, "origin" | "directory">[];
}

/** What a labeler sees of a comparison, and what each answer was drawn from, of which they see nothing. */
export async function assignmentContent(db: Database, comparisonId: string): Promise<AssignmentContent | null> {
  const head = await findPrompt(ormOf(db)).get({ comparisonId });
  if (!head) return null;
  const messages = await findMessages(ormOf(db)).all({ promptId: head.id });
  const candidates = await findCandidates(ormOf(db)).all({ comparisonId });
  return { prompt: { ...head, messages }, candidates, writers: await findWriters(ormOf(db)).all({ comparisonId }) };
}

/** The answers of a comparison in the order shown: all that a ranking of them is checked against. */
export const answersShown = (db: Database, comparisonId: string): Promise<AssignmentContent["candidates"]> =>
  findCandidates(ormOf(db)).all({ comparisonId });

export interface AssignmentRow extends HeldAssignment {
  labelerId: string;
}

const findAssignment = prepared((orm) =>
  orm
    .select({ ...heldFields, labelerId: assignment.labelerId })
    .from(assignment)
    .where(eq(assignment.id, param("id")))
    .prepare(),
);

export async function getAssignment(db: Database, id: string): Promise<AssignmentRow | null> {
  return (await findAssignment(ormOf(db)).get({ id })) ?? null;
}

/** Prolongs the lease of a held assignment and of the other one; false when it is not held by this labeler any more. */
export async function renewAssignment(
  scope: PersonScope,
  { id, leaseUntil }: { id: string; leaseUntil: number },
): Promise<boolean> {
  const { actor, project } = scope;
  const labelerId = actor.id;
  const renew = async (orm: Orm): Promise<boolean> => {
    if (!(await findHeld(orm).all({ labelerId, project })).some((one) => one.id === id)) return false;
    await prolong(orm).run({ labelerId, project, leaseUntil });
    return true;
  };
  return change(scope, renew, "checkpoint");
}

type End = { id: string } & ({ state: "released" } | { state: "skipped"; skipReason: SkipReason });

/**
 * Gives a held assignment back, for everyone or (skipped) for everyone else. False when it was not held. What ran out can
 * still be skipped: its reason is worth as much.
 * The draft stays for the day the same person gets it again, also with a skip, which may be taken back.
 */
export async function endAssignment(scope: PersonScope, input: End): Promise<boolean> {
  const { actor, now } = scope;
  const given = async (orm: Orm, tell: Tell) => {
    const comparisonId = await end(orm, input, { labelerId: actor.id, now });
    if (comparisonId !== null && input.state === "skipped") {
      const skip = { before: { skipped: null }, after: { skipped: input.skipReason } };
      await tell({ verb: "comparison.skip", subject: comparisonId, ...skip });
    }
    return comparisonId !== null;
  };
  // What a person said (the reason) stays for good; a released one would only be handed out again a little later.
  return change(scope, given, input.state === "skipped" ? "commit" : "checkpoint");
}

/** @returns the comparison whose assignment was ended; null when it was not held */
async function end(
  orm: Orm,
  input: End,
  { labelerId, now: endedAt }: { labelerId: string; now: number },
): Promise<string | null> {
  const { id, state } = input;
  const [skipReason, from] =
    input.state === "skipped" ? [input.skipReason, ["held", "expired"] as const] : [null, ["held"] as const];
  const ended = await orm
    .update(assignment)
    .set({ state, skipReason, endedAt })
    .where(and(eq(assignment.id, id), eq(assignment.labelerId, labelerId), inArray(assignment.state, from)))
    .returning({ comparisonId: assignment.comparisonId })
    .get();
  return ended?.comparisonId ?? null;
}

export type SkipTakenBack =
  | "done"
  /** It is no skip, or not any more: it was submitted, given back, or ran out. */
  | "not skipped"
  /** By as many others as rankings are still wanted, under running leases. */
  | "held"
  /** An answer is written anew, or all rankings are there by now. */
  | "unfinished"
  | "ranked";

/** Takes a skip back: the assignment is held again, as if it had not been skipped. Taking it back twice is one. */
export async function takeSkipBack(
  scope: PersonScope,
  { id, leaseMs }: { id: string; leaseMs: number },
): Promise<SkipTakenBack> {
  const { actor, project, now } = scope;
  const labelerId = actor.id;
  return change(scope, async (orm, tell): Promise<SkipTakenBack> => {
    const row = await orm
      .select({
        ...heldFields,
        skipReason: assignment.skipReason,
        comparisonState: comparison.state,
        stillWanted: comparison.stillWanted,
        holders: holders(now),
        // Handed out again meanwhile, and to this very person: that one is it.
        isBegunAnew: sql<number>`(${isTakenBy(labelerId)} or ${isBegunBy(labelerId)})`,
      })
      .from(assignment)
      .innerJoin(comparison, eq(comparison.id, assignment.comparisonId))
      .where(and(eq(assignment.id, id), eq(assignment.labelerId, labelerId)))
      .get();
    if (row?.state === "held") return "done";
    if (row?.state !== "skipped" || row.isBegunAnew) return "not skipped";
    if (row.comparisonState !== "ready") return "unfinished";
    if (row.stillWanted <= 0) return "ranked";
    if (row.holders >= row.stillWanted) return "held";
    const { comparisonId, rateFirst } = row;
    const claimer = { comparisonId, labelerId, project, rateFirst, leaseMs, now };
    await prolong(orm).run({ labelerId, project, leaseUntil: now + leaseMs });
    await giveBackAhead(orm, await findHeld(orm).all({ labelerId, project }), claimer);
    await makeRoom(orm, claimer);
    const again = { state: "held" as const, skipReason: null, endedAt: null, leaseUntil: now + leaseMs };
    await orm.update(assignment).set(again).where(eq(assignment.id, id)).run();
    const skip = { before: { skipped: row.skipReason }, after: { skipped: null } };
    await tell({ verb: "comparison.unskip", subject: comparisonId, ...skip });
    return "done";
  });
}

export interface SkippedComparison {
  /** Of the comparison. */
  id: string;
  promptId: string;
  promptText: string;
  useCase: string;
  k: number;
  /** Oldest first. */
  skips: { labeler: string; reason: SkipReason; skippedAt: number }[];
}

/**
 * Comparisons with a skip that counts, newest first.
 * @param page.setAside those that nobody is handed any more; else those that others still are
 * @param page.id that one alone
 * @param page.cursor the id of the last one of the page before
 */
export async function listSkipped(
  { db, project }: InProject,
  page: { setAside: boolean; id?: string; cursor?: string; limit: number },
): Promise<SkippedComparison[]> {
  const orm = ormOf(db);
  const last = orm
    .select({ seq: comparison.seq })
    .from(comparison)
    .where(eq(comparison.id, page.cursor ?? ""));
  const rows = await orm
    .select({
      id: comparison.id,
      promptId: prompt.id,
      promptText: prompt.text,
      useCase: prompt.useCase,
      k: comparison.k,
    })
    .from(comparison)
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .where(
      and(
        eq(comparison.projectId, project),
        isWanting,
        not(isArchived),
        page.setAside ? isSetAside : and(isSkipped, not(isSetAside)),
        page.id === undefined ? undefined : eq(comparison.id, page.id),
        page.cursor === undefined ? undefined : lt(comparison.seq, last),
      ),
    )
    .orderBy(desc(comparison.seq))
    .limit(page.limit)
    .all();
  const ids = rows.map(({ id }) => id);
  const skips = await orm
    .select({
      comparisonId: assignment.comparisonId,
      labeler: user.username,
      reason: assignment.skipReason,
      skippedAt: assignment.endedAt,
    })
    .from(assignment)
    .innerJoin(comparison, eq(comparison.id, assignment.comparisonId))
    .innerJoin(user, eq(user.id, assignment.labelerId))
    .where(
      and(
        inArray(assignment.comparisonId, ids),
        eq(assignment.state, "skipped"),
        sql`${assignment.endedAt} > coalesce(${comparison.handedOutAt}, -1)`,
      ),
    )
    .orderBy(asc(assignment.endedAt), asc(assignment.id))
    .all();
  const byComparison = Map.groupBy(skips, ({ comparisonId }) => comparisonId);
  return rows.map((row) => ({
    ...row,
    skips: (byComparison.get(row.id) ?? []).flatMap(({ labeler, reason, skippedAt }) =>
      reason !== null && skippedAt !== null ? [{ labeler, reason, skippedAt }] : [],
    ),
  }));
}

export interface WaitingAnswer {
  comparisonId: string;
  promptText: string;
  position: number;
  text: string;
  modelName: string;
}

/** The answers of the newest comparisons that wait to be ranked. @param most how many comparisons */
export async function waitingAnswers({ db, project }: InProject, most: number): Promise<WaitingAnswer[]> {
  const orm = ormOf(db);
  const newest = orm
    .select({ id: comparison.id })
    .from(comparison)
    .where(and(eq(comparison.projectId, project), isWanting, not(isArchived)))
    .orderBy(desc(comparison.seq))
    .limit(most);
  return orm
    .select({
      comparisonId: comparison.id,
      promptText: prompt.text,
      position: candidate.position,
      text: candidate.text,
      modelName: model.name,
    })
    .from(candidate)
    .innerJoin(comparison, eq(comparison.id, candidate.comparisonId))
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .innerJoin(model, eq(model.id, candidate.modelId))
    .where(inArray(comparison.id, newest))
    .orderBy(desc(comparison.seq), asc(candidate.position))
    .all();
}

/** Hands a comparison out again: earlier skips do not count any more. False where it does not wait to be ranked. */
export async function handOutAgain(scope: ProjectScope, { comparisonId }: { comparisonId: string }): Promise<boolean> {
  const waits = and(eq(comparison.id, comparisonId), isWanting);
  return change(scope, async (orm, tell) => {
    const { handedOutAt } = comparison;
    const before = await orm.select({ handedOutAt }).from(comparison).where(waits).get();
    if (!before) return false;
    const after = { handedOutAt: scope.now };
    await orm.update(comparison).set(after).where(waits).run();
    await tell({ verb: "comparison.handOut", subject: comparisonId, before, after });
    return true;
  });
}
