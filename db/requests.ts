// Requests that may be sent twice: the second time, because the first answer was lost or a button pressed twice, nothing
// is done and the first result is answered. `changeOnce` of change.ts carries them out.
import { and, eq, lt } from "drizzle-orm";
import { type Database, ormOf } from "./client.ts";
import { request } from "./schema/index.ts";

/** The key a sender gave their request, and what is in it. */
export interface RequestKey {
  /** "" for nobody. */
  actorId: string;
  key: string;
  /** Of the call and its input. */
  fingerprint: string;
}

/** Another request was carried out under this key. */
export class OtherRequest extends Error {
  override name = "OtherRequest";
}

/** Has this request been carried out? */
export async function isDone(db: Database, { actorId, key, fingerprint }: RequestKey): Promise<boolean> {
  const same = and(eq(request.actorId, actorId), eq(request.key, key), eq(request.fingerprint, fingerprint));
  return (await ormOf(db).select().from(request).where(same).get()) !== undefined;
}

/** Those that were carried out before then: whoever sends one again after that means another one. */
export async function forgetRequests(db: Database, before: number): Promise<void> {
  await ormOf(db).delete(request).where(lt(request.createdAt, before)).run();
}
