// Generating the K answers of a comparison: starting, stopping, and regenerating one of them.
import { randomInt } from "node:crypto";
import * as comparisons from "../../db/queries/comparisons.ts";
import { getPrompt } from "../../db/queries/prompts.ts";
import { type ActorScope, allowed, type Context } from "../context.ts";
import { refuseOverlong } from "../training/count-tokens.ts";
import { usableModel } from "../training/models.ts";
import { type DomainCode, DomainError } from "../vocabulary/domain-error.ts";
import { may } from "../vocabulary/labeling.ts";
import { limits } from "../vocabulary/limits.ts";
import type { Comparison } from "../vocabulary/shapes.ts";
import { viewComparison } from "./view.ts";

export interface GenerationSettings {
  k: number;
  modelId: string;
  temperature: number;
  topP: number;
  maxTokens: number;
  /** Answer i is drawn with seed + i, in an order that is then shuffled. */
  seed?: number;
  /** How many people are to rank these answers; absent: as many as the project wants. */
  wanted?: number;
}

const seeds = 2 ** 32;

const enough = `The models still write ${limits.comparisonsUnderWay} comparisons for you: wait until one is done.`;
const othersAnswers = "Someone else asked for these answers: only they and leads may change them.";

const writer = (ctx: Context): ActorScope => allowed(ctx, "write", "have answers written");

/**
 * Starts a comparison: its K candidates and the job that generates them, in one change. The shuffled order is stored.
 * @throws DomainError NOT_FOUND, FORBIDDEN, BAD_REQUEST when the model cannot be used or the prompt leaves it no room, or TOO_MANY_REQUESTS while enough of
 *   this person's are under way
 */
export async function createComparison(
  ctx: Context,
  input: GenerationSettings & { promptId: string },
): Promise<Comparison> {
  const scope = writer(ctx);
  const { promptId, modelId, temperature, topP, maxTokens, k } = input;
  if (input.wanted !== undefined) allowed(ctx, "lead", "say how many rankings of these answers are wanted");
  const prompt = await getPrompt(ctx.db, promptId);
  if (!prompt) throw new DomainError("NOT_FOUND", "There is no such prompt.");
  if (prompt.archivedAt !== null) throw new DomainError("CONFLICT", "This prompt is archived: bring it back first.");
  const model = await usableModel(ctx, modelId, "lm");
  if (model.context !== null && maxTokens >= model.context) {
    const most = `at most ${model.context - 1} tokens of answer`;
    throw new DomainError("BAD_REQUEST", `${model.name} reads ${model.context} tokens in all: ask for ${most}.`);
  }
  await refuseOverlong(model, prompt.messages);
  const seed = input.seed ?? randomInt(seeds);
  const made = await comparisons.insertComparison(scope, {
    promptId,
    modelId,
    temperature,
    topP,
    maxTokens,
    seeds: shuffled(Array.from({ length: k }, (_, index) => (seed + index) % seeds)),
    wanted: input.wanted,
    atOnce: may(scope.actor.role, "lead") ? undefined : limits.comparisonsUnderWay,
  });
  if (made === "enough") throw new DomainError("TOO_MANY_REQUESTS", enough);
  return viewComparison(ctx, made);
}

/** Shuffles a list, every order being equally likely (Fisher-Yates). */
function shuffled<T>(list: T[]): T[] {
  const order = [...list];
  for (let last = order.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

/**
 * Stops the generation; what is written so far is kept. Where nothing is under way, nothing happens.
 * @throws DomainError NOT_FOUND, or FORBIDDEN for who neither asked for the answers nor leads
 */
export async function stopComparison(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const scope = writer(ctx);
  if (!(await viewComparison(ctx, input)).mayChange) throw new DomainError("FORBIDDEN", othersAnswers);
  await comparisons.stopGeneration(scope, { comparisonId: input.id });
  return { ok: true };
}

const refusals = {
  "not found": ["NOT_FOUND", "There is no such answer."],
  "another's": ["FORBIDDEN", othersAnswers],
  enough: ["TOO_MANY_REQUESTS", enough],
  "under way": ["CONFLICT", "This answer is being written already."],
  held: ["CONFLICT", "Someone is ranking these answers just now: they cannot change."],
  ranked: ["CONFLICT", "These answers are ranked: they cannot change any more."],
} as const satisfies Record<Extract<comparisons.Regenerated, string>, readonly [DomainCode, string]>;

/**
 * Deletes one answer and has it generated again with a new seed.
 * @throws DomainError NOT_FOUND, FORBIDDEN for who neither asked for it nor leads, CONFLICT while it is written or ranked, or
 *   after that, TOO_MANY_REQUESTS as `createComparison`
 */
export async function regenerateCandidate(ctx: Context, input: { id: string }): Promise<{ ok: true }> {
  const scope = writer(ctx);
  const { actor } = scope;
  const outcome = await comparisons.regenerateCandidate(scope, {
    candidateId: input.id,
    seed: randomInt(seeds),
    own: may(actor.role, "lead") ? undefined : { createdBy: actor.id, atOnce: limits.comparisonsUnderWay },
  });
  if (typeof outcome === "object") return { ok: true };
  const [code, sentence] = refusals[outcome];
  throw new DomainError(code, sentence);
}
