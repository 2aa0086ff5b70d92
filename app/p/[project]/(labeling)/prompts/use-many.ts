// One thing done to many prompts, one after the other: how far it is, what was refused, and a stop. Each is a change of its own, so
// that others go on working meanwhile and a stop leaves nothing half done.
import { useEffect, useRef, useState } from "react";
import { isRefusal, sentenceOf } from "../../../../../lib/api/client.ts";

export interface Progress {
  /** "Archiving" */
  doing: string;
  done: number;
  total: number;
}

export interface Outcome {
  done: number;
  /** How many were refused, and the sentence of the first. */
  refused: number;
  why: string | null;
  /** What ended it early; null where it was done or stopped. */
  problem: string | null;
}

export function useMany() {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const stopping = useRef(new AbortController());
  // Whoever leaves the page stops it.
  useEffect(() => () => stopping.current.abort(), []);

  /** @returns the ids of those it was done to */
  async function run(doing: string, ids: readonly string[], act: (id: string) => Promise<unknown>): Promise<string[]> {
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    const done: string[] = [];
    const ended: Outcome = { done: 0, refused: 0, why: null, problem: null };
    setOutcome(null);
    for (const id of ids) {
      setProgress({ doing, done: done.length + ended.refused, total: ids.length });
      try {
        await act(id);
        done.push(id);
      } catch (error) {
        if (!isRefusal(error)) {
          ended.problem = sentenceOf(error);
          break;
        }
        ended.refused++;
        ended.why ??= sentenceOf(error);
      }
      if (signal.aborted) break;
    }
    setProgress(null);
    setOutcome({ ...ended, done: done.length });
    return done;
  }

  return { progress, outcome, run, stop: () => stopping.current.abort(), clear: () => setOutcome(null) };
}
