// Steps around single values of the whole installation.
import { eq } from "drizzle-orm";
import type { Orm } from "../client.ts";
import { setting } from "../schema/index.ts";

/** True the first time that this name is asked for in the life of a database, and false ever after. */
export async function firstTime(orm: Orm, name: string, now: number): Promise<boolean> {
  const before = await orm.select().from(setting).where(eq(setting.name, name)).get();
  if (before) return false;
  await orm
    .insert(setting)
    .values({ name, value: String(now) })
    .run();
  return true;
}
