import { expect, test } from "vitest";
import { FairQueue, QueueError } from "./fair-queue.ts";

const never = new AbortController().signal;

test("clients take turns, whoever asks much waits behind its own requests", async () => {
  const queue = new FairQueue(1);
  const order: string[] = [];
  const leaves: (() => void)[] = [];
  const ask = (client: string, name: string) =>
    queue.enter(client, never).then((leave) => {
      order.push(name);
      leaves.push(leave);
    });
  const all = [ask("a", "a1"), ask("a", "a2"), ask("a", "a3"), ask("b", "b1"), ask("c", "c1"), ask("b", "b2")];
  for (const [i] of all.entries()) {
    await expect.poll(() => leaves.length).toBe(i + 1);
    leaves[i]!();
  }
  expect(order).toEqual(["a1", "a2", "b1", "c1", "a3", "b2"]);
});

test("who leaves while waiting takes no turn", async () => {
  const queue = new FairQueue(1);
  const first = await queue.enter("a", never);
  const leaving = new AbortController();
  const gone = queue.enter("a", leaving.signal);
  const next = queue.enter("b", never);
  leaving.abort();
  await expect(gone).rejects.toThrow("aborted");
  first();
  (await next)();
  (await queue.enter("a", never))();
});

test("a client has only so many requests waiting, and others still come in", async () => {
  const queue = new FairQueue(1);
  const leaving = new AbortController();
  await queue.enter("a", never);
  const waiting = Array.from({ length: 32 }, () => queue.enter("a", leaving.signal).catch(() => "left"));
  await expect(queue.enter("a", never)).rejects.toBeInstanceOf(QueueError);
  waiting.push(queue.enter("b", leaving.signal).catch(() => "left"));
  leaving.abort();
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(["left"]));
});
