"use client";
// The differences of two texts, from a worker that lives as long as the two stand side by side.
import { useEffect, useState } from "react";
import { shown } from "../../../../ui/written.ts";
import type { Compare, Compared } from "./differences-worker.ts";

export type DifferencesState =
  | { is: "comparing" }
  | { is: "compared"; compared: Compared }
  /** The worker could not be loaded. */
  | { is: "failed" };

export function useDifferences(one: string, other: string): DifferencesState {
  const [state, setState] = useState<DifferencesState>({ is: "comparing" });
  useEffect(() => {
    setState({ is: "comparing" });
    const worker = new Worker(new URL("./differences-worker.ts", import.meta.url));
    worker.addEventListener("message", ({ data }: MessageEvent<Compared>) =>
      setState({ is: "compared", compared: data }),
    );
    worker.addEventListener("error", () => setState({ is: "failed" }));
    const compare: Compare = { one: shown(one), other: shown(other) };
    worker.postMessage(compare);
    return () => worker.terminate();
  }, [one, other]);
  return state;
}
