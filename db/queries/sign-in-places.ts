// Where people have signed in from.
import { and, desc, eq, notInArray } from "drizzle-orm";
import { change, type Scope } from "../change.ts";
import { type Database, ormOf } from "../client.ts";
import { signInPlace, user } from "../schema/index.ts";

/** Of each person, the latest. */
const placesKept = 50;

/** @param input.username in lower case */
export async function hasSignedInFrom(db: Database, input: { username: string; network: string }): Promise<boolean> {
  const row = await ormOf(db)
    .select({ at: signInPlace.at })
    .from(signInPlace)
    .innerJoin(user, eq(user.id, signInPlace.userId))
    .where(and(eq(user.username, input.username), eq(signInPlace.network, input.network)))
    .get();
  return row !== undefined;
}

/** @param input.username in lower case; nobody's is no error */
export async function rememberSignIn(scope: Scope, input: { username: string; network: string }): Promise<void> {
  await change(scope, async (orm) => {
    const person = await orm.select({ id: user.id }).from(user).where(eq(user.username, input.username)).get();
    if (!person) return;
    await orm
      .insert(signInPlace)
      .values({ userId: person.id, network: input.network, at: scope.now })
      .onConflictDoUpdate({ target: [signInPlace.userId, signInPlace.network], set: { at: scope.now } })
      .run();
    const mine = eq(signInPlace.userId, person.id);
    const latest = orm
      .select({ network: signInPlace.network })
      .from(signInPlace)
      .where(mine)
      .orderBy(desc(signInPlace.at))
      .limit(placesKept);
    await orm
      .delete(signInPlace)
      .where(and(mine, notInArray(signInPlace.network, latest)))
      .run();
  });
}
