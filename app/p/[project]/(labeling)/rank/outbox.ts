// What was submitted or skipped and is on its way to the server, while the person is at the next prompt already. It
// outlives the screen: lost connections are waited out, a refusal stays until the person has seen it.
import { ORPCError } from "@orpc/client";
import type { Assignment, RankingStored } from "../../../../../lib/vocabulary/shapes.ts";

const retryMs = 4_000;

export interface Errand {
  /** The assignment's id. */
  id: string;
  assignment: Assignment;
  /** What was said: the ranking, or null for a skip. */
  notation: string | null;
  state: "sending" | "waiting" | "done" | "refused";
  /** Of a refusal. */
  sentence: string;
  /** Refused because these answers are not this person's any more: there is no way back. */
  isGone: boolean;
  /** Of a ranking that has been stored. */
  stored: Stored | null;
}

type Stored = Pick<RankingStored, "version" | "isLate">;

interface Posted extends Pick<Errand, "assignment" | "notation"> {
  /** One try; repeating it changes nothing. @returns what was stored, null for a skip */
  send(): Promise<Stored | null>;
  onDone(): void;
  onSignedOut(): void;
}

export interface Outbox {
  /** Latest first. */
  errands(): readonly Errand[];
  subscribe(onChange: () => void): () => void;
  post(posted: Posted): void;
  /** The person has seen what became of it. */
  dismiss(id: string): void;
}

/** @param page the window: whether it goes `online`, and whether it is about to be left */
export function createOutbox(page: Pick<EventTarget, "addEventListener" | "removeEventListener">): Outbox {
  const listeners = new Set<() => void>();
  /** Ends the pause before the next try of each errand that waits. */
  const waking = new Set<() => void>();
  let errands: readonly Errand[] = [];

  function set(next: readonly Errand[]) {
    errands = next;
    const change = errands.some(isUnsent) ? "addEventListener" : "removeEventListener";
    page[change]("online", wakeAll);
    page[change]("beforeunload", warn);
    for (const listener of listeners) listener();
  }
  function wakeAll() {
    for (const wake of waking) wake();
  }
  function update(id: string, change: Partial<Errand>) {
    set(errands.map((errand) => (errand.id === id ? { ...errand, ...change } : errand)));
  }
  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        waking.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, retryMs);
      waking.add(wake);
    });
  }
  async function deliver(id: string, { send, onDone, onSignedOut }: Posted) {
    for (;;) {
      try {
        const stored = await send();
        onDone();
        return update(id, { state: "done", stored });
      } catch (error) {
        if (error instanceof ORPCError && error.status < 500) {
          if (error.code === "UNAUTHORIZED") onSignedOut();
          const isGone = ["NOT_FOUND", "FORBIDDEN", "CONFLICT"].includes(error.code);
          return update(id, { state: "refused", sentence: error.message, isGone });
        }
        update(id, { state: "waiting" });
        await pause();
      }
    }
  }

  return {
    errands: () => errands,
    subscribe: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    post(posted) {
      const { assignment, notation } = posted;
      const { id } = assignment;
      const errand: Errand = { id, assignment, notation, state: "sending", sentence: "", isGone: false, stored: null };
      // Of those that went well only the latest is worth a line.
      set([errand, ...errands.filter((other) => other.id !== id && other.state !== "done")]);
      deliver(id, posted);
    },
    dismiss: (id) => set(errands.filter((errand) => errand.id !== id)),
  };
}

export function isUnsent({ state }: Errand): boolean {
  return state === "sending" || state === "waiting";
}

/** The browser asks whether to leave. */
function warn(event: Event) {
  event.preventDefault();
}
