// Submitting a ranking: the notation over the labels shown, checked, counted and stored once.
import { assignmentContent } from "../../db/queries/assignments.ts";
import { type Submission, submitRanking as store } from "../../db/queries/rankings.ts";
import { leaseLost, own } from "../assignments/assignments.ts";
import { type Context, nowOf } from "../context.ts";
import { DomainError } from "../domain-error.ts";
import { countPairs } from "../preference/pairs.ts";
import { labelsOf, parseRanking, RankingError, type Tiers } from "../preference/ranking.ts";

export interface SubmittedRanking {
  rankingId: string;
  comparisonId: string;
  /** Pairs of different tiers, and pairs of one tier: strict + tied = C(K,2). */
  strict: number;
  tied: number;
}

type Refused = Exclude<Submission, { rankingId: string }>["outcome"];
const refusals: Record<Refused, string> = {
  taken: leaseLost,
  different: "You have submitted another ranking of these answers already: it stays as it is.",
  skipped: "You have given these answers back: nothing was stored. Take the next ones.",
  released:
    "These answers were given back, or one was written anew, after you saw them: nothing was stored. Take the next ones.",
  "not ready": "One of these answers is being written anew: nothing was stored. Take the next ones.",
};

/**
 * Stores a ranking such as "B>A=C". Submitting the same one again answers the same and stores nothing.
 * @throws DomainError BAD_REQUEST saying what is wrong with the notation, FORBIDDEN for another person's assignment,
 * CONFLICT when the lease ran out and someone else has it, or when an answer was written anew meanwhile
 */
export async function submitRanking(
  ctx: Context,
  input: { id: string; notation: string; spentMs?: number },
): Promise<SubmittedRanking> {
  const { labelerId, comparisonId } = await own(ctx, input.id);
  const content = await assignmentContent(ctx.db, comparisonId);
  const shown = content?.candidates ?? [];
  const labels = labelsOf(shown.length);
  const tiers = parsed(input.notation, labels);
  const counts = countPairs(tiers);
  const outcome = await store(ctx.db, {
    assignmentId: input.id,
    labelerId,
    tiers: tiers.flatMap((tier, index) =>
      tier.map((label) => ({ candidateId: shown[labels.indexOf(label)]?.id ?? "", tier: index + 1 })),
    ),
    ...counts,
    spentMs: input.spentMs ?? null,
    now: nowOf(ctx),
  });
  if ("rankingId" in outcome) return { rankingId: outcome.rankingId, comparisonId, ...counts };
  throw new DomainError("CONFLICT", refusals[outcome.outcome]);
}

function parsed(notation: string, labels: string[]): Tiers {
  try {
    return parseRanking(notation, labels);
  } catch (error) {
    if (error instanceof RankingError) throw new DomainError("BAD_REQUEST", error.message, { cause: error });
    throw error;
  }
}
