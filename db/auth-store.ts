// better-auth's way to its tables. The adapter keeps drizzle inside db/.
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { type Database, ormOf } from "./client.ts";
import { account, session, user, verification } from "./schema/people.ts";

export const authStore = (db: Database) =>
  drizzleAdapter(ormOf(db), { provider: "sqlite", schema: { account, session, user, verification } });
