// Models from a hub: adding one by its name there, having it fetched again, and stopping that.
import * as downloads from "../../db/queries/downloads.ts";
import { type ActorScope, administering, type Context, signedIn } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { refuse } from "./model-changes.ts";

/** RANKLOOP_HUB, or Hugging Face's. */
export const hubAddress = (): string => process.env.RANKLOOP_HUB || "https://huggingface.co";

/** RANKLOOP_HUB_TOKEN: for models that the hub does not show to everyone. */
export const hubToken = (): string | undefined => process.env.RANKLOOP_HUB_TOKEN || undefined;

function mayFetch(ctx: Context): ActorScope {
  const scope = signedIn(ctx);
  administering(ctx, "add models");
  return scope;
}

/**
 * Adds a model of the hub, which a worker then fetches.
 * @throws DomainError FORBIDDEN, or CONFLICT for a name that is taken
 */
export async function addFromHub(
  ctx: Context,
  input: { name: string; repository: string; revision: string },
): Promise<{ id: string }> {
  const made = await downloads.insertHubModel(mayFetch(ctx), input);
  return made === "taken" ? refuse("taken") : made;
}

/** Goes on with a fetch that was stopped or failed. @throws DomainError FORBIDDEN, NOT_FOUND, or CONFLICT where there is nothing to do */
export async function fetchModelAgain(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const outcome = await downloads.fetchAgain(mayFetch(ctx), input);
  if (outcome === "not found") refuse("no model");
  if (outcome === "under way") {
    throw new DomainError("CONFLICT", "This model is here already, or is being fetched.");
  }
  return { ok: true };
}

/** Stops a fetch; what is here stays. Where none is under way, nothing happens. @throws DomainError FORBIDDEN */
export async function stopFetching(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  await downloads.stopFetching(mayFetch(ctx), input);
  return { ok: true };
}
