// The database of RANKLOOP_DATA for a command: brought to this version's tables, and not made by a mistyped path.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Database, databaseAddress, isPostgres, openDatabase } from "../../db/client.ts";
import { databaseFileIn } from "../../db/data-directory.ts";
import { migrate } from "../../db/migrate.ts";
import { listProjects } from "../../db/queries/members.ts";
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

/**
 * The id of the project that a command is about.
 * @param name as it was given; absent: the only one that is not archived
 * @throws InputError where there is none of this name, or one must be chosen
 */
export async function projectNamed(db: Database, name?: string): Promise<string> {
  const all = await listProjects(db, { userId: "", all: true });
  const names = all.map((one) => `"${one.name}"`).join(", ");
  if (name !== undefined) {
    const found = all.find((one) => one.id === name || one.name.toLowerCase() === name.toLowerCase());
    if (!found) throw new InputError(`There is no project "${name}": there are ${names || "none"}.`);
    return found.id;
  }
  const [only, another] = all.filter(({ archivedAt }) => archivedAt === null);
  if (!only) throw new InputError("There is no project yet: make one first.");
  if (another) throw new InputError(`There are several projects: say --project NAME, one of ${names}.`);
  return only.id;
}
