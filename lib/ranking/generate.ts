// Generating the K answers of a comparison: starting, stopping, and regenerating one of them.
import { randomInt } from "node:crypto";
import * as comparisons from "../../db/queries/comparisons.ts";
import { getDemonstration } from "../../db/queries/demonstrations.ts";
import { getPrompt } from "../../db/queries/prompts.ts";
import { readProjectSettings } from "../../db/queries/settings.ts";
import { type ActorScope, allowed, type Context } from "../context.ts";
import { twinsAmong } from "../preference/twins.ts";
import { refuseOverlong } from "../training/count-tokens.ts";
import { projectModel, usableModel } from "../training/models.ts";
import { type DomainCode, DomainError } from "../vocabulary/domain-error.ts";
import { may } from "../vocabulary/labeling.ts";
import { limits, seeds } from "../vocabulary/limits.ts";
import type { Comparison, Source } from "../vocabulary/shapes.ts";
import { viewComparison } from "./view.ts";

export interface GenerationSettings {
  /** One model, how many answers it writes, and how they are drawn; each has a default. */
  modelId?: string | undefined;
  k?: number | undefined;
  temperature?: number | undefined;
  topP?: number | undefined;
  /** Several models, in the place of one. Where neither is named, answers come from the project's. */
  sources?: readonly Source[] | undefined;
  /** Answers that people have written: the one who asks, or whoever wrote an accepted demonstration of the prompt. */
  written?: readonly ({ text: string } | { demonstrationId: string })[];
  maxTokens: number;
  /** Answer i of a model is drawn with seed + i, counted over all sources; the order is then shuffled. */
  seed?: number | undefined;
  /** How many people are to rank these answers; absent: as many as the project wants. */
  wanted?: number;
}

const enough = `The models still write ${limits.comparisonsUnderWay} comparisons for you: wait until one is done.`;
const othersAnswers = "Someone else asked for these answers: only they and leads may change them.";

const writer = (ctx: Context): ActorScope => allowed(ctx, "write", "have answers written");

/**
 * Starts a comparison: its K candidates and the job that generates them, in one change. The shuffled order is stored.
 * @throws DomainError NOT_FOUND, FORBIDDEN, BAD_REQUEST when a model cannot be used, the prompt leaves it no room or these are no 2
 *   to 9 answers, or TOO_MANY_REQUESTS while enough of this person's are under way
 */
export async function createComparison(
  ctx: Context,
  input: GenerationSettings & { promptId: string },
): Promise<Comparison> {
  const scope = writer(ctx);
  const { promptId, maxTokens } = input;
  if (input.wanted !== undefined) allowed(ctx, "lead", "say how many rankings of these answers are wanted");
  const prompt = await getPrompt(ctx.db, promptId);
  if (!prompt) throw new DomainError("NOT_FOUND", "There is no such prompt.");
  if (prompt.archivedAt !== null) throw new DomainError("CONFLICT", "This prompt is archived: bring it back first.");
  const sources = await sourcesOf(ctx, input);
  const written = await writtenAnswers(scope, promptId, input.written ?? []);
  refuseNumber(sources.reduce((sum, { count }) => sum + count, written.length));
  for (const modelId of new Set(sources.map((one) => one.modelId))) {
    const model = await usableModel(ctx, modelId, "lm");
    if (model.context !== null && maxTokens >= model.context) {
      const most = `at most ${model.context - 1} tokens of answer`;
      throw new DomainError("BAD_REQUEST", `${model.name} reads ${model.context} tokens in all: ask for ${most}.`);
    }
    await refuseOverlong(model, prompt.messages);
  }
  const seed = input.seed ?? randomInt(seeds);
  const drawn = sources
    .flatMap(({ count, ...source }) => Array.from({ length: count }, () => source))
    .map((source, index) => ({ ...source, seed: (seed + index) % seeds }));
  const made = await comparisons.insertComparison(scope, {
    promptId,
    answers: shuffled([...drawn, ...written]),
    maxTokens,
    wanted: input.wanted,
    atOnce: may(scope.actor.role, "lead") ? undefined : limits.comparisonsUnderWay,
  });
  if (made === "enough") throw new DomainError("TOO_MANY_REQUESTS", enough);
  return viewComparison(ctx, made);
}

/**
 * The models that are asked: those named, else the project's.
 * @throws DomainError BAD_REQUEST where both one and several are named; NOT_FOUND where the project's is gone
 */
async function sourcesOf(ctx: Context, input: GenerationSettings): Promise<readonly Source[]> {
  const { modelId, k, temperature, topP } = input;
  const isOne = [modelId, k, temperature, topP].some((named) => named !== undefined);
  if (input.sources) {
    if (!isOne) return input.sources;
    const sentence = "Name one model with its K, temperature and top-p, or several as sources: not both.";
    throw new DomainError("BAD_REQUEST", sentence);
  }
  const usual = await readProjectSettings(ctx);
  if (!isOne && usual.sources) return usual.sources;
  return [
    {
      modelId: modelId ?? (await projectModel(ctx)).id,
      count: k ?? (modelId === undefined ? usual.k : limits.k.default),
      temperature: temperature ?? limits.temperature.default,
      topP: topP ?? limits.topP.default,
    },
  ];
}

/** @throws DomainError BAD_REQUEST for fewer than 2 answers or more than 9 */
export function refuseNumber(answers: number): void {
  const { min, max } = limits.k;
  if (answers < min)
    throw new DomainError("BAD_REQUEST", `One answer cannot be ranked: ask for at least ${min} in all.`);
  if (answers > max) {
    throw new DomainError("BAD_REQUEST", `These are ${answers} answers: at most ${max} can be ranked together.`);
  }
}

type Written = Extract<comparisons.NewAnswer, { text: string }>;

/**
 * People's answers, each with who wrote it or where it came from.
 * @throws DomainError NOT_FOUND or BAD_REQUEST for a demonstration that is not one of the prompt's or not accepted, or a text that
 *   comes twice
 */
async function writtenAnswers(
  { db, actor }: ActorScope,
  promptId: string,
  written: NonNullable<GenerationSettings["written"]>,
): Promise<Written[]> {
  const answers: Written[] = [];
  for (const one of written) {
    if ("text" in one) {
      answers.push({ authorId: actor.id, text: one.text });
      continue;
    }
    const demonstration = await getDemonstration(db, one.demonstrationId);
    if (demonstration?.promptId !== promptId) {
      throw new DomainError("NOT_FOUND", "There is no such demonstration of this prompt.");
    }
    if (demonstration.state !== "accepted") {
      throw new DomainError("BAD_REQUEST", "This demonstration is not accepted: only those that are can be ranked.");
    }
    const { authorId, sourceId, text } = demonstration;
    if (authorId !== null) answers.push({ authorId, text });
    else if (sourceId !== null) answers.push({ sourceId, text });
  }
  if (twinsAmong(answers.map(({ text }, place) => ({ label: `${place}`, text }))).length > 0) {
    throw new DomainError("BAD_REQUEST", "Two of the written answers are the same text, word for word: leave one out.");
  }
  return answers;
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
  "a person's": ["CONFLICT", "A person wrote this answer: no model can write it anew."],
} as const satisfies Record<Extract<comparisons.Regenerated, string>, readonly [DomainCode, string]>;

/**
 * Deletes one answer and has its model generate it again, with a new seed.
 * @throws DomainError NOT_FOUND, FORBIDDEN for who neither asked for it nor leads, CONFLICT while it is written or ranked, or
 *   after that, and of a person's answer, TOO_MANY_REQUESTS as `createComparison`
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
