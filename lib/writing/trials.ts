// "Try it": one answer of the project's model to a prompt that need not be saved. It is its owner's alone, and is deleted when
// they start the next.
import { randomInt } from "node:crypto";
import * as trials from "../../db/queries/trials.ts";
import { allowed, type Context } from "../context.ts";
import { refuseOverlong } from "../training/count-tokens.ts";
import { projectModel } from "../training/models.ts";
import type { Message } from "../vocabulary/conversation.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { Trial } from "../vocabulary/shapes.ts";
import { watch } from "../watch.ts";

const mayTry = (ctx: Context) => allowed(ctx, "write", "ask the model");

/**
 * Starts a trial, which a worker answers before all other work. This person's earlier one is stopped.
 * @throws DomainError NOT_FOUND, or BAD_REQUEST when the model cannot be used, or has no room for an answer
 */
export async function startTrial(
  ctx: Context,
  input: { prompt: readonly Message[]; modelId?: string; temperature: number; topP: number; maxTokens: number },
): Promise<Trial> {
  const scope = mayTry(ctx);
  const { prompt: messages, modelId: named, ...settings } = input;
  const model = await projectModel(ctx, named);
  await refuseOverlong(model, messages);
  const seed = randomInt(2 ** 32);
  const { id } = await trials.insertTrial(scope, { ...settings, seed, modelId: model.id, messages });
  return own(ctx, id);
}

/**
 * The trial at once, then after every change, until it ends or the next one takes its place.
 * @throws DomainError NOT_FOUND, also for somebody else's, before the first event
 */
export async function watchTrial(
  ctx: Context,
  input: { id: string },
  signal?: AbortSignal,
): Promise<AsyncGenerator<Trial, void, undefined>> {
  await own(ctx, input.id);
  const { db } = ctx;
  const { id } = input;
  return watch({ db, id, revision: () => trials.trialRevision(db, id), read: () => own(ctx, id), signal });
}

/** Stops a trial; what is written so far is kept. Stopping one that has ended changes nothing. @throws DomainError NOT_FOUND */
export async function stopTrial(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  await own(ctx, input.id);
  await trials.stopTrial(mayTry(ctx), input);
  return { ok: true };
}

async function own(ctx: Context, id: string): Promise<Trial> {
  const { db, actor } = mayTry(ctx);
  const row = await trials.getTrial(db, id);
  if (row?.ownerId !== actor.id)
    throw new DomainError("NOT_FOUND", "There is no such trial: it has made way for another.");
  const { ownerId: _, ...shown } = row;
  return shown;
}
