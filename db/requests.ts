// Requests that may be sent twice: the second time, because the first answer was lost or a button pressed twice, nothing
// is done and the first result is answered.
import { and, eq, lt } from "drizzle-orm";
import { change, type Database, type Orm, ormOf } from "./client.ts";
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

/**
 * An atomic change that is made once for a request: the same request again gets what the first one answered. What is
 * refused, told by a word or null, has changed nothing and is tried again.
 * @param of absent: the sender gave no key, and means another one each time
 * @throws OtherRequest when the key belongs to a different request
 */
export async function changeOnce<Outcome extends object | string | null>(
  db: Database,
  of: RequestKey | undefined,
  body: (orm: Orm) => Promise<Outcome>,
): Promise<Outcome> {
  return await change(db, async (orm) => {
    if (of === undefined) return body(orm);
    const { actorId, key, fingerprint } = of;
    const known = await orm
      .select()
      .from(request)
      .where(and(eq(request.actorId, actorId), eq(request.key, key)))
      .get();
    if (known) {
      if (known.fingerprint !== fingerprint) throw new OtherRequest("Another request has this key.");
      return JSON.parse(known.result) as Outcome;
    }
    const made = await body(orm);
    if (typeof made !== "object" || made === null) return made;
    await orm
      .insert(request)
      .values({ actorId, key, fingerprint, result: JSON.stringify(made), createdAt: Date.now() })
      .run();
    return made;
  });
}
