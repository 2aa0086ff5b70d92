// Steps around single values of the whole installation.
import { eq } from "drizzle-orm";
import type { Orm } from "../client.ts";
import { setting } from "../schema/index.ts";

/** Whether this is the first time in the life of a database that somebody asks for this; it is remembered. */
export async function firstTime(orm: Orm, name: string, now: number): Promise<boolean> {
  const before = await orm.select().from(setting).where(eq(setting.name, name)).get();
  if (before) return false;
  await orm
    .insert(setting)
    .values({ name, value: String(now) })
    .run();
  return true;
}
