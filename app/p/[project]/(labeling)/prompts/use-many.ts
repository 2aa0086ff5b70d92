// One thing done to many prompts, batch by batch: how far it is, what was left as it was, and a stop. Each batch is a change of its
// own, so that others go on working meanwhile and a stop leaves nothing half done.
import { useEffect, useRef, useState } from "react";
import { isRefusal, sentenceOf } from "../../../../../lib/api/client.ts";

export interface Progress {
  /** "Archiving" */
  doing: string;
  done: number;
  total: number;
}

/** What a batch answers: how many it was done to in each way ("archived": 3), and those that were left with the reason. */
export interface Done {
  counts: Readonly<Record<string, number>>;
  left: readonly { id: string; reason: string }[];
}

export interface Outcome {
  counts: Record<string, number>;
  /** How many were left as they were, and the sentence of the first. */
  left: number;
  why: string | null;
  /** What ended it early; null where it was done or stopped. */
  problem: string | null;
}

export interface Work {
  doing: string;
  /** How many at once. */
  batch: number;
  act: (ids: string[]) => Promise<Done>;
}

export function useMany() {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const stopping = useRef(new AbortController());
  // Whoever leaves the page stops it.
  useEffect(() => () => stopping.current.abort(), []);

  /** @returns the ids of those it is done with */
  async function run({ doing, batch, act }: Work, ids: readonly string[]): Promise<Set<string>> {
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    const finished = new Set<string>();
    const ended: Outcome = { counts: {}, left: 0, why: null, problem: null };
    setOutcome(null);
    for (let at = 0; at < ids.length && !signal.aborted; at += batch) {
      setProgress({ doing, done: at, total: ids.length });
      const some = ids.slice(at, at + batch);
      try {
        const { counts, left } = await act(some);
        for (const [what, count] of Object.entries(counts)) ended.counts[what] = (ended.counts[what] ?? 0) + count;
        ended.left += left.length;
        ended.why ??= left[0]?.reason ?? null;
        const stayed = new Set(left.map(({ id }) => id));
        for (const id of some) if (!stayed.has(id)) finished.add(id);
      } catch (error) {
        ended.problem = sentenceOf(error);
        break;
      }
    }
    setProgress(null);
    setOutcome(ended);
    return finished;
  }

  return { progress, outcome, run, stop: () => stopping.current.abort(), clear: () => setOutcome(null) };
}

/** One at a time, for what the API does to one alone. A refusal leaves that one as it is. */
export const onePerCall =
  (what: string, act: (id: string) => Promise<unknown>): Work["act"] =>
  async (ids) => {
    const left: { id: string; reason: string }[] = [];
    for (const id of ids) {
      try {
        await act(id);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        left.push({ id, reason: sentenceOf(error) });
      }
    }
    return { counts: { [what]: ids.length - left.length }, left };
  };
