// What a labeler ranks next: claimed for one person at a time, kept by renewing its lease, given back or skipped.
import * as assignments from "../../db/queries/assignments.ts";
import type { Assignment } from "../api/contract.ts";
import { type Context, nowOf, signedIn } from "../context.ts";
import { DomainError } from "../domain-error.ts";
import type { SkipReason } from "../preference/labeling.ts";
import { labelsOf } from "../preference/ranking.ts";
import { knownUseCase } from "../prompts/use-case.ts";

/** How long an assignment stays with someone who shows no sign of work; the page renews it while they do. */
export const assignmentLeaseMs = 10 * 60_000;

/** The one this person holds, or a newly claimed one; null when nothing waits for them. */
export async function nextAssignment(ctx: Context): Promise<Assignment | null> {
  const actor = signedIn(ctx);
  const held = await assignments.claimAssignment(ctx.db, {
    labelerId: actor.id,
    leaseMs: assignmentLeaseMs,
    now: nowOf(ctx),
  });
  if (!held) return null;
  const content = await assignments.assignmentContent(ctx.db, held.comparisonId);
  if (!content) return null;
  const labels = labelsOf(content.candidates.length);
  return {
    id: held.id,
    prompt: { ...content.prompt, useCase: knownUseCase(content.prompt.useCase) },
    candidates: content.candidates.map((candidate, place) => ({ ...candidate, label: labels[place] ?? "?" })),
    leaseUntil: held.leaseUntil,
  };
}

/** @throws DomainError CONFLICT when it is not this person's any more */
export async function renewAssignment(ctx: Context, input: { id: string }): Promise<{ leaseUntil: number }> {
  const { labelerId } = await own(ctx, input.id);
  const leaseUntil = nowOf(ctx) + assignmentLeaseMs;
  const renewed = await assignments.renewAssignment(ctx.db, { id: input.id, labelerId, leaseUntil });
  if (!renewed) throw new DomainError("CONFLICT", leaseLost);
  return { leaseUntil: renewed.leaseUntil };
}

/** Gives it back, for anyone to take. Giving back what is not held any more changes nothing. */
export async function releaseAssignment(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const { labelerId } = await own(ctx, input.id);
  await assignments.endAssignment(ctx.db, { id: input.id, labelerId, state: "released", now: nowOf(ctx) });
  return { ok: true };
}

/**
 * Leaves it to others: this person does not get it again. Skipping again what is skipped already changes nothing.
 * @throws DomainError CONFLICT after it was submitted, or when it is not this person's any more
 */
export async function skipAssignment(ctx: Context, input: { id: string; reason: SkipReason }): Promise<{ ok: true }> {
  const { labelerId } = await own(ctx, input.id);
  const { id, reason: skipReason } = input;
  const end = { id, labelerId, state: "skipped" as const, skipReason, now: nowOf(ctx) };
  if (await assignments.endAssignment(ctx.db, end)) return { ok: true };
  // Read again: a first click on the same button may have come in between.
  const { state } = await own(ctx, id);
  if (state === "skipped") return { ok: true };
  throw new DomainError("CONFLICT", state === "submitted" ? "You have ranked this one already." : leaseLost);
}

export const leaseLost =
  "Your time for these answers ran out and they went to someone else: nothing was stored. Take the next ones.";

/** @throws DomainError NOT_FOUND, or FORBIDDEN when it is another person's */
export async function own(ctx: Context, id: string): Promise<assignments.AssignmentRow> {
  const actor = signedIn(ctx);
  const row = await assignments.getAssignment(ctx.db, id);
  if (!row) throw new DomainError("NOT_FOUND", "There is no such assignment.");
  if (row.labelerId !== actor.id) throw new DomainError("FORBIDDEN", "This assignment is someone else's.");
  return row;
}
