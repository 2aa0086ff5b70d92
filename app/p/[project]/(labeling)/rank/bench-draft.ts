// The workbench as the JSON of a draft, and back: everything a reload must bring back, undo history included. What does
// not fit these answers, or is no bench at all, is refused as a whole.

import type { Guard } from "../../../../../lib/preference/guards.ts";
import { parseRanking } from "../../../../../lib/preference/ranking.ts";
import { answerFlagNames, guardKinds, likert, promptFlagNames } from "../../../../../lib/vocabulary/labeling.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import type { Assignment } from "../../../../../lib/vocabulary/shapes.ts";
import type { Spent } from "./activity.ts";
import type { Rating, Step } from "./history.ts";
import type { Ranks } from "./places.ts";
import { openWorkbench, type Start, type Workbench } from "./workbench.ts";

export interface BenchDraft {
  /** The answers it is about, see answersOf. */
  answers: readonly string[];
  bench: Required<Start>;
  spent: Spent;
}

const keptParts = [
  "ranks",
  "ratings",
  "promptFlags",
  "past",
  "future",
  "stage",
  "current",
  "typed",
  "pinned",
  "asked",
] as const satisfies (keyof Start)[];

type Shown = Pick<Assignment, "candidates" | "rateFirst">;

/** An answer that was written anew meanwhile is another answer. */
function answersOf({ candidates }: Shown): string[] {
  return candidates.map(({ id, text }) => `${id}:${text.length}:${hashOf(text)}`);
}

/** FNV-1a, 32 bits: tells two texts of one length apart, and costs nothing beside saving them. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

const labelsOf = ({ candidates }: Shown) => candidates.map(({ label }) => label);

export function draftOf(shown: Shown, bench: Workbench, spent: Spent): BenchDraft {
  const { ranks, ratings, promptFlags, past, future, stage, current, typed, pinned, asked } = bench;
  return {
    answers: answersOf(shown),
    bench: { ranks, ratings, promptFlags, past, future, stage, current, typed, pinned, asked },
    spent,
  };
}

/** Has anything changed that a draft keeps? Focus and what is said aloud are nothing of that kind. */
export function isChanged(before: Workbench, bench: Workbench): boolean {
  return keptParts.some((part) => before[part] !== bench[part]);
}

/** A stored content as a draft of these answers; null for anything else. */
export function readBenchDraft(shown: Shown, content: unknown): BenchDraft | null {
  const labels = labelsOf(shown);
  const draft = withRatings(content) as BenchDraft;
  const isWhole =
    isObject(draft) &&
    sameList(draft.answers, answersOf(shown)) &&
    isStart(draft.bench, labels) &&
    isObject(draft.spent) &&
    isTime(draft.spent.total) &&
    isList(draft.spent.answers, isTime, labels.length);
  return isWhole ? draft : null;
}

/** A draft that an older version stored calls its ratings judgments. Quotes inside of a text are escaped, so none changes. */
function withRatings(content: unknown): unknown {
  const json = JSON.stringify(content) ?? "";
  if (!json.includes('"judgments":')) return content;
  return JSON.parse(json.replaceAll('"judgments":', '"ratings":').replaceAll('"what":"judgment"', '"what":"rating"'));
}

export function benchOfDraft(shown: Shown, draft: BenchDraft | null): Workbench {
  return openWorkbench(labelsOf(shown), shown.rateFirst, draft?.bench);
}

/** A submitted ranking taken up again, everything as it was. */
export function draftOfSubmitted(shown: Shown, submitted: NonNullable<Assignment["submitted"]>): BenchDraft {
  const labels = labelsOf(shown);
  const ranks: number[] = labels.map(() => 0);
  for (const [tier, members] of parseRanking(submitted.notation, labels).entries()) {
    for (const label of members) ranks[labels.indexOf(label)] = tier + 1;
  }
  const rated = labels.map((label) => submitted.ratings.find((rating) => rating.label === label));
  const ratings = rated.map((rating) => ({
    likert: rating?.likert ?? null,
    flags: answerFlagNames.filter((flag) => rating?.flags.includes(flag)),
    note: rating?.note ?? "",
  }));
  const start: Start = { ranks, ratings, promptFlags: submitted.promptFlags, stage: "rank" };
  const spent = { total: submitted.spentMs ?? 0, answers: rated.map((rating) => rating?.spentMs ?? 0) };
  return draftOf(shown, openWorkbench(labels, shown.rateFirst, start), spent);
}

function isStart(value: unknown, labels: readonly string[]): value is Required<Start> {
  if (!isObject(value)) return false;
  const start = value as Required<Start>;
  const isStep = (step: Step) =>
    isObject(step) && isSide(step, step.before, labels) && isSide(step, step.after, labels);
  return (
    isRanks(start.ranks, labels.length) &&
    isList(start.ratings, isRating, labels.length) &&
    isSome(start.promptFlags, promptFlagNames) &&
    isList(start.past, isStep) &&
    isList(start.future, isStep) &&
    ["rate", "rank"].includes(start.stage) &&
    labels.includes(start.current) &&
    typeof start.typed === "string" &&
    isSome(start.pinned, labels) &&
    start.pinned.length <= 2 &&
    isList(start.asked, isGuard)
  );
}

function isSide(step: Step, side: unknown, labels: readonly string[]): boolean {
  if (step.what === "ranks") return isRanks(side as Ranks, labels.length);
  if (step.what === "promptFlags") return isSome(side, promptFlagNames);
  return step.what === "rating" && labels[step.index] !== undefined && isRating(side as Rating);
}

function isRating(rating: Rating): boolean {
  return (
    isObject(rating) &&
    (rating.likert === null || isWhole(rating.likert, likert.min, likert.max)) &&
    isSome(rating.flags, answerFlagNames) &&
    typeof rating.note === "string" &&
    rating.note.length <= limits.noteCharacters
  );
}

const isGuard = (guard: Guard) => isObject(guard) && guardKinds.includes(guard.kind) && typeof guard.said === "string";
const isRanks = (ranks: Ranks, k: number) => isList(ranks, (rank: number) => isWhole(rank, 0, k), k);
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const isTime = (value: unknown) => isWhole(value, 0, Number.MAX_SAFE_INTEGER);

function isWhole(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function isList<T>(value: readonly T[], isItem: (item: T) => boolean, length?: number): boolean {
  return Array.isArray(value) && value.every(isItem) && (length === undefined || value.length === length);
}

/** Some of `all`, each once. */
function isSome(value: unknown, all: readonly string[]): boolean {
  return Array.isArray(value) && value.every((one) => all.includes(one)) && new Set(value).size === value.length;
}

function sameList(a: unknown, b: readonly string[]): boolean {
  return Array.isArray(a) && a.length === b.length && b.every((one, index) => a[index] === one);
}
