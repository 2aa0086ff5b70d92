// The project that comes with Rankloop, to practise in, and the guidelines that every new project begins with: after the
// instructions to labelers in Ouyang et al. 2022 (appendix B), in our own words. Leads make them theirs on their screen.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bySystem } from "../../db/change.ts";
import type { Database } from "../../db/client.ts";
import { seedPracticeOnce } from "../../db/queries/projects.ts";
import { type Message, messagesOf, promptText } from "../vocabulary/conversation.ts";
import type { UseCase } from "../vocabulary/labeling.ts";
import { firstScenarios } from "../writing/first-scenarios.ts";
import { splitOf } from "../writing/split.ts";

/** The id of the project that comes with Rankloop. */
export const practiceProject = "practice";

const text = (topic: "write" | "rank") =>
  readFileSync(join(import.meta.dirname, `guidelines-${topic}.md`), "utf8").trim();

/** Read once, by whoever needs them first. */
let read: { write: string; rank: string } | undefined;
export const firstGuidelines = () => {
  read ??= { write: text("write"), rank: text("rank") };
  return read;
};

/**
 * Made once in the life of a database: later starts change nothing. For the launcher, which acts for nobody.
 * @param list its prompts, the first on top
 */
export async function seedPractice(
  db: Database,
  list: readonly { text: string; messages?: readonly Message[]; useCase: UseCase }[],
  now = Date.now(),
): Promise<void> {
  const prompts = list.map(({ messages: turns, useCase, ...one }) => {
    const messages = turns ?? messagesOf(one.text);
    const text = promptText(messages);
    return { kind: "plain" as const, messages, text, useCase, split: splitOf(text) };
  });
  const head = { id: practiceProject, name: "Practice: the small world" };
  const rest = { guidelines: firstGuidelines(), prompts, scenarios: firstScenarios };
  await seedPracticeOnce(bySystem(db, now), { ...head, ...rest });
}
