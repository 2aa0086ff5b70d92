"use client";
// Which assignment is on the screen and which comes after it: claimed, fetched ahead, swapped, reopened, gone back to.
// Claiming is a change: nothing here is asked twice for show.
import { ORPCError } from "@orpc/client";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { api } from "../../../../../lib/api/client.ts";
import type { Assignment } from "../../../../../lib/vocabulary/shapes.ts";
import { goToSignIn } from "../../../../shell/paths.ts";
import { hold } from "./holding.ts";
import { createOutbox, type Errand, isUnsent, type Outbox } from "./outbox.ts";

const retryMs = 4_000;

/** What the address asks for. */
export interface Asked {
  /** The assignment whose ranking is to be changed. */
  reopen?: string;
  /** The comparison to claim. */
  comparison?: string;
}

/** `claiming`: on its way; `nothing`: nothing waits; `failed`: with what was thrown; `ended`: the reopened one is done, `changed` or as it was. */
export type OnScreen =
  | { is: "claiming" }
  | { is: "working"; assignment: Assignment }
  | { is: "nothing" }
  | { is: "failed"; error: unknown }
  | { is: "lost"; id: string; sentence: string; mayFinish: boolean }
  | { is: "ended"; changed: boolean };

let outbox: Outbox | undefined;
const noErrands: readonly Errand[] = [];

/** One for the page: what is under way goes on after the screen is left. */
export function theOutbox(): Outbox {
  outbox ??= createOutbox(window);
  return outbox;
}

export function useErrands(): readonly Errand[] {
  return useSyncExternalStore(
    useCallback((onChange: () => void) => theOutbox().subscribe(onChange), []),
    () => theOutbox().errands(),
    () => noErrands,
  );
}

async function claim({ reopen, comparison }: Asked): Promise<Assignment | null> {
  if (reopen !== undefined) return api.assignments.get({ id: reopen });
  return api.assignments.next(comparison === undefined ? {} : { comparisonId: comparison });
}

export interface Assignments {
  now: OnScreen;
  /** This one is done with: the next one, at once where it is here already. */
  goOn(): void;
  /** The reopened one stays as it was. */
  leave(): void;
  lose(id: string, sentence: string): void;
  /** Takes the screen back to an assignment, as it stands on the server. */
  goBack(id: string): void;
  /** Claims anew, whatever was asked for. */
  claimNext(): void;
}

export function useAssignments(asked: Asked): Assignments {
  const [want, setWant] = useState<Asked>(asked);
  const [now, setNow] = useState<OnScreen>({ is: "claiming" });
  /** Fetched; null: nothing waits; undefined: not asked yet. */
  const [ahead, setAhead] = useState<Assignment | null | undefined>(undefined);
  const isQuiet = !useErrands().some(isUnsent);
  const assignment = now.is === "working" ? now.assignment : null;
  const isReopened = assignment !== null && (assignment.submitted !== null || assignment.isLate);

  // As long as something is on its way, this person may hold two already.
  const mayClaim = now.is === "claiming" && (isQuiet || want.reopen !== undefined);
  useEffect(() => {
    if (!mayClaim) return;
    let isStale = false;
    claim(want).then(
      (claimed) => {
        if (!isStale) setNow(claimed ? { is: "working", assignment: claimed } : { is: "nothing" });
      },
      (error: unknown) => {
        if (error instanceof ORPCError && error.code === "UNAUTHORIZED") goToSignIn();
        if (!isStale) setNow({ is: "failed", error });
      },
    );
    return () => {
      isStale = true;
    };
  }, [mayClaim, want]);

  const after = assignment && !isReopened && isQuiet && ahead === undefined ? assignment.id : null;
  useEffect(() => {
    if (after === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isStale = false;
    const fetchAhead = async () => {
      try {
        const next = await api.assignments.next({ after });
        if (isStale) return;
        if (next) hold(next.id);
        setAhead(next);
      } catch (error) {
        // Refused: the screen goes on without it, and claims when it comes to that.
        if (!isStale && !(error instanceof ORPCError)) timer = setTimeout(fetchAhead, retryMs);
      }
    };
    fetchAhead();
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [after]);

  function show(next: OnScreen, wanted: Asked) {
    setWant(wanted);
    setAhead(undefined);
    setNow(next);
    // The address says what is on the screen, so that a reload finds it again.
    const query = wanted.reopen === undefined ? "" : `?reopen=${encodeURIComponent(wanted.reopen)}`;
    if (window.location.search !== query) window.history.replaceState(null, "", `/rank${query}`);
  }
  function claimNext() {
    show(ahead ? { is: "working", assignment: ahead } : { is: "claiming" }, {});
  }

  return {
    now,
    goOn: () => (isReopened ? setNow({ is: "ended", changed: true }) : claimNext()),
    leave: () => setNow({ is: "ended", changed: false }),
    lose: (id, sentence) => {
      // What others have by now can be finished late; what was written anew cannot.
      const mayFinish = api.assignments.get({ id }).then(
        ({ isLate }) => isLate,
        () => false,
      );
      mayFinish.then((mayFinish) => setNow({ is: "lost", id, sentence, mayFinish }));
    },
    goBack: (id) => (ahead?.id === id ? claimNext() : show({ is: "claiming" }, { reopen: id })),
    claimNext,
  };
}
