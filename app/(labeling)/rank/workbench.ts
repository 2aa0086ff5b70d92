// The ranking board as a pure reducer: where each candidate stands, the notation field, undo and redo, and what a
// move asks of the screen (where the focus goes, what is said aloud). Not here: dragging, drafts and the network.
import { formatRanking, parseRanking, RankingError } from "../../../lib/preference/ranking.ts";

/** `ranks[i]` is the rank of `labels[i]`: 1 is best, K worst, 0 unranked. So each candidate is in exactly one place. */
export type Ranks = readonly number[];

export interface Workbench {
  /** In the order shown. */
  readonly labels: readonly string[];
  readonly ranks: Ranks;
  /** What stands in the notation field: the board's notation, or a text that does not say a board (yet). */
  readonly typed: string;
  readonly past: readonly Ranks[];
  readonly future: readonly Ranks[];
  /** The last change came from the field: keystrokes in a row are one step to undo. */
  readonly typing: boolean;
  /** The card that asks for the focus; a new object is a new request, which the screen meets once the board is drawn. */
  readonly focus: { readonly label: string } | null;
  /** What a screen reader hears about the last move. */
  readonly said: string;
}

/** Where the candidates stand, without the rest. */
export type Board = Pick<Workbench, "labels" | "ranks">;

export type Move =
  /** `goOn`: the focus goes to the next unranked card instead of following this one. */
  | { type: "put"; label: string; rank: number; goOn?: boolean }
  | { type: "shift"; label: string; by: -1 | 1 }
  | { type: "type"; text: string }
  | { type: "undo" }
  | { type: "redo" };

/** An empty board, or one taken up again where it was left. */
export function openWorkbench(labels: readonly string[], ranks?: Ranks): Workbench {
  const isWhole =
    ranks?.length === labels.length &&
    ranks.every((rank) => Number.isInteger(rank) && rank >= 0 && rank <= labels.length);
  const board = { labels, ranks: isWhole ? ranks : labels.map(() => 0) };
  const first = unrankedOf(board)[0] ?? labels[0];
  return {
    ...board,
    typed: notationOf(board),
    past: [],
    future: [],
    typing: false,
    focus: first === undefined ? null : { label: first },
    said: "",
  };
}

/** Best first; within a tier in the order shown; empty ranks close up. Unranked candidates are left out. */
export function tiersOf({ labels, ranks }: Board): string[][] {
  const columns = labels.map((_, column) => labels.filter((_, index) => ranks[index] === column + 1));
  return columns.filter((tier) => tier.length > 0);
}

/** "B>A=C" for the board as it stands; "" while nothing is ranked. */
export function notationOf(bench: Board): string {
  return formatRanking(tiersOf(bench));
}

export function unrankedOf({ labels, ranks }: Board): string[] {
  return labels.filter((_, index) => ranks[index] === 0);
}

export function rankOf({ labels, ranks }: Board, label: string): number {
  return ranks[labels.indexOf(label)] ?? 0;
}

/** Whom to rank next after `label`: the following unranked candidate, from the start again after the last. */
export function nextUnranked(bench: Board, label: string): string | null {
  const start = bench.labels.indexOf(label) + 1;
  const round = [...bench.labels.slice(start), ...bench.labels.slice(0, start)];
  return round.find((other) => rankOf(bench, other) === 0) ?? null;
}

/** What keeps the board from being submitted, as one sentence; null when it is whole. */
export function problemOf({ typed, labels }: Workbench): string | null {
  try {
    parseRanking(typed, [...labels]);
    return null;
  } catch (error) {
    if (error instanceof RankingError) return error.message;
    throw error;
  }
}

/** Does the field say a board? A ranking half typed does; "A>" or "A>X" does not, and the board stays as it was. */
export function isReadable({ typed, labels }: Workbench): boolean {
  return readNotation(typed, labels) !== null;
}

/** The board a text says, null if it says none. Candidates it does not name (yet) are unranked: that is a board too. */
function readNotation(text: string, labels: readonly string[]): Ranks | null {
  if (text.trim() === "") return labels.map(() => 0);
  const named = labels.filter((label) => text.toUpperCase().includes(label));
  try {
    const tiers = parseRanking(text, named);
    return labels.map((label) => tiers.findIndex((tier) => tier.includes(label)) + 1);
  } catch (error) {
    if (error instanceof RankingError) return null;
    throw error;
  }
}

function same(a: Ranks, b: Ranks): boolean {
  return a.length === b.length && a.every((rank, index) => rank === b[index]);
}

/** The board after a move that is no typing: the field says what the board says. */
function arrange(bench: Workbench, ranks: Ranks): Workbench {
  return { ...bench, ranks, typed: notationOf({ labels: bench.labels, ranks }), typing: false };
}

function put(bench: Workbench, label: string, rank: number, goOn: boolean): Workbench {
  const index = bench.labels.indexOf(label);
  if (index < 0 || !Number.isInteger(rank) || rank < 0 || rank > bench.labels.length) return bench;
  const ranks = bench.ranks.map((old, other) => (other === index ? rank : old));
  const next = arrange(bench, ranks);
  return {
    ...next,
    ...(same(ranks, bench.ranks) ? {} : { past: [...bench.past, bench.ranks], future: [] }),
    focus: { label: (goOn ? nextUnranked(next, label) : null) ?? label },
    said: announcementOf(next, label),
  };
}

function type(bench: Workbench, text: string): Workbench {
  const ranks = readNotation(text, bench.labels);
  // A text that says what the board already says moves nothing: gaps left between ranks stay.
  const isNews = ranks !== null && notationOf({ labels: bench.labels, ranks }) !== notationOf(bench);
  if (!isNews) return { ...bench, typed: text };
  const past = bench.typing ? bench.past : [...bench.past, bench.ranks];
  return { ...bench, ranks, typed: text, past, future: [], typing: true };
}

/** Back or forth to `ranks`: the focus goes to a card that moved. */
function travel(bench: Workbench, ranks: Ranks, past: readonly Ranks[], future: readonly Ranks[]): Workbench {
  const moved = bench.labels.find((_, index) => ranks[index] !== bench.ranks[index]);
  const next = { ...arrange(bench, ranks), past, future };
  return {
    ...next,
    focus: moved ? { label: moved } : bench.focus,
    said: `The board is ${notationOf(next) || "empty"}.`,
  };
}

export function reduce(bench: Workbench, move: Move): Workbench {
  switch (move.type) {
    case "put":
      return put(bench, move.label, move.rank, move.goOn ?? false);
    case "shift":
      return put(bench, move.label, rankOf(bench, move.label) + move.by, false);
    case "type":
      return type(bench, move.text);
    case "undo": {
      // A text that cannot be read is the last thing done: take that back first.
      if (!isReadable(bench)) return arrange(bench, bench.ranks);
      const ranks = bench.past.at(-1);
      return ranks ? travel(bench, ranks, bench.past.slice(0, -1), [bench.ranks, ...bench.future]) : bench;
    }
    case "redo": {
      const [ranks, ...future] = bench.future;
      return ranks ? travel(bench, ranks, [...bench.past, bench.ranks], future) : bench;
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
