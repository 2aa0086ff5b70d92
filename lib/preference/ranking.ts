// A ranking with ties as tiers, best first, and the notation people type for it: "A>B>C=D".

/** Tiers are the labels by rank, best first: [["B"], ["A", "C"]] says B is best and A and C are equally good. */
export type Tiers = string[][];

/** A RankingError says in one sentence what is wrong with a notation. */
export class RankingError extends Error {
  override name = "RankingError";
}

/** The labels of K candidates in the order shown: labelsOf(3) → ["A", "B", "C"]. */
export const labelsOf = (k: number): string[] =>
  Array.from({ length: k }, (_, place) => String.fromCharCode(65 + place));

/**
 * Parse "A>B>C=D" into tiers, best first. Spaces and lower case are fine; the order inside a tier is that of `labels`.
 * parseRanking("b > c=a", ["A", "B", "C"]) → [["B"], ["A", "C"]]
 * @throws RankingError naming the missing, repeated or unknown label.
 */
export function parseRanking(notation: string, labels: string[]): Tiers {
  if (notation.trim() === "") throw new RankingError(`The ranking is empty: write it like ${example(labels)}.`);
  const place = new Map(labels.map((label, index) => [label.toUpperCase(), index]));
  const seen = new Set<number>();
  const tiers: number[][] = [[]];
  // Odd parts are the signs between the labels: "A>B" → ["A", ">", "B"].
  const parts = notation.split(/([>=])/);
  for (let at = 0; at < parts.length; at += 2) {
    const written = (parts[at] ?? "").trim();
    const [before, after] = [parts[at - 1], parts[at + 1]];
    if (written === "") throw new RankingError(gap(before, after));
    const index = place.get(written.toUpperCase());
    if (index === undefined) throw new RankingError(unknown(written, labels));
    if (seen.has(index)) throw new RankingError(`${labels[index]} appears twice.`);
    seen.add(index);
    if (before === ">") tiers.push([]);
    tiers.at(-1)?.push(index);
  }
  const missing = labels.filter((_, index) => !seen.has(index));
  if (missing.length > 0) throw new RankingError(`${listed(missing)} ${missing.length > 1 ? "are" : "is"} missing.`);
  return tiers.map((tier) => tier.sort((a, b) => a - b).map((index) => labels[index] ?? ""));
}

/** formatRanking([["B"], ["A", "C"]]) → "B>A=C" */
export const formatRanking = (tiers: Tiers): string => tiers.map((tier) => tier.join("=")).join(">");

function gap(before: string | undefined, after: string | undefined): string {
  if (before && after) return `A label is missing between "${before}" and "${after}".`;
  if (after) return `A label is missing before the first "${after}".`;
  return `The ranking is unfinished: a label is missing after the last "${before}".`;
}

function unknown(written: string, labels: string[]): string {
  const letters = [...written.toUpperCase().replaceAll(/\s/g, "")];
  if (letters.length > 1 && letters.every((letter) => labels.includes(letter))) {
    return `Write > or = between ${letters[0]} and ${letters[1]}.`;
  }
  // Cut by characters, not by units: half of an emoji would not be text any more.
  const shown = [...written];
  return `${shown.length > 20 ? `${shown.slice(0, 20).join("")}…` : written} is not one of ${labels.join(", ")}.`;
}

/** listed(["A", "B", "C"]) → "A, B and C" */
export function listed(labels: readonly string[]): string {
  return labels.length < 2 ? labels.join() : `${labels.slice(0, -1).join(", ")} and ${labels.at(-1)}`;
}

/** An example with both signs: "A>B=C" for three labels. */
function example(labels: string[]): string {
  return labels.length < 3
    ? labels.join(">")
    : formatRanking([...labels.slice(0, -2).map((one) => [one]), labels.slice(-2)]);
}
