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

export interface WorkClock {
  /** A sign of work at `now`. */
  touch(now: number): void;
  /** Time worked until the last sign, ms. */
  spentMs(): number;
}

/** Starts at `start`; the time between two signs counts unless it is a pause. */
export function startWorkClock(start: number): WorkClock {
  let last = start;
  let spent = 0;
  return {
    touch(now) {
      const gap = now - last;
      if (gap > 0 && gap <= pauseMs) spent += gap;
      last = Math.max(last, now);
    },
    spentMs: () => spent,
  };
}
