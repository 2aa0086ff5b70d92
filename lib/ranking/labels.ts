// The content of a ranking by label, as it is submitted, and by position in the order shown, as it is stored.
import type { RankingContent } from "../../db/queries/rankings.ts";
import { formatRanking, labelsOf, parseRanking, RankingError, type Tiers } from "../preference/ranking.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { answerFlagNames, promptFlagNames } from "../vocabulary/labeling.ts";
import type { Rating, Submission } from "../vocabulary/shapes.ts";

type LabeledContent = Pick<Submission, "notation" | "ratings" | "promptFlags">;

/**
 * The content of a submission, by position.
 * @param k how many answers were shown
 * @throws DomainError BAD_REQUEST saying what is wrong with the notation, or which rating is too many
 */
export function byPosition(k: number, input: LabeledContent): RankingContent {
  const labels = labelsOf(k);
  const tiers = parsed(input.notation, labels);
  const wrong = wrongWith(input.ratings, labels);
  if (wrong) throw new DomainError("BAD_REQUEST", wrong);
  const ratings = input.ratings.map(({ label, flags, ...rest }) => ({
    ...rest,
    position: labels.indexOf(label),
    flags: answerFlagNames.filter((flag) => flags.includes(flag)),
  }));
  return {
    tiers: tiers.map((tier) => tier.map((label) => labels.indexOf(label))),
    ratings: ratings.sort((a, b) => a.position - b.position),
    promptFlags: promptFlagNames.filter((flag) => input.promptFlags.includes(flag)),
  };
}

/** The first answer without a rating; undefined where all have one. */
export function unrated({ tiers, ratings }: RankingContent): string | undefined {
  const rated = new Set(ratings.map(({ position }) => position));
  return labelsOf(tiers.flat().length).find((_, position) => !rated.has(position));
}

/** The stored content by label: `byPosition(k, byLabel(content))` is `content`. */
export function byLabel({ tiers, ratings, promptFlags }: RankingContent): LabeledContent {
  const labels = labelsOf(tiers.flat().length);
  return {
    notation: notationOf(tiers),
    ratings: ratings.map(({ position, ...rest }) => ({ label: labels[position] ?? "?", ...rest })),
    promptFlags,
  };
}

/** notationOf([[1], [0, 2]]) → "B>A=C" */
export function notationOf(tiers: readonly number[][]): string {
  const labels = labelsOf(tiers.flat().length);
  return formatRanking(tiers.map((tier) => tier.map((position) => labels[position] ?? "?")));
}

function parsed(notation: string, labels: string[]): Tiers {
  try {
    return parseRanking(notation, labels);
  } catch (error) {
    if (error instanceof RankingError) throw new DomainError("BAD_REQUEST", error.message, { cause: error });
    throw error;
  }
}

function wrongWith(ratings: readonly Rating[], labels: readonly string[]): string | null {
  const rated = new Set<string>();
  for (const { label } of ratings) {
    if (!labels.includes(label)) return `There is no answer ${label} to rate: they are ${labels.join(", ")}.`;
    if (rated.has(label)) return `Answer ${label} is rated twice.`;
    rated.add(label);
  }
  return null;
}
