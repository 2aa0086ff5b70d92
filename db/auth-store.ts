// The store of better-auth. This adapter keeps drizzle inside db/, session tokens out of the database, and writes an event for
// a change of password.
import type { BetterAuthOptions } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { eq } from "drizzle-orm";
import { change } from "./change.ts";
import { type Database, type Orm, ormOf } from "./client.ts";
import { tokenHash } from "./id.ts";
import { account, session, user, verification } from "./schema/people.ts";

type Store = ReturnType<ReturnType<typeof drizzleAdapter>>;
type Calls = Omit<Store, "transaction">;

/** The store that better-auth asks by session tokens, and that keeps only their hashes. */
export const authStore =
  (db: Database) =>
  (options: BetterAuthOptions): Store => {
    const tables = { account, session, user, verification };
    const storeOver = (orm: Orm) => drizzleAdapter(orm, { provider: "sqlite", schema: tables })(options);
    const store = storeOver(ormOf(db));
    const ours = (calls: Calls) => withHashedTokens(tellingOfPasswords(db, calls, storeOver));
    return { ...ours(store), transaction: (body) => store.transaction((inside) => body(ours(inside))) };
  };

/** Writes an event with a change of password, in the name of its owner: nobody else gets this far. */
function tellingOfPasswords(db: Database, store: Calls, storeOver: (orm: Orm) => Calls): Calls {
  const told = (method: "update" | "updateMany") => async (input: Call) => {
    const write = (over: Calls) => (over[method] as (input: Call) => Promise<unknown>)(input);
    if (input.model !== "account" || input.update?.password === undefined) return write(store);
    const find = store.findOne as (input: Call) => Promise<{ userId: string; updatedAt: Date } | null>;
    const before = await find({ model: "account", where: input.where });
    const owner = await ormOf(db)
      .select({ id: user.id })
      .from(user)
      .where(eq(user.id, before?.userId ?? ""))
      .get();
    if (!before || !owner) return write(store);
    const scope = { db, actor: { kind: "user" as const, id: owner.id, role: "account" as const }, now: Date.now() };
    return change(scope, async (tx, tell) => {
      const written = await write(storeOver(tx));
      const times = { before: { changedAt: before.updatedAt.getTime() }, after: { changedAt: scope.now } };
      await tell({ verb: "person.changePassword", subject: owner.id, ...times });
      return written;
    });
  };
  return { ...store, update: told("update") as Calls["update"], updateMany: told("updateMany") as Calls["updateMany"] };
}

interface Call {
  model: string;
  data?: Record<string, unknown>;
  update?: Record<string, unknown>;
  where?: { field: string; value: unknown }[] | undefined;
}

const methods = [
  "create",
  "findOne",
  "findMany",
  "count",
  "update",
  "updateMany",
  "delete",
  "deleteMany",
  "consumeOne",
  "incrementOne",
] as const satisfies (keyof Calls)[];

function withHashedTokens(store: Calls): Calls {
  const calls = methods.map((method) => {
    const call = store[method] as (input: Call) => Promise<unknown>;
    return [method, async (input: Call) => (input.model === "session" ? await hashed(call, input) : call(input))];
  });
  return { ...store, ...Object.fromEntries(calls) };
}

/** Makes a call with hashes in place of tokens, and puts the tokens it named back into the answer. */
async function hashed(call: (input: Call) => Promise<unknown>, input: Call): Promise<unknown> {
  const tokens = new Map<string, unknown>();
  const hashOf = (token: unknown): unknown => {
    if (Array.isArray(token)) return token.map(hashOf);
    const hash = tokenHash(String(token));
    tokens.set(hash, token);
    return hash;
  };
  const withHash = (row: Record<string, unknown> | undefined) =>
    row && "token" in row ? { ...row, token: hashOf(row.token) } : row;
  const withToken = (row: unknown): unknown =>
    typeof row === "object" && row !== null && "token" in row
      ? { ...row, token: tokens.get(String(row.token)) ?? row.token }
      : row;
  const where = input.where?.map((one) => (one.field === "token" ? { ...one, value: hashOf(one.value) } : one));
  const answer = await call({ ...input, where, data: withHash(input.data), update: withHash(input.update) });
  return Array.isArray(answer) ? answer.map(withToken) : withToken(answer);
}
