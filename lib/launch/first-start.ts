// What has to be there before anyone can come in: the tables, the shipped models, a project to practise in.
import { checkDatabase, closeDatabase, openDatabase } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { worldPrompts } from "../../models/world/prompts.ts";
import { seedPractice } from "../project/practice.ts";
import { registerShippedModels } from "../training/models.ts";

/**
 * Prepares the data folder. It is safe at every start: what is there already stays as it is.
 * @returns one sentence for each shipped model that is broken
 * @throws Error in one sentence where the database is damaged, or cannot be written
 */
export async function prepareData(): Promise<string[]> {
  await migrate();
  const db = openDatabase();
  checkDatabase(db);
  const { problems } = await registerShippedModels(db);
  await seedPractice(db, worldPrompts);
  closeDatabase(db);
  return problems;
}
