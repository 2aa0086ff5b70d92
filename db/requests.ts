// Idempotency keys. A request may be sent twice, because its answer was lost or a button was pressed twice: the second time
// nothing is done, and the first result is answered. `changeOnce` of change.ts carries it out.
import { and, eq, lt } from "drizzle-orm";
import { type Database, ormOf } from "./client.ts";
import { request } from "./schema/index.ts";

/** A RequestKey is the key that a sender gave a request, with a fingerprint of the request. */
export interface RequestKey {
  /** "" for nobody. */
  actorId: string;
  key: string;
  /** The SHA-256 of the call and its input. */
  fingerprint: string;
}

/** OtherRequest is thrown where a different request was carried out under this key. */
export class OtherRequest extends Error {
  override name = "OtherRequest";
}

/** Has this request been carried out? */
export async function isDone(db: Database, { actorId, key, fingerprint }: RequestKey): Promise<boolean> {
  const same = and(eq(request.actorId, actorId), eq(request.key, key), eq(request.fingerprint, fingerprint));
  return (await ormOf(db).select().from(request).where(same).get()) !== undefined;
}

/** Deletes the requests carried out before then: one sent again after that counts as a new request. */
export async function forgetRequests(db: Database, before: number): Promise<void> {
  await ormOf(db).delete(request).where(lt(request.createdAt, before)).run();
}
