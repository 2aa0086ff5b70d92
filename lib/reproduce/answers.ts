// Several answers of a model to each of some tasks.
import { sampleAnswers } from "../../models/train/sample-answers.ts";
import type { Task } from "../../models/world/asking.ts";

/** @returns [task][answer] texts */
export async function answersTo(
  tasks: readonly Task[],
  k: number,
  sampling: { model: string; answerTokens: number; seed: number; signal: AbortSignal },
): Promise<string[][]> {
  const prompts = tasks.flatMap(({ prompt }) => Array.from({ length: k }, () => prompt));
  const answers = await sampleAnswers({ ...sampling, prompts });
  return tasks.map((_, i) => answers.slice(i * k, (i + 1) * k).map(({ text }) => text));
}
