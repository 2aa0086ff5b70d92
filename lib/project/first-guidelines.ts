// The guidelines that come with Rankloop, after the instructions to labelers in Ouyang et al. 2022 (appendix B), in our
// own words. Leads make them theirs on the guidelines screen.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bySystem } from "../../db/change.ts";
import type { Database } from "../../db/client.ts";
import { seedGuidelinesOnce } from "../../db/queries/guidelines.ts";

const text = (topic: "write" | "rank") =>
  readFileSync(join(import.meta.dirname, `guidelines-${topic}.md`), "utf8").trim();

/** Stores these guidelines once in the life of a database. For the launcher, which acts for nobody. */
export async function seedGuidelines(db: Database, now = Date.now()): Promise<void> {
  await seedGuidelinesOnce(bySystem(db, now), { write: text("write"), rank: text("rank") });
}
