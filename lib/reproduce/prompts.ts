// Which prompts of the world are for what.
import type { Task } from "../../models/world/asking.ts";
import { coreOf } from "../../models/world/parts.ts";
import { worldPrompts } from "../../models/world/prompts.ts";
import { tasks } from "../../models/world/tasks.ts";
import { messagesOf, type PromptContent } from "../vocabulary/conversation.ts";
import type { Scale } from "./scale.ts";

/** Prompts by what they are for; no prompt is in two of them. */
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
    /** For policies that are trained from files. */
    practice,
    ranked: distinctTasks(tasks(1, "validation"), scale.heldOutComparisons, there),
    judged: distinctTasks(tasks(1, "test"), scale.heldOutPrompts, there),
  };
}
export type Prompts = ReturnType<typeof promptsOf>;

/** Equal for equal prompts, as text or as turns. */
export const promptKey = (prompt: PromptContent): string =>
  JSON.stringify(messagesOf(prompt).map(({ role, content }) => [role, content]));

/** Equal also for prompts that differ in capitals, marks or politeness only. */
const askedBy = (prompt: PromptContent): string =>
  messagesOf(prompt)
    .map(({ content }) => coreOf(content))
    .join("\n");

/** The first `count` tasks of a stream that ask different things, and nothing that is asked in `without`. */
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
