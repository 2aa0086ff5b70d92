// Preparing the data before anyone can sign in: the tables, the shipped models, something to rank, guidelines.
import { checkDatabase, closeDatabase, openDatabase } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { worldPrompts } from "../../models/world/prompts.ts";
import { seedGuidelines } from "../project/first-guidelines.ts";
import { registerShippedModels } from "../training/models.ts";
import { seedPrompts } from "../writing/prompts.ts";
import { seedScenarios } from "../writing/scenarios.ts";

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
  await seedPrompts(db, worldPrompts);
  await seedScenarios(db);
  await seedGuidelines(db);
  closeDatabase(db);
  return problems;
}
