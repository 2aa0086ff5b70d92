// Compares two texts beside the page: whatever they are, nobody waits for it.
import { type Differences, differencesOf, wordsOnlyHere } from "./differences.ts";

export interface Compare {
  one: string;
  other: string;
}

/** null: hardly anything in common. */
export type Compared = { differences: Differences; onlyHere: [number, number] } | null;

const timeoutMs = 2_500;

self.addEventListener("message", ({ data: { one, other } }: MessageEvent<Compare>) => {
  const differences = differencesOf(one, other, timeoutMs);
  const compared: Compared = differences && {
    differences,
    onlyHere: [wordsOnlyHere(differences[0]), wordsOnlyHere(differences[1])],
  };
  self.postMessage(compared);
});
