// From what a submission says over labels to the places in the order shown that are stored, and back.
import type { Said } from "../../db/queries/rankings.ts";
import { formatRanking, labelsOf, parseRanking, RankingError, type Tiers } from "../preference/ranking.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { answerFlagNames, promptFlagNames } from "../vocabulary/labeling.ts";
import type { Rating, Submission } from "../vocabulary/shapes.ts";

type Spoken = Pick<Submission, "notation" | "ratings" | "promptFlags">;

/**
 * @param k how many answers were shown
 * @throws DomainError BAD_REQUEST saying what is wrong with the notation, or which rating is too many
 */
export function saidOver(k: number, input: Spoken): Said {
  const labels = labelsOf(k);
  const tiers = parsed(input.notation, labels);
  const wrong = wrongWith(input.ratings, labels);
  if (wrong) throw new DomainError("BAD_REQUEST", wrong);
  const judgements = input.ratings.map(({ label, flags, ...judged }) => ({
    ...judged,
    position: labels.indexOf(label),
    flags: answerFlagNames.filter((flag) => flags.includes(flag)),
  }));
  return {
    tiers: tiers.map((tier) => tier.map((label) => labels.indexOf(label))),
    judgements: judgements.sort((a, b) => a.position - b.position),
    promptFlags: promptFlagNames.filter((flag) => input.promptFlags.includes(flag)),
  };
}

/** The first answer without a rating; undefined where all have one. */
export function unrated({ tiers, judgements }: Said): string | undefined {
  const rated = new Set(judgements.map(({ position }) => position));
  return labelsOf(tiers.flat().length).find((_, position) => !rated.has(position));
}

/** What is stored, over the labels again: `saidOver(k, spokenOf(said))` is `said`. */
export function spokenOf({ tiers, judgements, promptFlags }: Said): Spoken {
  const labels = labelsOf(tiers.flat().length);
  return {
    notation: notationOf(tiers),
    ratings: judgements.map(({ position, ...judged }) => ({ label: labels[position] ?? "?", ...judged })),
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
