// Steps around a prompt and its turns: writing both, and reading the turns of several prompts at once.
import { asc, inArray, sql } from "drizzle-orm";
import type { Message, Shot } from "../../lib/vocabulary/conversation.ts";
import type { PromptKind, Split } from "../../lib/vocabulary/labeling.ts";
import { textHash } from "../change.ts";
import type { Orm } from "../client.ts";
import { newId } from "../id.ts";
import { prompt, promptMessage, promptShot } from "../schema/index.ts";

export interface NewPrompt {
  projectId: string;
  kind: PromptKind;
  messages: readonly Message[];
  /** The same as one text (promptText). */
  text: string;
  useCase: string;
  split: Split;
  /** Of a few-shot prompt. */
  fewShot?: FewShot;
  /** Of a user-based prompt. */
  scenarioId?: string;
  resampledFrom?: string;
}

/** FewShot is what a few-shot prompt is composed of. */
export interface FewShot {
  instruction: string;
  shots: readonly Shot[];
  /** The input to answer. */
  query: string;
}

/** Inserts a prompt with its turns and examples. @param by null: it comes with Rankloop */
export async function addPrompt(
  orm: Orm,
  input: NewPrompt,
  by: { authorId: string | null; now: number },
): Promise<string> {
  const { projectId, kind, text, useCase, split, fewShot, scenarioId, resampledFrom } = input;
  const id = newId();
  const { instruction, query } = fewShot ?? {};
  const row = { id, projectId, kind, text, useCase, split, instruction, query, scenarioId, resampledFrom };
  await orm
    .insert(prompt)
    .values({ ...row, authorId: by.authorId, createdAt: by.now })
    .run();
  await writeParts(orm, id, input);
  return id;
}

/** Inserts the turns of a prompt, and the examples of a few-shot one. */
export async function writeParts(
  orm: Orm,
  promptId: string,
  { messages, fewShot }: Pick<NewPrompt, "messages" | "fewShot">,
) {
  await orm
    .insert(promptMessage)
    .values(messages.map(({ role, content }, position) => ({ promptId, position, role, content })))
    .run();
  if (fewShot && fewShot.shots.length > 0) {
    const shots = fewShot.shots.map(({ query, response }, position) => ({ promptId, position, query, response }));
    await orm.insert(promptShot).values(shots).run();
  }
}

/** The facts of events about a prompt. */
export const promptFacts = ({
  text,
  kind,
  useCase,
  split,
}: Pick<NewPrompt, "text" | "kind" | "split"> & { useCase: string }) => ({
  text: textHash(text),
  kind,
  useCase,
  split,
});

/** A condition on `comparison` (under that name): its prompt is archived, so its answers are handed to nobody. */
export const isArchived = sql`exists (select 1 from prompt
  where prompt.id = comparison.prompt_id and prompt.archived_at is not null)`;

/** The turns of each of these prompts, in their order. */
export async function messagesOfPrompts(orm: Orm, promptIds: readonly string[]): Promise<Map<string, Message[]>> {
  const rows = await orm
    .select({ promptId: promptMessage.promptId, role: promptMessage.role, content: promptMessage.content })
    .from(promptMessage)
    .where(inArray(promptMessage.promptId, [...new Set(promptIds)]))
    .orderBy(asc(promptMessage.promptId), asc(promptMessage.position))
    .all();
  const turns = new Map<string, Message[]>();
  for (const { promptId, ...message } of rows) {
    const known = turns.get(promptId);
    if (known) known.push(message);
    else turns.set(promptId, [message]);
  }
  return turns;
}

/** The turns of one prompt. */
export const messagesOfPrompt = async (orm: Orm, promptId: string): Promise<Message[]> =>
  (await messagesOfPrompts(orm, [promptId])).get(promptId) ?? [];
