// The database of RANKLOOP_DATA for a command: brought to this version's tables, and not made by a mistyped path.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Database, databaseAddress, isPostgres, openDatabase } from "../../db/client.ts";
import { databaseFileIn } from "../../db/data-directory.ts";
import { migrate } from "../../db/migrate.ts";
import { InputError } from "./input.ts";

export const databaseFile = (): string => databaseFileIn(resolve(process.env.RANKLOOP_DATA || "data"));

/**
 * @param file in place of the one in use
 * @throws InputError where Rankloop has never been started.
 */
export async function existingDatabase(
  file = process.env.RANKLOOP_DATABASE ? databaseAddress() : databaseFile(),
): Promise<Database> {
  if (!isPostgres(file) && !existsSync(file)) {
    throw new InputError(`There is no ${file}: start Rankloop once with "npm start", or set RANKLOOP_DATA.`);
  }
  await migrate(file);
  return openDatabase(file);
}
