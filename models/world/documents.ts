// The corpus of the small world: an endless, repeatable stream of texts of mixed quality for pre-training.

import type { PromptContent } from "../../lib/preference/conversation.ts";
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

const plain = (make: (r: Random) => string) => (r: Random) => ({ text: make(r) });

/** Kinds of pages by their share of the documents. */
const mixture: readonly (readonly [weight: number, make: (r: Random) => Page])[] = [
  [46, chatPage],
  [16, plain(plainStory)],
  [16, plain(entry)],
  [6, plain(questionPage)],
  [6, plain((r) => shotsPage(r, r.pick([0, 0, 0.3])))],
  [3, plain(listPage)],
  [3, plain(writtenPage)],
  [2, plain(dialogue)],
  [2, plain(noise)],
];

/**
 * Endless documents, without the end token. Equal seeds give equal documents; within one stream no document comes twice.
 * A page with a prompt belongs to the part that tasks() gives the prompt to, so a model never sees a test prompt.
 */
export function* documents(seed: number, part: Part = "all"): Generator<string, never> {
  const r = new Random(seed);
  const isNew = unseen();
  for (;;) {
    const { text, prompt } = r.weighted(mixture)(r);
    const wanted = part === "all" || (prompt ? partOfPrompt(prompt) : partOf(text)) === part;
    if (wanted && text !== "" && isNew(text)) yield text;
  }
}
