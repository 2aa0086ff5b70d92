// The guidelines of a topic: reading them, what is new since last time, and publishing the next version.
import * as guidelines from "../../db/queries/guidelines.ts";
import { allowed, type Context, signedIn } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { GuidelineTopic } from "../vocabulary/labeling.ts";
import type { Guidelines } from "../vocabulary/shapes.ts";

/**
 * The guidelines in force, and what the one who asks has read last (null: nothing yet).
 * @throws DomainError NOT_FOUND while the topic has none
 */
export async function getGuidelines(
  ctx: Context,
  input: { topic: GuidelineTopic },
): Promise<Guidelines & { read: { version: number; text: string } | null }> {
  const { actor } = signedIn(ctx);
  const found = await guidelines.guidelinesFor(ctx, { topic: input.topic, personId: actor.id });
  if (!found) throw new DomainError("NOT_FOUND", "There are no guidelines on this yet.");
  return { ...shown(found.current), read: found.read };
}

/** Every version, newest first. */
export async function guidelinesHistory(ctx: Context, input: { topic: GuidelineTopic }): Promise<Guidelines[]> {
  signedIn(ctx);
  return (await guidelines.guidelinesHistory(ctx, input.topic)).map(shown);
}

/** Notes that a version was read. @throws DomainError NOT_FOUND for a version that does not exist */
export async function markGuidelinesRead(
  ctx: Context,
  input: { topic: GuidelineTopic; version: number },
): Promise<{ ok: true }> {
  const marked = await guidelines.markGuidelinesRead(signedIn(ctx), input);
  if (!marked) throw new DomainError("NOT_FOUND", `There is no version ${input.version} of these guidelines.`);
  return { ok: true };
}

/**
 * Publishes the next version, in force at once.
 * @param input.basedOn the version that was edited
 * @throws DomainError CONFLICT when someone has published another one meanwhile
 */
export async function publishGuidelines(
  ctx: Context,
  input: { topic: GuidelineTopic; text: string; basedOn: number },
): Promise<Guidelines> {
  const made = await guidelines.publishGuidelines(allowed(ctx, "lead", "publish guidelines"), input);
  if (made === "conflict") {
    throw new DomainError(
      "CONFLICT",
      "Someone has published another version meanwhile. Compare it with yours, then publish again.",
    );
  }
  return shown(made);
}

function shown(row: guidelines.GuidelinesRow): Guidelines {
  return { ...row, author: row.author ?? "Rankloop" };
}
