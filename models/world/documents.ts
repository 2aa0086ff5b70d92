// The corpus of the small world: an endless, repeatable stream of texts of mixed quality for pre-training.

import type { PromptContent } from "../../lib/vocabulary/conversation.ts";
import { Random } from "../random.ts";
import { entry } from "./facts.ts";
import { chatPage, dialogue, listPage, noise, questionPage, writtenPage } from "./pages.ts";
import { type Part, partOf, partOfPrompt, unseen } from "./parts.ts";
import { shotsPage } from "./shots.ts";
import { plainStory } from "./stories.ts";

interface Page {
  text: string;
  /** The prompt on it, which decides its part; where there is none, the text does. */
  prompt?: PromptContent;
}

const plain = (make: (r: Random, part: Part) => string) => (r: Random, part: Part) => ({ text: make(r, part) });

/** Kinds of pages by their share of the documents. */
const mixture: readonly (readonly [weight: number, make: (r: Random, part: Part) => Page])[] = [
  [65, chatPage],
  [10, plain(plainStory)],
  [10, plain(entry)],
  [4, plain(questionPage)],
  [4, (r) => shotsPage(r, r.pick([0, 0, 0.3]))],
  [2, plain(listPage)],
  [2, plain(writtenPage)],
  [1.5, plain(dialogue)],
  [1.5, plain(noise)],
];

/**
 * Endless documents, without the end token. Equal seeds give equal documents; within one stream no document comes twice.
 * A page with a prompt belongs to the part that tasks() gives the prompt to, and the questions on other pages are of the
 * page's part, so a model never sees a test prompt.
 */
export function* documents(seed: number, part: Part = "all"): Generator<string, never> {
  const r = new Random(seed);
  const isNew = unseen();
  for (;;) {
    const { text, prompt } = r.weighted(mixture)(r, part);
    const wanted = part === "all" || (prompt ? partOfPrompt(prompt) : partOf(text)) === part;
    if (wanted && text !== "" && isNew(text)) yield text;
  }
}
