// Requests of all ten use cases with what a right answer must satisfy, and good answers: an endless, repeatable stream.

import { messagesOf, promptText } from "../../lib/vocabulary/conversation.ts";
import type { UseCase } from "../../lib/vocabulary/labeling.ts";
import { Random } from "../random.ts";
import { arithmetic } from "./arithmetic.ts";
import type { Request, Task } from "./asking.ts";
import { advice, chat } from "./chats.ts";
import { constrained, withRole } from "./constraints.ts";
import { fact } from "./facts.ts";
import { ideasFor, listing } from "./lists.ts";
import { type Part, partOfPrompt, unseen } from "./parts.ts";
import { aboutStory, classification, closedQuestion, extraction, summary } from "./reading.ts";
import { rewriting } from "./rewriting.ts";
import { fewShot } from "./shots.ts";
import { continuation, story } from "./stories.ts";
import { multiTurn } from "./turns.ts";
import { writing } from "./writing.ts";

/** The use cases' shares in % (InstructGPT, table 1), and who makes their plain requests. */
const makers: readonly (readonly [share: number, UseCase, readonly (readonly [number, (r: Random) => Request])[]])[] = [
  [
    45.6,
    "generation",
    [
      [56, story],
      [8, continuation],
      [36, writing],
    ],
  ],
  [12.4, "open QA", [[1, fact]]],
  [
    11.2,
    "brainstorming",
    [
      [1, listing],
      [1, ideasFor],
    ],
  ],
  [
    8.4,
    "chat",
    [
      [2, chat],
      [1, advice],
    ],
  ],
  [6.6, "rewrite", [[1, rewriting]]],
  [
    4.2,
    "summarization",
    [
      [3, summary],
      [1, aboutStory],
    ],
  ],
  [3.5, "classification", [[1, classification]]],
  [3.5, "other", [[1, arithmetic]]],
  [2.6, "closed QA", [[1, closedQuestion]]],
  [1.9, "extract", [[1, extraction]]],
];
const shots = new Set<UseCase>(["classification", "other", "open QA", "rewrite"]);

const byShare = makers.map((row) => [row[0], row] as const);
const evenly = makers.map((row) => [1, row] as const);

/**
 * A request of some use case. A few makers also make requests of a neighbouring one, which keeps its own name.
 * @param even all use cases alike often, not by InstructGPT's shares
 */
export function anyTask(r: Random, even = false): Task {
  const [, useCase, plain] = r.weighted(even ? evenly : byShare);
  const form = r.next();
  if (form < 0.16 && shots.has(useCase)) return fewShot(r, useCase);
  if (form < 0.26) {
    const turns = multiTurn(r, useCase);
    if (turns) return turns;
  }
  const task = r.weighted(plain)(r);
  // A given text, or a sentence to rewrite, has its own demands: one more would be a puzzle.
  const free = task.want.kind === "items" || task.want.kind === "value" || task.want.kind === "text";
  if (form < 0.34) return free && r.chance(0.6) ? constrained(r, task, "system") : withRole(r, task);
  return free && form < 0.48 ? constrained(r, task, "prompt") : task;
}

/**
 * Endless requests with good answers; equal seeds give equal tasks, no prompt with the same answer comes twice.
 * Parts never share a prompt, whatever the seeds, not even one that differs only in capitals, marks or politeness.
 */
export function* tasks(seed: number, part: Part = "all"): Generator<Task, never> {
  const r = new Random(seed);
  const isNew = unseen();
  for (;;) {
    const task = anyTask(r);
    const wanted = part === "all" || partOfPrompt(task.prompt) === part;
    if (wanted && isNew(`${promptText(messagesOf(task.prompt))}\n${task.answer}`)) yield task;
  }
}
