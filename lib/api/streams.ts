// Event streams: each ends when its visitor leaves or the server stops, which would otherwise wait for it for ever. Nobody may
// have more of them, or of downloads, than a person needs.
import { ORPCError } from "@orpc/server";
import type { Visitor } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { toApiError } from "./errors.ts";

/** How many streams one person may have at once. A page has one or two; a program with more should ask for the state. */
export const streamsPerPerson = 50;

/** Slots limit how many of something each person may have at once. */
export class Slots {
  private readonly most: number;
  private readonly full: string;
  private readonly taken = new Map<string, number>();

  /** @param full the sentence of the refusal */
  constructor(most: number, full: string) {
    this.most = most;
    this.full = full;
  }

  /** Takes a slot. @returns gives it back; called again it does nothing @throws ORPCError when the person has no more */
  take(person: string): () => void {
    const mine = this.taken.get(person) ?? 0;
    if (mine >= this.most) throw new ORPCError("TOO_MANY_REQUESTS", { message: this.full });
    this.taken.set(person, mine + 1);
    let isMine = true;
    return () => {
      if (!isMine) return;
      isMine = false;
      const others = (this.taken.get(person) ?? 1) - 1;
      if (others > 0) this.taken.set(person, others);
      else this.taken.delete(person);
    };
  }

  /** How many are taken by everybody. */
  get count(): number {
    return this.taken.values().reduce((sum, count) => sum + count, 0);
  }
}

const slots = new Slots(
  streamsPerPerson,
  `You follow ${streamsPerPerson} things at once already: close a page that you do not need.`,
);

interface Visit {
  verb: { actor: Visitor | null };
  /** Fires when the visitor leaves. */
  left: AbortSignal;
  /** Asked before each event: a session may end while its stream goes on. */
  isSignedIn: () => Promise<boolean>;
}

/** How many streams of everybody are open. */
export const openStreams = (): number => slots.count;

/**
 * The events of a watch. A refusal comes before the stream begins, as for any other call. A server that stops ends the stream
 * with an error, so that the client reconnects instead of taking it for the end.
 * @param start is given the signal that ends the watch
 */
export async function events<T>(
  { verb: { actor }, left, isSignedIn }: Visit,
  start: (ended: AbortSignal) => Promise<AsyncIterable<T>>,
): Promise<AsyncGenerator<T, void, undefined>> {
  const leave = slots.take(actor?.id ?? "");
  const ended = new AbortController();
  // Once, however it ends: a stream that nobody has begun to read hears of nothing but the signal.
  ended.signal.addEventListener("abort", leave);
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

const key = Symbol.for("rankloop.stopping");
const shared = globalThis as typeof globalThis & { [key]?: AbortController };

function controller(): AbortController {
  const known = shared[key];
  if (known) return known;
  const made = new AbortController();
  shared[key] = made;
  // Next has its own listeners, which close the server; these only let go of the streams.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => made.abort());
  return made;
}

/** Fires once when the process is told to stop. */
export const stopping = (): AbortSignal => controller().signal;
