// Writing the ideal answer to a prompt.
import { insertDemonstration } from "../../db/queries/prompts.ts";
import type { Demonstration } from "../api/contract.ts";
import { type Context, nowOf, signedIn } from "../context.ts";
import { DomainError } from "../domain-error.ts";

/** @throws DomainError NOT_FOUND when the prompt is not there */
export async function createDemonstration(
  ctx: Context,
  input: { promptId: string; text: string },
): Promise<Demonstration> {
  const actor = signedIn(ctx);
  const createdAt = nowOf(ctx);
  const made = await insertDemonstration(ctx.db, { ...input, authorId: actor.id, now: createdAt });
  if (!made) throw new DomainError("NOT_FOUND", "There is no such prompt.");
  return { id: made.id, ...input, author: actor.username, createdAt };
}
