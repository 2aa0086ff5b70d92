// Event streams: each ends with its visitor and with the server, and nobody has more of them than a person needs.
import { ORPCError } from "@orpc/server";
import type { Actor } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { toApiError } from "./errors.ts";
import { stopping } from "./stopping.ts";

/** Of one person at once. A page has one or two; a program that follows more asks for the state instead. */
export const streamsPerPerson = 50;

const open = new Map<string, number>();

interface Visit {
  verb: { actor: Actor | null };
  /** Fires when the visitor leaves. */
  left: AbortSignal;
  /** Asked before each event: a session may end while its stream goes on. */
  isSignedIn: () => Promise<boolean>;
}

/** How many streams of everybody are open. */
export const openStreams = (): number => open.values().reduce((sum, count) => sum + count, 0);

/**
 * The events of a watch. Refusals come before the stream begins, as for any other call.
 * A server that stops says so, so that the client comes back instead of taking it for the end.
 * @param start is given the signal that ends the watch
 */
export async function events<T>(
  { verb: { actor }, left, isSignedIn }: Visit,
  start: (ended: AbortSignal) => Promise<AsyncIterable<T>>,
): Promise<AsyncGenerator<T, void, undefined>> {
  const person = actor?.id ?? "";
  const mine = open.get(person) ?? 0;
  if (mine >= streamsPerPerson) {
    const message = `You follow ${streamsPerPerson} things at once already: close a page that you do not need.`;
    throw new ORPCError("TOO_MANY_REQUESTS", { message });
  }
  open.set(person, mine + 1);
  const ended = new AbortController();
  // Once, however it ends: a stream that nobody has begun to read hears of nothing but the signal.
  ended.signal.addEventListener("abort", () => {
    const others = (open.get(person) ?? 1) - 1;
    if (others > 0) open.set(person, others);
    else open.delete(person);
  });
  // Not AbortSignal.any: what only follows a signal may be collected as garbage before it fires.
  for (const signal of [stopping(), left]) {
    if (signal.aborted) ended.abort();
    else signal.addEventListener("abort", () => ended.abort(), { once: true, signal: ended.signal });
  }
  try {
    return sent(await start(ended.signal), ended, isSignedIn);
  } catch (error) {
    ended.abort();
    throw error;
  }
}

async function* sent<T>(
  source: AsyncIterable<T>,
  ended: AbortController,
  isSignedIn: Visit["isSignedIn"],
): AsyncGenerator<T, void, undefined> {
  try {
    for await (const event of source) {
      if (!(await isSignedIn())) throw new DomainError("UNAUTHORIZED", "Your session has ended: sign in again.");
      yield event;
    }
  } catch (error) {
    throw toApiError(error);
  } finally {
    ended.abort();
  }
  if (stopping().aborted) throw new ORPCError("SERVICE_UNAVAILABLE", { message: "The server is starting again." });
}
