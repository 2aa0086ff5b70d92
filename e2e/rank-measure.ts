// What the browser itself says of how quick the ranking screen is: frames, and the time from a press to the next paint.
import type { Page } from "@playwright/test";

interface Measured {
  frames: number[];
  /** Interaction → the longest of its events. */
  interactions: Record<string, number>;
}

declare global {
  interface Window {
    measured?: Measured;
  }
}

/** Before the page is opened. */
export async function measure(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const measured: Measured = { frames: [], interactions: {} };
    window.measured = measured;
    let last: number | null = null;
    const frame = (now: number) => {
      if (last !== null) measured.frames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceEventTiming[]) {
        if (!entry.interactionId) continue;
        const id = String(entry.interactionId);
        measured.interactions[id] = Math.max(measured.interactions[id] ?? 0, entry.duration);
      }
    }).observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
}

/** Times between frames while `work` is done, ms, the longest first. */
export async function framesDuring(page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    window.measured!.frames = [];
  });
  await work();
  const frames = await page.evaluate(() => window.measured!.frames);
  return frames.sort((a, b) => b - a);
}

/**
 * Interaction to Next Paint while `work` is done: the 98th percentile, as web-vitals has it, ms. The browser counts in
 * steps of 8 ms, and everything under 16 as 16.
 */
export async function inpDuring(page: Page, work: () => Promise<void>): Promise<{ p98: number; count: number }> {
  await page.evaluate(() => {
    window.measured!.interactions = {};
  });
  const before = await page.evaluate(() => performance.interactionCount);
  await work();
  // The observer hears of an event after its paint.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 200))));
  const { interactions, after } = await page.evaluate(() => ({
    interactions: Object.values(window.measured!.interactions),
    after: performance.interactionCount,
  }));
  const count = after - before;
  const longest = interactions.sort((a, b) => b - a);
  return { p98: longest[Math.floor(count * 0.02)] ?? 16, count };
}
