// Is the person at work? Keys, clicks, moves and scrolling say so; and the time they really worked, pauses left out.

/** A pause longer than this is not working time. */
export const pauseMs = 60_000;

const signs = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchstart"] as const;

/** Calls back at every sign of work in the window. @returns the way to stop. */
export function watchActivity(onActive: () => void): () => void {
  const options = { capture: true, passive: true };
  for (const sign of signs) window.addEventListener(sign, onActive, options);
  return () => {
    for (const sign of signs) window.removeEventListener(sign, onActive, options);
  };
}

/** Whole milliseconds worked: on everything, and on each answer while it was rated alone. */
export interface Spent {
  readonly total: number;
  readonly answers: readonly number[];
}

export interface WorkClock {
  /** A sign of work at `now`, made while the answer at this place was rated alone (null: none was). */
  touch(now: number, answer: number | null): void;
  /** Until the last sign. */
  spent(): Spent;
}

/** Starts at `start`; the time between two signs counts unless it is a pause. */
export function startWorkClock(start: number, before: Spent): WorkClock {
  let last = start;
  let spent = before;
  return {
    touch(now, answer) {
      const gap = Math.round(now - last);
      if (gap > 0 && gap <= pauseMs) {
        spent = {
          total: spent.total + gap,
          answers: spent.answers.map((ms, index) => (index === answer ? ms + gap : ms)),
        };
      }
      last = Math.max(last, now);
    },
    spent: () => spent,
  };
}
