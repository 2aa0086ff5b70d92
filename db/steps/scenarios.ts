// Use-case descriptions: what is shown of one, and the step of a change that adds one.
import type { Orm } from "../client.ts";
import { newId } from "../id.ts";
import { scenario } from "../schema/index.ts";

export interface ScenarioRow {
  id: string;
  text: string;
  createdAt: number;
}

export const scenarioShown = { id: scenario.id, text: scenario.text, createdAt: scenario.createdAt };

/** @param row.authorId null: it comes with Rankloop */
export async function addScenario(
  orm: Orm,
  row: { projectId: string; text: string; authorId: string | null; createdAt: number },
): Promise<ScenarioRow> {
  return orm
    .insert(scenario)
    .values({ id: newId(), ...row })
    .returning(scenarioShown)
    .get();
}
