// The project that comes with Rankloop, to practise in, and the guidelines that every new project begins with: after the
// instructions to labelers in Ouyang et al. 2022 (appendix B), in our own words. Leads make them theirs on their screen.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bySystem } from "../../db/change.ts";
import type { Database } from "../../db/client.ts";
import { seedPracticeOnce } from "../../db/queries/projects.ts";
import { type Message, messagesOf, promptText } from "../vocabulary/conversation.ts";
import type { UseCase } from "../vocabulary/labeling.ts";
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

/** The use-case descriptions that come along, one for each kind of task, in the voice of people who apply for access. */
export const firstScenarios: readonly string[] = [
  "I run a small bakery and would like help with the words: the card beside each cake, a few lines about the week's bread for our window, and friendly answers to customers who ask whether something can be made without nuts.",
  "I teach eight-year-olds. I want short stories about animals that use this week's ten spelling words, in sentences the children can read alone, with three questions about the story at the end.",
  "We are a volunteer fire brigade. After each call someone dictates what happened. I would paste the notes and get a report of five lines: where, when, what was found, what was done, who was there.",
  "I am learning English in the evenings. I would like to write a few sentences about my day and have them corrected, with the reason for each change in simple words, and then be asked a question so that we go on talking.",
  "Our library gets forty messages a day through its website. I want each one sorted into: lost card, renewal, room booking, complaint, or a person has to read it. A wrong guess about a complaint is worse than no guess.",
  "I write letters for people in our neighbourhood who find it hard: to the landlord about a broken heater, to an office about a missing form. They tell me the facts; the letter should be polite, short and firm.",
  "I keep bees and a garden and want to ask things as they come up: why the bees hang outside the hive, what to sow next to beans, whether this frost is too late for potatoes. Please say so when you do not know.",
  "For our walking club I collect ideas: themes for the yearly outing, games for a rainy afternoon in the hut, names for a new route. Ten at a time, and none of the usual ones.",
  "I look after the minutes of a housing cooperative. From two pages of discussion I need the decisions, who does what by when, and the points that were put off, and nothing that was not said.",
  "I test recipes. I want to paste one and have it changed: for twelve instead of four, without an oven, or in the form of a shopping list by shop. Amounts must stay right.",
  "We restore old radios and our manuals are scans with broken text. From a page I would like a table of part, value and place. Where the scan cannot be read, an empty cell and not a guess.",
  "My grandmother likes to talk about trains and the sea. I would like a patient partner for her who remembers what she said a moment ago, asks back, and never pretends to be a person.",
];
