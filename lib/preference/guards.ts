// Guards: warnings shown before a ranking is submitted. They never refuse: the person may always submit.
import { type AnswerFlag, adverseFlags, answerFlags, type GuardKind } from "../vocabulary/labeling.ts";
import type { Tiers } from "./ranking.ts";
import { twinsApart } from "./twins.ts";

export interface Guard {
  kind: GuardKind;
  /** One sentence for the person: "A (2 of 7) is ranked above C (6 of 7)." */
  said: string;
}

/** Rated is what a guard needs of a rating. */
export interface Rated {
  label: string;
  likert: number;
  flags: readonly AnswerFlag[];
}

/**
 * The guards of a ranking, the gravest first.
 * @param shown the labels in the order they were shown
 * @param ratings those of stage one; none where answers are only ranked
 * @param twins answers with one text (twinsAmong)
 */
export function guardsOf(
  shown: readonly string[],
  tiers: Tiers,
  ratings: readonly Rated[],
  twins: readonly string[][],
): Guard[] {
  const all = [
    flaggedFirst(tiers, ratings),
    contradiction(tiers, ratings),
    apart(twins, tiers),
    untouched(shown, tiers),
  ];
  return all.filter((guard) => guard !== null);
}

function flaggedFirst(tiers: Tiers, ratings: readonly Rated[]): Guard | null {
  const first = ratings.filter(
    ({ label, flags }) => tiers[0]?.includes(label) && flags.some((flag) => adverseFlags.includes(flag)),
  );
  if (first.length === 0 || tiers.length < 2) return null;
  const who = first.map(({ label }) => label).join(" and ");
  const raised = adverseFlags.filter((flag) => first.some(({ flags }) => flags.includes(flag)));
  const what = raised.map((flag) => answerFlags[flag].toLowerCase()).join(", ");
  return {
    kind: "flagged-first",
    said: `You flagged ${who} (${what}), and ranked ${first.length > 1 ? "them" : "it"} first.`,
  };
}

/** The pair whose ratings and ranks disagree most. */
function contradiction(tiers: Tiers, ratings: readonly Rated[]): Guard | null {
  const rank = new Map(tiers.flatMap((tier, index) => tier.map((label) => [label, index] as const)));
  let worst: { above: Rated; below: Rated; gap: number } | null = null;
  for (const above of ratings) {
    for (const below of ratings) {
      const gap = below.likert - above.likert;
      if ((rank.get(above.label) ?? 0) < (rank.get(below.label) ?? 0) && gap > (worst?.gap ?? 0)) {
        worst = { above, below, gap };
      }
    }
  }
  if (!worst) return null;
  const { above, below } = worst;
  return {
    kind: "rating-contradicts",
    said: `${above.label} (${above.likert} of 7) is ranked above ${below.label} (${below.likert} of 7).`,
  };
}

/** The guard against ranking equal texts apart. A submission has to name it to go past it: no text is better than itself. */
export function apart(twins: readonly string[][], tiers: Tiers): Guard | null {
  const said = twinsApart(twins, tiers);
  return said === null ? null : { kind: "twins-apart", said };
}

/** The guard against leaving the order as shown. Two answers stand in it half of the time by chance; three or more rarely. */
function untouched(shown: readonly string[], tiers: Tiers): Guard | null {
  const isShownOrder = tiers.length === shown.length && tiers.every(([label], index) => label === shown[index]);
  if (!isShownOrder || shown.length < 3) return null;
  return { kind: "untouched-order", said: `${shown.join(">")} is the order the answers were shown in.` };
}
