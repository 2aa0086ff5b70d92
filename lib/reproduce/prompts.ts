// Which prompts of the world are for what.
import type { Task } from "../../models/world/asking.ts";
import { tasks } from "../../models/world/tasks.ts";
import { messagesOf, type PromptContent } from "../preference/conversation.ts";
import type { Scale } from "./scale.ts";

/** Prompts by what they are for; no prompt is in two of them. */
export function promptsOf(scale: Scale) {
  const demonstrations = distinctTasks(tasks(1, "train"), scale.demonstrations);
  const comparisons = distinctTasks(tasks(2, "train"), scale.comparisons, demonstrations);
  const practice = distinctTasks(tasks(3, "train"), 1_000, [...demonstrations, ...comparisons]);
  return {
    demonstrations,
    comparisons,
    /** For policies that are trained from files. */
    practice,
    ranked: distinctTasks(tasks(1, "validation"), scale.heldOutComparisons),
    judged: distinctTasks(tasks(1, "test"), scale.heldOutPrompts),
  };
}
export type Prompts = ReturnType<typeof promptsOf>;

/** Equal for prompts that ask the same. */
export const promptKey = (prompt: PromptContent): string =>
  JSON.stringify(messagesOf(prompt).map(({ role, content }) => [role, content]));

/** The first `count` tasks of a stream with different prompts, none of them in `without`. */
export function distinctTasks(stream: Iterable<Task>, count: number, without: Iterable<Task> = []): Task[] {
  const seen = new Set([...without].map(({ prompt }) => promptKey(prompt)));
  const found: Task[] = [];
  for (const task of stream) {
    if (found.length === count) break;
    const key = promptKey(task.prompt);
    if (!seen.has(key)) found.push(task);
    seen.add(key);
  }
  return found;
}
