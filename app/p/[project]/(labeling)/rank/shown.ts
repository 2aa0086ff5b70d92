// What the parts of the screen show and need of an assignment.
import type { Assignment } from "../../../../../lib/vocabulary/shapes.ts";

export type CandidateShown = Assignment["candidates"][number];

/** Of the field for the notation, which has keys of its own. */
export const notationId = "notation";

/** Of the hidden sentence that tells a screen reader the keys of a focused answer. */
export const keysHintId = "rank-keys-hint";
