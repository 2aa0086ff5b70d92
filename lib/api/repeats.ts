// The idempotency keys a page gives its requests: the same key as long as the same request has had no answer.
import { ORPCError } from "@orpc/client";
import { randomId } from "../random-id.ts";

/** How many failed requests are remembered. */
const most = 50;

export class Repeats {
  private readonly unanswered = new Map<string, string>();

  /**
   * Sends a request under its key. Sent again while it is under way, or after its answer was lost, it has the same key and is
   * carried out once; after an answer the same request is a new one, with a new key.
   * @param what the call and its input
   */
  async send<T>(what: string, call: (key: string) => Promise<T>): Promise<T> {
    const key = this.unanswered.get(what) ?? randomId();
    this.unanswered.set(what, key);
    for (const oldest of [...this.unanswered.keys()].slice(0, -most)) this.unanswered.delete(oldest);
    try {
      const answer = await call(key);
      this.unanswered.delete(what);
      return answer;
    } catch (error) {
      // A refusal is an answer. Nobody knows what a server has done that failed or could not be reached.
      if (error instanceof ORPCError && error.status < 500) this.unanswered.delete(what);
      throw error;
    }
  }
}
