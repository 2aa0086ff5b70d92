// What the ranking screen does at each press and move: the work, which is the same on every machine, and beside it the
// browser's own times, for the figures.
import type { Page } from "@playwright/test";

/** What a gesture has made the page do. */
export interface Work {
  /** Letters of the cards in which React has drawn something, each once. */
  cardsDrawn: string;
  /** What has changed in the document, each once: "added p", "style of div". */
  changed: string[];
  /** Characters of the longest text in one piece among what was added. */
  longestAdded: number;
  /** How often the browser has laid the page out. */
  layouts: number;
}

interface Measured {
  cards: Set<string>;
  changed: Set<string>;
  longestAdded: number;
  /** Parts of the page that are out of sight, and so not laid out. */
  skipped: WeakSet<Element>;
  frames: number[];
  /** Interaction → the longest of its events. */
  interactions: Record<string, number>;
}

/** A node of React's tree: of it, what React's own developer tools read, too. */
interface Fiber {
  tag: number;
  flags: number;
  alternate: Fiber | null;
  child: Fiber | null;
  sibling: Fiber | null;
  memoizedProps: Record<string, unknown> | null;
}

declare global {
  interface Window {
    measured?: Measured;
    __REACT_DEVTOOLS_GLOBAL_HOOK__?: unknown;
  }
}

/** Before the page is opened. */
export async function measure(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const measured: Measured = {
      cards: new Set(),
      changed: new Set(),
      longestAdded: 0,
      skipped: new WeakSet(),
      frames: [],
      interactions: {},
    };
    window.measured = measured;

    // As React numbers them for its tools: the flag of what was drawn; components that are functions, also memoised.
    const performedWork = 1;
    const functionTags = [0, 11, 14, 15];
    const cardIn = (fiber: Fiber | null) => fiber?.memoizedProps?.["data-card"] as string | undefined;
    /** Notes the cards drawn in a commit: a subtree that React did not go into is the same object as before. */
    const look = (fiber: Fiber, before: Fiber | null, outer?: string) => {
      const card = cardIn(fiber) ?? cardIn(fiber.child) ?? outer;
      if (card && functionTags.includes(fiber.tag) && (!before || fiber.flags & performedWork))
        measured.cards.add(card);
      if (before && fiber.child === before.child) return;
      for (let child = fiber.child; child; child = child.sibling) look(child, before && child.alternate, card);
    };
    window.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
      supportsFiber: true,
      inject: () => 1,
      onCommitFiberUnmount: () => {},
      onPostCommitFiberRoot: () => {},
      onCommitFiberRoot: (_: number, { current }: { current: Fiber }) => look(current, current.alternate),
    };

    new MutationObserver((records) => {
      const nameOf = ({ nodeName }: Node) => nodeName.toLowerCase();
      for (const { type, target, attributeName, addedNodes, removedNodes } of records) {
        if (type === "attributes") measured.changed.add(`${attributeName} of ${nameOf(target)}`);
        if (type === "characterData") measured.changed.add(`text of ${nameOf(target.parentNode ?? target)}`);
        for (const node of addedNodes) {
          measured.changed.add(`added ${nameOf(node)}`);
          const texts = document.createNodeIterator(node, NodeFilter.SHOW_TEXT);
          for (let text = texts.nextNode(); text; text = texts.nextNode()) {
            measured.longestAdded = Math.max(measured.longestAdded, text.nodeValue?.length ?? 0);
          }
        }
        for (const node of removedNodes) measured.changed.add(`removed ${nameOf(node)}`);
      }
    }).observe(document, { attributes: true, characterData: true, childList: true, subtree: true });

    document.addEventListener("contentvisibilityautostatechange", (event) => {
      const { target, skipped } = event as ContentVisibilityAutoStateChangeEvent;
      if (target instanceof Element) measured.skipped[skipped ? "add" : "delete"](target);
    });

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

/** Until what was begun has been drawn: the second frame begins after the first one was. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** The work that `gesture` makes, once all of it is drawn. */
export async function workOf(page: Page, gesture: () => Promise<void>): Promise<Work> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const layoutCount = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "LayoutCount")?.value ?? Number.NaN;
  };
  await drawn(page);
  await page.evaluate(() => {
    Object.assign(window.measured!, { cards: new Set(), changed: new Set(), longestAdded: 0 });
  });
  const before = await layoutCount();
  await gesture();
  await drawn(page);
  const layouts = (await layoutCount()) - before;
  const work = await page.evaluate(() => {
    const { cards, changed, longestAdded } = window.measured!;
    return {
      cardsDrawn: [...cards].sort().join(""),
      changed: [...changed].sort(),
      longestAdded,
    };
  });
  await devtools.detach();
  return { ...work, layouts };
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
export async function inpDuring(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    window.measured!.interactions = {};
  });
  const before = await page.evaluate(() => performance.interactionCount);
  await work();
  await drawn(page);
  const { interactions, after } = await page.evaluate(() => ({
    interactions: Object.values(window.measured!.interactions),
    after: performance.interactionCount,
  }));
  const longest = interactions.sort((a, b) => b - a);
  return longest[Math.floor((after - before) * 0.02)] ?? 16;
}
