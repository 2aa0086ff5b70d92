// The ranking workbench as a pure reducer: stage one (each answer rated alone), stage two (the board), the notation
// field, undo and redo over all of it, and what a move asks of the screen (where the focus goes, what is said aloud).
// Not here: dragging, drafts and the network.

import { type Guard, guardsOf } from "../../../../../lib/preference/guards.ts";
import {
  type AnswerFlag,
  answerFlagNames,
  answerFlags,
  likert,
  type PromptFlag,
  promptFlagNames,
  promptFlags,
} from "../../../../../lib/vocabulary/labeling.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import { apply, type History, type Rating, record, type Step, type Work } from "./history.ts";
import {
  nextUnranked,
  notationOf,
  notationProblem,
  type Places,
  rankOf,
  readNotation,
  roundAfter,
  sameRanks,
  tiersOf,
  unrankedOf,
} from "./places.ts";

export type Stage = "rate" | "rank";

export interface Workbench extends Work, History, Places {
  /** Has this project a stage one? */
  readonly rateFirst: boolean;
  readonly stage: Stage;
  /** The answer on the screen in stage one. */
  readonly current: string;
  /** What stands in the notation field: the board's notation, or a text that does not say a board (yet). */
  readonly typed: string;
  /** At most two, side by side with their differences. */
  readonly pinned: readonly string[];
  /** What the person was asked before submitting, the last of each kind: also what they then heeded. */
  readonly asked: readonly Guard[];
  /** What is being typed (the notation, or the note of an answer): keystrokes in a row are one step to undo. */
  readonly typing: string | null;
  /** The card that asks for the focus; a new object is a new request, which the screen meets once it is drawn. */
  readonly focus: { readonly label: string } | null;
  /** What a screen reader hears about the last move. */
  readonly said: string;
  /** Why the last move did not lead on: the answer on the screen is the last one without a rating. */
  readonly missing: string | null;
}

export type Move =
  /** Stage one. `likert` null takes the rating back. */
  | { type: "rate"; label: string; likert: number | null }
  | { type: "flag"; label: string; flag: AnswerFlag }
  | { type: "note"; label: string; text: string }
  /** The answer to judge; `step` goes to its neighbour, `on` to the next one to rate and after the last to the board. */
  | { type: "go"; label: string }
  | { type: "step"; by: -1 | 1 }
  | { type: "on" }
  | { type: "flag-prompt"; flag: PromptFlag }
  /** Stage two. `goOn`: the focus goes to the next unranked card instead of following this one. */
  | { type: "to-board" }
  | { type: "put"; label: string; rank: number; goOn?: boolean }
  | { type: "shift"; label: string; by: -1 | 1 }
  /** All of them into the rank of the first, or of whichever has one. */
  | { type: "tie"; labels: readonly string[] }
  | { type: "type"; text: string }
  | { type: "pin"; label: string }
  | { type: "unpin" }
  | { type: "ask"; guards: readonly Guard[] }
  | { type: "undo" }
  | { type: "redo" }
  /** The bench of another window. */
  | { type: "take"; bench: Workbench };

const noRating: Rating = { likert: null, flags: [], note: "" };

/** What a bench may start from instead of nothing: all of it checked by whoever read it. */
export type Start = Partial<Work & History & Pick<Workbench, "stage" | "current" | "typed" | "pinned" | "asked">>;

export function openWorkbench(labels: readonly string[], rateFirst: boolean, start: Start = {}): Workbench {
  const work: Work = {
    ranks: start.ranks ?? labels.map(() => 0),
    ratings: start.ratings ?? labels.map(() => noRating),
    promptFlags: start.promptFlags ?? [],
  };
  const isRated = work.ratings.every((rating) => rating.likert !== null);
  const stage = rateFirst && !(isRated && start.stage === "rank") ? "rate" : "rank";
  const places = { labels, ranks: work.ranks };
  const current = start.current ?? labels[0] ?? "";
  const first = stage === "rate" ? current : (unrankedOf(places)[0] ?? labels[0]);
  return {
    ...work,
    labels,
    rateFirst,
    stage,
    current,
    typed: start.typed ?? notationOf(places),
    pinned: start.pinned ?? [],
    asked: start.asked ?? [],
    past: start.past ?? [],
    future: start.future ?? [],
    typing: null,
    focus: first === undefined ? null : { label: first },
    said: "",
    missing: null,
  };
}

export function ratingOf({ labels, ratings }: Workbench, label: string): Rating {
  return ratings[labels.indexOf(label)] ?? noRating;
}

export function unratedOf(bench: Workbench): string[] {
  return bench.rateFirst ? bench.labels.filter((label) => ratingOf(bench, label).likert === null) : [];
}

/** What keeps the bench from being submitted, as one sentence; null when it is whole. */
export function problemOf(bench: Workbench): string | null {
  const unrated = unratedOf(bench);
  if (unrated.length > 0) return `${unrated.join(", ")} ${unrated.length > 1 ? "are" : "is"} not rated yet.`;
  return notationProblem(bench.typed, bench.labels);
}

/** Does the field say a board? A ranking half typed does; "A>" or "A>X" does not, and the board stays as it was. */
export function isReadable({ typed, labels }: Workbench): boolean {
  return readNotation(typed, labels) !== null;
}

/** What the person is asked about before they submit. */
export function guardsBefore(bench: Workbench, twins: readonly string[][]): Guard[] {
  const all = bench.labels.map((label) => ({ label, ...ratingOf(bench, label) }));
  const rated = all.flatMap((one) => (bench.rateFirst && one.likert !== null ? [{ ...one, likert: one.likert }] : []));
  return guardsOf(bench.labels, tiersOf(bench), rated, twins);
}

export function reduce(bench: Workbench, move: Move): Workbench {
  return moved(bench.missing === null ? bench : { ...bench, missing: null }, move);
}

function moved(bench: Workbench, move: Move): Workbench {
  switch (move.type) {
    case "rate":
      return rate(bench, move.label, move.likert);
    case "flag":
      return flag(bench, move.label, move.flag);
    case "note":
      return note(bench, move.label, move.text);
    case "go":
      return bench.rateFirst && bench.labels.includes(move.label) ? show(bench, move.label) : bench;
    case "step": {
      const label = bench.labels[bench.labels.indexOf(bench.current) + move.by];
      return bench.stage === "rate" && label !== undefined ? show(bench, label) : bench;
    }
    case "on":
      return on(bench);
    case "flag-prompt":
      return flagPrompt(bench, move.flag);
    case "to-board":
      return unratedOf(bench).length === 0 ? toBoard(bench) : on(bench);
    case "put":
      return put(bench, move.label, move.rank, move.goOn ?? false);
    case "shift":
      return put(bench, move.label, rankOf(bench, move.label) + move.by, false);
    case "tie":
      return tie(bench, move.labels);
    case "type":
      return type(bench, move.text);
    case "pin":
      return pin(bench, move.label);
    case "unpin":
      return { ...bench, pinned: [], focus: bench.pinned[0] ? { label: bench.pinned[0] } : bench.focus, said: "" };
    case "ask": {
      const again = new Set(move.guards.map(({ kind }) => kind));
      return { ...bench, asked: [...bench.asked.filter(({ kind }) => !again.has(kind)), ...move.guards] };
    }
    case "undo": {
      // A text that cannot be read is the last thing done: take that back first.
      if (bench.stage === "rank" && !isReadable(bench)) return { ...bench, typed: notationOf(bench), typing: null };
      const step = bench.past.at(-1);
      if (!step) return bench;
      return travel(bench, step, "before", { past: bench.past.slice(0, -1), future: [step, ...bench.future] });
    }
    case "redo": {
      const [step, ...future] = bench.future;
      return step ? travel(bench, step, "after", { past: [...bench.past, step], future }) : bench;
    }
    case "take":
      return move.bench;
  }
}

/** One more step: done, recorded, and the notation field in step with the board. */
function change(bench: Workbench, step: Step, typing: string | null = null): Workbench {
  const joins = typing !== null && bench.typing === typing;
  const next = { ...bench, ...apply(bench, step, "after"), ...record(bench, step, joins), typing };
  return step.what === "ranks" ? { ...next, typed: notationOf(next) } : next;
}

function rerate(bench: Workbench, label: string, part: Partial<Rating>, typing: string | null = null): Workbench {
  const index = bench.labels.indexOf(label);
  const before = bench.ratings[index];
  if (!before) return bench;
  return change(bench, { what: "rating", index, before, after: { ...before, ...part } }, typing);
}

function rate(bench: Workbench, label: string, value: number | null): Workbench {
  const isOnScale = value === null || (Number.isInteger(value) && value >= likert.min && value <= likert.max);
  if (!isOnScale || ratingOf(bench, label).likert === value) return bench;
  const next = rerate(bench, label, { likert: value });
  const left = unratedOf(next).length;
  const rest = left === 0 ? "All rated." : `${left} left to rate.`;
  return { ...next, said: `${label}: ${value === null ? "not rated" : `${value} of ${likert.max}`}. ${rest}` };
}

function flag(bench: Workbench, label: string, name: AnswerFlag): Workbench {
  const { flags } = ratingOf(bench, label);
  const next = rerate(bench, label, { flags: toggled(answerFlagNames, flags, name) });
  return { ...next, said: `${label}: ${answerFlags[name]}, ${flags.includes(name) ? "not flagged" : "flagged"}.` };
}

function flagPrompt(bench: Workbench, name: PromptFlag): Workbench {
  const before = bench.promptFlags;
  const after = toggled(promptFlagNames, before, name);
  const said = `Prompt: ${promptFlags[name]}, ${before.includes(name) ? "not flagged" : "flagged"}.`;
  return { ...change(bench, { what: "promptFlags", before, after }), said };
}

function toggled<F>(all: readonly F[], some: readonly F[], one: F): readonly F[] {
  return all.filter((other) => (other === one ? !some.includes(other) : some.includes(other)));
}

/** A note is undone word by word: a space after a word ends the step. */
function note(bench: Workbench, label: string, text: string): Workbench {
  const before = ratingOf(bench, label).note;
  if (before === text || text.length > limits.noteCharacters) return bench;
  const key = `note ${label}`;
  const endsWord = /\S\s$/.test(text) && text.length > before.length;
  const next = rerate(bench, label, { note: text }, key);
  return { ...next, typing: endsWord ? null : key, said: "" };
}

function show(bench: Workbench, label: string): Workbench {
  return { ...bench, stage: "rate", current: label, typing: null, focus: { label }, said: "" };
}

function on(bench: Workbench): Workbench {
  if (bench.stage !== "rate") return bench;
  const unrated = unratedOf(bench);
  if (unrated.length === 0) return toBoard(bench);
  const next = roundAfter(bench.labels, bench.current).find((label) => unrated.includes(label)) ?? bench.current;
  const missing = next === bench.current ? `Rate ${next} first: 1 is worst, 7 is best.` : null;
  return { ...show(bench, next), missing };
}

function toBoard(bench: Workbench): Workbench {
  const label = unrankedOf(bench)[0] ?? bench.labels[0];
  const said = "Now rank all of them.";
  return { ...bench, stage: "rank", typing: null, focus: label === undefined ? null : { label }, said };
}

function put(bench: Workbench, label: string, rank: number, goOn: boolean): Workbench {
  const index = bench.labels.indexOf(label);
  if (index < 0 || !Number.isInteger(rank) || rank < 0 || rank > bench.labels.length) return bench;
  const after = bench.ranks.with(index, rank);
  const next = sameRanks(after, bench.ranks)
    ? { ...bench, typed: notationOf(bench), typing: null }
    : change(bench, { what: "ranks", before: bench.ranks, after });
  return {
    ...next,
    focus: { label: (goOn ? nextUnranked(next, label) : null) ?? label },
    said: announcementOf(next, label),
  };
}

function tie(bench: Workbench, labels: readonly string[]): Workbench {
  const ranked = labels.find((label) => rankOf(bench, label) > 0);
  const [label] = labels;
  if (label === undefined) return bench;
  if (ranked === undefined)
    return { ...bench, said: `None of ${labels.join(", ")} is ranked yet: rank one of them first.` };
  const rank = rankOf(bench, ranked);
  const after = bench.ranks.map((before, index) => (labels.includes(bench.labels[index] ?? "") ? rank : before));
  if (sameRanks(after, bench.ranks)) return bench;
  const next = change(bench, { what: "ranks", before: bench.ranks, after });
  return { ...next, focus: { label: nextUnranked(next, label) ?? label }, said: announcementOf(next, label) };
}

function type(bench: Workbench, text: string): Workbench {
  const ranks = readNotation(text, bench.labels);
  // A text that says what the board already says moves nothing: gaps left between ranks stay.
  const isNews = ranks !== null && notationOf({ labels: bench.labels, ranks }) !== notationOf(bench);
  if (!isNews) return { ...bench, typed: text };
  return { ...change(bench, { what: "ranks", before: bench.ranks, after: ranks }, "notation"), typed: text, said: "" };
}

/** Pinning a third lets go of the one pinned first. */
function pin(bench: Workbench, label: string): Workbench {
  if (!bench.labels.includes(label)) return bench;
  const isPinned = bench.pinned.includes(label);
  const pinned = isPinned ? bench.pinned.filter((other) => other !== label) : [...bench.pinned, label].slice(-2);
  const [one, other] = pinned;
  const said = isPinned
    ? `${label} is not pinned any more.`
    : other
      ? `${one} and ${other} stand side by side above the board.`
      : `${label} is pinned: pin another one to see where they differ.`;
  return { ...bench, pinned, said };
}

/** Back or forth by one step: the screen goes to where it shows, the focus to the card that changed. */
function travel(bench: Workbench, step: Step, way: "before" | "after", history: History): Workbench {
  const next: Workbench = { ...bench, ...apply(bench, step, way), ...history, typing: null };
  switch (step.what) {
    case "promptFlags":
      return { ...next, said: `The flags of the prompt are ${next.promptFlags.length || "none"}.` };
    case "rating": {
      const label = bench.labels[step.index] ?? bench.current;
      const { likert: value, flags } = ratingOf(next, label);
      const said = `${label}: ${value === null ? "not rated" : `${value} of ${likert.max}`}, flags: ${flags.length}.`;
      return { ...(bench.rateFirst ? show(next, label) : next), said };
    }
    case "ranks": {
      const moved = bench.labels.find((_, index) => next.ranks[index] !== bench.ranks[index]);
      const notation = notationOf(next);
      const stage = unratedOf(next).length === 0 ? "rank" : bench.stage;
      const focus = moved ? { label: moved } : bench.focus;
      return { ...next, stage, typed: notation, focus, said: `The board is ${notation || "empty"}.` };
    }
  }
}

/** What a screen reader hears after a move: "A: rank 1 of 4, tied with C. 2 left." */
function announcementOf(bench: Workbench, label: string): string {
  const rank = rankOf(bench, label);
  const left = unrankedOf(bench).length;
  const rest = left === 0 ? "All ranked." : `${left} left.`;
  if (rank === 0) return `${label}: unranked. ${rest}`;
  const ties = bench.labels.filter((other) => other !== label && rankOf(bench, other) === rank);
  const tie = ties.length > 0 ? `, tied with ${ties.join(" and ")}` : "";
  return `${label}: rank ${rank} of ${bench.labels.length}${tie}. ${rest}`;
}
