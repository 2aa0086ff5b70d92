// For tests: waiting for what comes by itself. How long that may take is the test's own timeout, which says "it hangs" and
// nothing about how fast a machine is.
import { vi } from "vitest";

/** Resolves when `check` no longer throws: `await until(() => expect(lines(file)).toHaveLength(2))`. */
export const until = (check: () => unknown): Promise<unknown> =>
  vi.waitFor(check, { timeout: 24 * 60 * 60_000, interval: 10 });
