import { ORPCError } from "@orpc/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Assignment } from "../../../../../lib/vocabulary/shapes.ts";
import { createOutbox, type Errand } from "./outbox.ts";

const assignment = (id: string) => ({ id, comparisonId: `of ${id}` }) as Assignment;
const settled = () => vi.advanceTimersByTimeAsync(0);

/** Answers in turn; the last one again and again. */
function answering(...answers: (number | Error)[]) {
  let tries = 0;
  const send = async () => {
    const answer = answers[Math.min(tries++, answers.length - 1)]!;
    if (answer instanceof Error) throw answer;
    return { version: answer, isLate: false };
  };
  return { send, tries: () => tries };
}

function open() {
  const page = new EventTarget();
  const outbox = createOutbox(page);
  const [done, signedOut] = [vi.fn(), vi.fn()];
  const post = (id: string, send: () => Promise<Errand["stored"]>) =>
    outbox.post({ assignment: assignment(id), notation: "A>B", send, onDone: done, onSignedOut: signedOut });
  const mayLeave = () => page.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  return { page, outbox, done, signedOut, post, mayLeave };
}

const silence = new TypeError("Failed to fetch");

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("what was submitted", () => {
  it("arrives, and only the latest that did is still told of", async () => {
    const { outbox, post, done } = open();
    post("one", answering(1).send);
    expect(outbox.errands()).toMatchObject([{ id: "one", state: "sending" }]);
    await settled();
    post("two", answering(3).send);
    await settled();
    expect(outbox.errands()).toMatchObject([{ id: "two", state: "done", stored: { version: 3 } }]);
    expect(done).toHaveBeenCalledTimes(2);
  });

  it("waits out a lost connection, at the latest until it is back", async () => {
    const { page, outbox, post } = open();
    const { send, tries } = answering(silence, silence, 1);
    post("one", send);
    await settled();
    expect(outbox.errands()[0]?.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(4_000);
    expect(tries()).toBe(2);
    page.dispatchEvent(new Event("online"));
    await settled();
    expect([tries(), outbox.errands()[0]?.state]).toEqual([3, "done"]);
  });

  it("is tried again when the server stumbles", async () => {
    const { outbox, post } = open();
    post("one", answering(new ORPCError("INTERNAL_SERVER_ERROR"), 1).send);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(outbox.errands()[0]?.state).toBe("done");
  });

  it("stays to be seen when it was refused, until it is dismissed", async () => {
    const { outbox, post, done, signedOut } = open();
    const { send, tries } = answering(new ORPCError("CONFLICT", { message: "They went to someone else." }));
    post("one", send);
    await vi.advanceTimersByTimeAsync(60_000);
    post("two", answering(1).send);
    await settled();
    expect(outbox.errands().map(({ id, state }) => [id, state])).toEqual([
      ["two", "done"],
      ["one", "refused"],
    ]);
    expect([tries(), done.mock.calls.length, signedOut.mock.calls.length]).toEqual([1, 1, 0]);
    outbox.dismiss("one");
    expect(outbox.errands().map(({ id }) => id)).toEqual(["two"]);
  });

  it("leads to the sign-in when the session has ended", async () => {
    const { post, signedOut } = open();
    post("one", answering(new ORPCError("UNAUTHORIZED")).send);
    await settled();
    expect(signedOut).toHaveBeenCalledOnce();
  });

  it("keeps the page from being left until it has arrived", async () => {
    const { page, post, mayLeave } = open();
    expect(mayLeave()).toBe(true);
    post("one", answering(silence, 1).send);
    await settled();
    expect(mayLeave()).toBe(false);
    page.dispatchEvent(new Event("online"));
    await settled();
    expect(mayLeave()).toBe(true);
  });
});
