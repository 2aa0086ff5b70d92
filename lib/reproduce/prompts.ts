// The prompts of a reproduction: which of the world's prompts are for what.
import type { Task } from "../../models/world/asking.ts";
import { coreOf } from "../../models/world/parts.ts";
import { worldPrompts } from "../../models/world/prompts.ts";
import { tasks } from "../../models/world/tasks.ts";
import { messagesOf, type PromptContent } from "../vocabulary/conversation.ts";
import type { Scale } from "./scale.ts";

/** The prompts by purpose; no prompt serves two. */
export function promptsOf(scale: Scale) {
  // The application begins with some prompts, which policies practise on, too.
  const there = worldPrompts.map(({ text, messages }) => ({ prompt: messages ?? text }));
  const demonstrations = distinctTasks(tasks(1, "train"), scale.demonstrations, there);
  const comparisons = distinctTasks(tasks(2, "train"), scale.comparisons, [...there, ...demonstrations]);
  const practice = distinctTasks(tasks(3, "train"), scale.practicePrompts, [
    ...there,
    ...demonstrations,
    ...comparisons,
  ]);
  return {
    demonstrations,
    comparisons,
    /** For policies trained from files, in this process. */
    practice,
    ranked: distinctTasks(tasks(1, "validation"), scale.heldOutComparisons, there),
    judged: distinctTasks(tasks(1, "test"), scale.heldOutPrompts, there),
  };
}
export type Prompts = ReturnType<typeof promptsOf>;

/** A key that is equal for equal prompts, be they text or turns. */
export const promptKey = (prompt: PromptContent): string =>
  JSON.stringify(messagesOf(prompt).map(({ role, content }) => [role, content]));

/** A key that is also equal for prompts that differ only in capitals, punctuation or politeness. */
const askedBy = (prompt: PromptContent): string =>
  messagesOf(prompt)
    .map(({ content }) => coreOf(content))
    .join("\n");

/** The first `count` tasks of a stream with different prompts, none of which is among those of `without`. */
export function distinctTasks(
  stream: Iterable<Task>,
  count: number,
  without: readonly Pick<Task, "prompt">[] = [],
): Task[] {
  const seen = new Set(without.map(({ prompt }) => askedBy(prompt)));
  const found: Task[] = [];
  for (const task of stream) {
    if (found.length === count) break;
    const key = askedBy(task.prompt);
    if (!seen.has(key)) found.push(task);
    seen.add(key);
  }
  return found;
}
