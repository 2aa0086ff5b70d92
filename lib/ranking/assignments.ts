// Assignments: what a labeler ranks next. As many people claim a comparison as rankings are wanted; they renew its lease, give
// it back or skip it.
import * as assignments from "../../db/queries/assignments.ts";
import { getDraft } from "../../db/queries/drafts.ts";
import { latestSubmission } from "../../db/queries/rankings.ts";
import { readProjectSettings } from "../../db/queries/settings.ts";
import { type ActorScope, allowed, type Context } from "../context.ts";
import { labelsOf } from "../preference/ranking.ts";
import { aboutModel } from "../training/models.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { knownUseCase, rankingSubject, type SkipReason } from "../vocabulary/labeling.ts";
import type { Assignment } from "../vocabulary/shapes.ts";
import { draftShown } from "../writing/drafts.ts";
import { byLabel } from "./labels.ts";
import { isOneSource } from "./names-its-model.ts";

/** How long an assignment stays with someone who shows no sign of work, in ms; the page renews the lease while they do. */
export const assignmentLeaseMs = 10 * 60_000;

const notClaimed: Record<assignments.NotClaimed, string> = {
  "not found": "There is no such comparison.",
  generating: "These answers are still being generated: wait until all are there.",
  unfinished: "Some of these answers are not there: have them written first.",
  ranked: "These answers are ranked already.",
  submitted: "You have ranked these answers already: reopen your ranking to change it.",
  skipped: "You have skipped these answers: they are left to others.",
  held: "Someone else is ranking these answers just now.",
};

/**
 * The one this person holds, or a newly claimed one; null when nothing waits for them.
 * @param input.after the one on the screen: answers the one after it. A person holds these two at most.
 * @param input.comparisonId claims this one, or goes on with what this person let run out, be it late
 * @throws DomainError NOT_FOUND or CONFLICT saying why this comparison cannot be ranked now
 */
export async function nextAssignment(
  ctx: Context,
  input: { after?: string; comparisonId?: string } = {},
): Promise<Assignment | null> {
  const scope = ranker(ctx);
  const { comparisonId, after } = input;
  const { rateFirst, promptOrder: order } = await readProjectSettings(ctx);
  const terms = { rateFirst, leaseMs: assignmentLeaseMs };
  const held =
    comparisonId === undefined
      ? await assignments.claimAssignment(scope, { ...terms, order, after })
      : await assignments.claimComparison(scope, { ...terms, comparisonId });
  if (typeof held === "string") {
    throw new DomainError(held === "not found" ? "NOT_FOUND" : "CONFLICT", notClaimed[held]);
  }
  return held && { ...(await content(ctx, held, scope.actor.id)), submitted: null };
}

/**
 * One's own, held, submitted, or run out and to be finished late: for a reload, and to reopen it.
 * @throws DomainError NOT_FOUND, FORBIDDEN when it is another person's, CONFLICT when it is not theirs any more
 */
export async function getAssignment(ctx: Context, input: { id: string }): Promise<Assignment> {
  const row = await own(ranker(ctx), input.id);
  if (row.state === "held" || row.state === "expired")
    return { ...(await content(ctx, row, row.labelerId)), submitted: null };
  const stands = row.state === "submitted" ? await latestSubmission(ctx.db, row.id) : null;
  if (!stands) throw new DomainError("CONFLICT", ended(row.state));
  const { content: ranked, guards, spentMs, guidelinesVersion, version, submittedAt } = stands;
  const submitted = {
    ...byLabel(ranked),
    guards,
    spentMs: spentMs ?? undefined,
    guidelinesVersion: guidelinesVersion ?? undefined,
    version,
    submittedAt,
  };
  return { ...(await content(ctx, row, row.labelerId)), submitted };
}

async function content(
  ctx: Context,
  { id, comparisonId, rateFirst, leaseUntil, state }: assignments.HeldAssignment,
  labelerId: string,
): Promise<Omit<Assignment, "submitted">> {
  const [shown, draft] = await Promise.all([
    assignments.assignmentContent(ctx.db, comparisonId),
    getDraft(ctx, { ownerId: labelerId, subject: rankingSubject(comparisonId) }),
  ]);
  if (!shown) throw new DomainError("NOT_FOUND", notClaimed["not found"]);
  const { prompt, candidates, writers } = shown;
  const labels = labelsOf(candidates.length);
  const tellsNothing = isOneSource(candidates);
  return {
    id,
    comparisonId,
    leaseUntil,
    isLate: state === "expired",
    prompt: { ...prompt, useCase: knownUseCase(prompt.useCase) },
    candidates: candidates.map(({ id, text, tokens }, place) => ({
      ...{ id, text, tokens: tellsNothing ? tokens : null },
      label: labels[place] ?? "?",
    })),
    isPractice: writers.some((writer) => aboutModel(writer) !== null),
    rateFirst,
    draft: draft && draftShown(draft),
  };
}

/** Renews the lease of an assignment, and of the one fetched ahead. @throws DomainError CONFLICT when it is not this person's any more */
export async function renewAssignment(ctx: Context, input: { id: string }): Promise<{ leaseUntil: number }> {
  const scope = ranker(ctx);
  await own(scope, input.id);
  const leaseUntil = scope.now + assignmentLeaseMs;
  if (await assignments.renewAssignment(scope, { id: input.id, leaseUntil })) return { leaseUntil };
  throw new DomainError("CONFLICT", ended((await own(scope, input.id)).state));
}

/** Gives an assignment back, for anyone to take. Giving back one that is not held any more changes nothing. */
export async function releaseAssignment(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const scope = ranker(ctx);
  await own(scope, input.id);
  await assignments.endAssignment(scope, { id: input.id, state: "released" });
  return { ok: true };
}

/**
 * Skips an assignment: it is left to others, and this person does not get it again. Skipping twice changes nothing.
 * @throws DomainError CONFLICT after it was submitted, or when it is not this person's any more
 */
export async function skipAssignment(ctx: Context, input: { id: string; reason: SkipReason }): Promise<{ ok: true }> {
  const { id, reason: skipReason } = input;
  const scope = ranker(ctx);
  await own(scope, id);
  if (await assignments.endAssignment(scope, { id, state: "skipped", skipReason })) return { ok: true };
  // Read again: a first click on the same button may have come in between.
  const { state } = await own(scope, id);
  if (state === "skipped") return { ok: true };
  throw new DomainError("CONFLICT", ended(state));
}

const notTakenBack: Record<Exclude<assignments.SkipTakenBack, "done">, string> = {
  "not skipped": "This is no skip any more: take the next ones.",
  held: "Someone else is ranking these answers by now: your skip stays.",
  unfinished: "One of these answers is being written anew: your skip stays.",
  ranked: "These answers have been ranked by now: your skip stays.",
};

/**
 * Takes a skip back: the assignment is this person's again, with its draft.
 * @throws DomainError CONFLICT when others have or have ranked the answers by now, or they are not there to be ranked any more
 */
export async function unskipAssignment(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const scope = ranker(ctx);
  await own(scope, input.id);
  const outcome = await assignments.takeSkipBack(scope, { id: input.id, leaseMs: assignmentLeaseMs });
  if (outcome !== "done") throw new DomainError("CONFLICT", notTakenBack[outcome]);
  return { ok: true };
}

export const leaseLost = "Your time for these answers ran out, and someone else has them now. Your work is kept.";

/** Why an assignment is not a person's any more. */
function ended(state: assignments.AssignmentState): string {
  if (state === "submitted") return "You have ranked these answers already.";
  if (state === "skipped") return "You have skipped these answers: take the next ones.";
  if (state === "released") return "You have given these answers back, or one is written anew: take the next ones.";
  return leaseLost;
}

/** The scope of somebody who may rank. @throws DomainError UNAUTHORIZED or FORBIDDEN */
export const ranker = (ctx: Context): ActorScope => allowed(ctx, "rank", "rank answers");

/** The assignment, if it is this person's own. @throws DomainError NOT_FOUND, or FORBIDDEN when it is another person's */
export async function own({ db, actor }: ActorScope, id: string): Promise<assignments.AssignmentRow> {
  const row = await assignments.getAssignment(db, id);
  if (!row) throw new DomainError("NOT_FOUND", "There is no such assignment.");
  if (row.labelerId !== actor.id) throw new DomainError("FORBIDDEN", "This assignment is someone else's.");
  return row;
}
