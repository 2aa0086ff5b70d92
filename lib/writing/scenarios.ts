// Use-case descriptions: what somebody wants to use a model for, as an application to a waiting list would say it.
// User-based prompts are written from them (Ouyang et al. 2022, A.1).
import * as scenarios from "../../db/queries/scenarios.ts";
import { allowed, type Context, signedIn } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { Scenario } from "../vocabulary/shapes.ts";

const mayLead = (ctx: Context) => allowed(ctx, "lead", "change the list of use-case descriptions");

/** The scenarios in use, oldest first. */
export async function listScenarios(ctx: Context): Promise<Scenario[]> {
  signedIn(ctx);
  return scenarios.listScenarios(ctx);
}

export async function addScenario(ctx: Context, input: { text: string }): Promise<Scenario> {
  return scenarios.insertScenario(mayLead(ctx), input);
}

/** Takes a scenario off the list; prompts written from it keep it. @throws DomainError NOT_FOUND */
export async function retireScenario(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  if (await scenarios.retireScenario(mayLead(ctx), input)) return { ok: true };
  throw new DomainError("NOT_FOUND", "There is no such use-case description.");
}

/** Puts a scenario that was taken off the list back into its place. @throws DomainError NOT_FOUND */
export async function restoreScenario(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  if (await scenarios.restoreScenario(mayLead(ctx), input)) return { ok: true };
  throw new DomainError("NOT_FOUND", "There is no such use-case description.");
}
