// Measuring a model by the gold judge, on its answers to prompts that nothing learned from.

import { messagesOf, promptText } from "../../lib/vocabulary/conversation.ts";
import { bootstrap, type Interval, mean } from "../interval.ts";
import type { Task } from "../world/asking.ts";
import { goldMargin } from "../world/gold.ts";
import { judge } from "../world/judge.ts";
import { sampleAnswers } from "./sample-answers.ts";

export interface Judged {
  /** [task][sample] gold scores, 0 to 1. */
  scores: number[][];
  /** Share of the answers that the model ended itself. */
  ended: number;
  /** Tokens of an answer, mean. */
  tokens: number;
  /** The first answers, for people to read. */
  read: { prompt: string; answer: string; score: number }[];
}

interface Asked {
  /** Directory of a language model. */
  model: string;
  tasks: readonly Task[];
  /** How many answers to sample for each task. */
  samples: number;
  answerTokens: number;
  seed: number;
  threads?: number;
  signal?: AbortSignal;
  /** See SampleAnswersConfig. */
  bare?: boolean;
  /** Good answers to other prompts, shown before the prompt: how a base model is told what is wanted. */
  shots?: readonly Task[];
}

/** Sampled at temperature 1, as the answers that InstructGPT's labelers compared. */
export async function judged({ tasks, samples, shots = [], ...sampling }: Asked): Promise<Judged> {
  const prompts = tasks.map(({ prompt }) => (shots.length === 0 ? prompt : withShots(shots, prompt)));
  const repeated = Array.from({ length: samples }, () => prompts).flat();
  const answers = await sampleAnswers({ ...sampling, prompts: repeated });
  const score = (task: number, sample: number) =>
    judge(tasks[task]!, answers[sample * tasks.length + task]!.text).score;
  const scores = tasks.map((_, task) => Array.from({ length: samples }, (_, sample) => score(task, sample)));
  return {
    scores,
    ended: mean(answers.map(({ ended }) => Number(ended))),
    tokens: mean(answers.map(({ tokens }) => tokens)),
    read: tasks.slice(0, 12).map((task, i) => ({
      prompt: promptText(messagesOf(task.prompt)),
      answer: answers[i]!.text,
      score: scores[i]![0]!,
    })),
  };
}

/** As earlier turns; a system message stays before all of them. */
function withShots(shots: readonly Task[], prompt: Task["prompt"]) {
  const turns = messagesOf(prompt);
  const before = turns.filter(({ role }) => role === "system");
  const examples = shots.flatMap(({ prompt: asked, answer }) => [
    ...messagesOf(asked),
    { role: "assistant" as const, content: answer },
  ]);
  return [...before, ...examples, ...turns.filter(({ role }) => role !== "system")];
}

/** Mean gold score, with its interval over the prompts. */
export const goldScore = ({ scores }: Pick<Judged, "scores">): Interval => bootstrap(scores.map(mean), mean);

/** How often one model's answers are better than another's to the same prompts; what the judge cannot tell apart is half. */
export function winRate(one: Pick<Judged, "scores">, other: Pick<Judged, "scores">): Interval {
  const wins = one.scores.map((scores, task) =>
    mean(scores.flatMap((x) => other.scores[task]!.map((y) => (Math.abs(x - y) < goldMargin ? 0.5 : x > y ? 1 : 0)))),
  );
  return bootstrap(wins, mean);
}
