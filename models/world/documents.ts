// The corpus of the small world: an endless, repeatable stream of requests with answers, and of plain texts.

import { Random } from "../random.ts";
import { arithmetic } from "./arithmetic.ts";
import type { Task } from "./asking.ts";
import { advice, chat } from "./chats.ts";
import { entry, fact } from "./facts.ts";
import { ideasFor, listing } from "./lists.ts";
import { aboutStory, classification, closedQuestion, extraction, fewShot, summary } from "./reading.ts";
import { rewriting } from "./rewriting.ts";
import { continuation, plainStory, story } from "./stories.ts";
import { writing } from "./writing.ts";

/** Shares of the kinds of tasks, in InstructGPT's order of frequency but flatter: rare kinds must be learnt, too. */
const mixture: readonly (readonly [weight: number, make: (r: Random) => Task])[] = [
  [24, story],
  [4, continuation],
  [14, writing],
  [17, fact],
  [5, listing],
  [5, ideasFor],
  [6, chat],
  [3, advice],
  [7, rewriting],
  [3, summary],
  [4, classification],
  [6, arithmetic],
  [4, closedQuestion],
  [2, extraction],
  [3, aboutStory],
  [2, fewShot],
];

/** A prompt, an empty line, its answer: what the chat template of models/gpt writes for the same conversation. */
export const asDocument = ({ prompt, answer }: Pick<Task, "prompt" | "answer">): string => `${prompt}\n\n${answer}`;

/**
 * Which documents of the stream to give. "train" and "validation" have no document in common, whatever the seeds: a
 * fiftieth of all possible documents, chosen by hash, is kept for validation. (Likeness remains: the world is small.)
 */
export type Part = "all" | "train" | "validation";

/** Endless requests with good answers; equal seeds give equal tasks, and no pair comes twice. */
export function* tasks(seed: number, part: Part = "all"): Generator<Task, never> {
  const r = new Random(seed);
  const wanted = newOf(part);
  for (;;) {
    const task = r.weighted(mixture)(r);
    if (wanted(asDocument(task))) yield task;
  }
}

/**
 * Endless documents for pre-training, without the end token: four in five are a task (see asDocument), the others are
 * stories and entries. Equal seeds give equal documents; within one stream no document comes twice.
 */
export function* documents(seed: number, part: Part = "all"): Generator<string, never> {
  const r = new Random(seed);
  const wanted = newOf(part);
  for (;;) {
    const text = r.chance(0.8) ? asDocument(r.weighted(mixture)(r)) : r.chance(0.75) ? plainStory(r) : entry(r);
    if (wanted(text)) yield text;
  }
}

/** Is this text of the part, and not seen before? Remembers 53-bit hashes: a million documents cost some 50 MB. */
function newOf(part: Part): (text: string) => boolean {
  const seen = new Set<number>();
  return (text) => {
    const hash = hashOf(text);
    if (part !== "all" && (hash % 50 === 0) !== (part === "validation")) return false;
    if (seen.has(hash)) return false;
    seen.add(hash);
    return true;
  };
}

/** FNV-1a over UTF-16 units in two lanes, 53 bits together. */
function hashOf(text: string): number {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ (code + i), 0x5bd1e995);
  }
  return (high >>> 0) * 0x200000 + ((low ^ (low >>> 15)) & 0x1fffff);
}
