// Submitting a ranking: its content is checked, its pairs are counted, and it is stored once.
import { answersShown } from "../../db/queries/assignments.ts";
import { type Submission as Outcome, submitRanking as store } from "../../db/queries/rankings.ts";
import type { Context } from "../context.ts";
import { countPairs } from "../preference/pairs.ts";
import { labelsOf } from "../preference/ranking.ts";
import { twinsAmong, twinsApart } from "../preference/twins.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { RankingStored, Submission } from "../vocabulary/shapes.ts";
import { own, ranker } from "./assignments.ts";
import { byPosition, unrated } from "./labels.ts";

type Refused = Exclude<Outcome, { rankingId: string } | { outcome: "not rated" }>["outcome"];
const refusals: Record<Refused, string> = {
  "not found": "There is no such assignment.",
  different: "You have submitted another ranking of these answers already: it stays as it is. Reopen it to change it.",
  revised: "This ranking was changed in another window since you opened it: nothing was stored. Open it again.",
  "not submitted": "There is no ranking of these answers to change yet: submit one first.",
  skipped: "You have given these answers back: nothing was stored. Take the next ones.",
  released:
    "These answers were given back, or one was written anew, after you saw them: nothing was stored. Take the next ones.",
  "not ready": "One of these answers is being written anew: nothing was stored. Take the next ones.",
};

/**
 * Stores a ranking such as "B>A=C" with the ratings and flags that belong to it. Submitting the same again answers the
 * same and stores nothing.
 * @param input.revises the version that was reopened; both are kept, and the new one counts
 * @throws DomainError BAD_REQUEST saying what is wrong with the notation or the ratings, or which answers with one text are
 * ranked apart without the guard that asks about it, FORBIDDEN for another person's
 * assignment, CONFLICT when it was given back or skipped, when an answer was written anew meanwhile, or when the version that was reopened is not the latest
 */
export async function submitRanking(
  ctx: Context,
  input: Submission & { id: string; revises?: number },
): Promise<RankingStored> {
  const scope = ranker(ctx);
  const { comparisonId, rateFirst } = await own(scope, input.id);
  const candidates = await answersShown(ctx.db, comparisonId);
  const content = byPosition(candidates.length, input);
  const missing = rateFirst ? unrated(content) : undefined;
  if (missing !== undefined) throw new DomainError("BAD_REQUEST", `Rate answer ${missing} first.`);
  const twins = twinsRankedApart(candidates, content.tiers);
  if (twins !== null && input.guards.every(({ kind }) => kind !== "twins-apart")) {
    throw new DomainError("BAD_REQUEST", `${twins} Tie them, or name the guard "twins-apart" to rank them so.`);
  }
  const counts = countPairs(content.tiers);
  const outcome = await store(scope, {
    assignmentId: input.id,
    revises: input.revises ?? null,
    content,
    // One of each kind: the last one sent.
    guards: [...new Map(input.guards.map((guard) => [guard.kind, guard])).values()],
    spentMs: input.spentMs ?? null,
    guidelinesVersion: input.guidelinesVersion ?? null,
  });
  if (!("rankingId" in outcome)) throw new DomainError("CONFLICT", refusals[outcome.outcome]);
  const { rankingId, version, isLate } = outcome;
  return { rankingId, comparisonId, version, ...counts, isLate };
}

/** A sentence about the first twins in different tiers; null where there are none. */
function twinsRankedApart(candidates: readonly { text: string }[], tiers: readonly number[][]): string | null {
  const labels = labelsOf(candidates.length);
  const labelAt = (place: number) => labels[place] ?? "?";
  const twins = twinsAmong(candidates.map(({ text }, place) => ({ label: labelAt(place), text })));
  return twinsApart(
    twins,
    tiers.map((tier) => tier.map(labelAt)),
  );
}
