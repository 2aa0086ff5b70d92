// Drafts: unfinished work, stored at every change; for each person one for each subject.
import * as drafts from "../../db/queries/drafts.ts";
import { type ActorScope, allowed, type Context } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { comparisonOf } from "../vocabulary/labeling.ts";
import { limits } from "../vocabulary/limits.ts";
import type { Draft } from "../vocabulary/shapes.ts";

/** @throws DomainError FORBIDDEN for drafts of what is not part of one's role */
export async function getDraft(ctx: Context, input: { subject: string }): Promise<Draft | null> {
  const { actor } = owner(ctx, input.subject);
  const row = await drafts.getDraft(ctx, { ownerId: actor.id, subject: input.subject });
  return row && draftShown(row);
}

export interface DraftSaved {
  outcome: "saved" | "conflict";
  draft: Omit<Draft, "content">;
  /** On a conflict, what the other window wrote. */
  other: Draft | null;
}

/**
 * Keeps a draft if it follows the one its writer has seen (`basedOn`, 0 for none) or that writer's own; otherwise
 * nothing is changed and the other window's is answered.
 * @throws DomainError BAD_REQUEST when it is too long, CONFLICT when these answers are not this person's to rank any
 * more or have changed, FORBIDDEN for drafts of what is not part of one's role
 */
export async function saveDraft(
  ctx: Context,
  input: { subject: string; basedOn: number; writer: string; content: Draft["content"] },
): Promise<DraftSaved> {
  const { subject, basedOn, writer } = input;
  const scope = owner(ctx, subject);
  const content = JSON.stringify(input.content);
  if (content.length > limits.draftCharacters) {
    const most = limits.draftCharacters.toLocaleString("en");
    throw new DomainError("BAD_REQUEST", `This is too long to be kept as a draft: at most ${most} characters.`);
  }
  const saved = await drafts.saveDraft(scope, { subject, basedOn, writer, content });
  if (saved.outcome === "outdated") throw new DomainError("CONFLICT", outdated);
  if (saved.outcome === "saved") {
    return { outcome: "saved", draft: { revision: saved.revision, writer, savedAt: scope.now }, other: null };
  }
  const other = draftShown(saved.other);
  const { content: _, ...draft } = other;
  return { outcome: "conflict", draft, other };
}

const outdated =
  "These answers were given back, or one was written anew, after you saw them: this draft was not kept. Take the next ones.";

/** Deletes a draft that its writer has seen. Where there is none, or another window's by now, nothing happens. */
export async function discardDraft(
  ctx: Context,
  input: { subject: string; basedOn: number; writer: string },
): Promise<{ ok: true }> {
  await drafts.discardDraft(owner(ctx, input.subject), input);
  return { ok: true };
}

export function draftShown({ content, ...row }: drafts.DraftRow): Draft {
  return { ...row, content: JSON.parse(content) };
}

function owner(ctx: Context, subject: string): ActorScope {
  return comparisonOf(subject) === null ? allowed(ctx, "write", "write prompts") : allowed(ctx, "rank", "rank answers");
}
