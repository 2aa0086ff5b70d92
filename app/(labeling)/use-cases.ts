// InstructGPT's ten use cases in words a contractor understands.
import type { UseCase } from "../../lib/vocabulary/labeling.ts";

/** In the order of the menu: the most frequent first. */
export const useCaseHints: Record<UseCase, string> = {
  generation: "write something new: a story, a letter",
  "open QA": "answer a question from general knowledge",
  brainstorming: "a list of ideas",
  chat: "go on with a conversation",
  rewrite: "say the same in another way",
  summarization: "make a text shorter",
  classification: "say which of several kinds something is",
  other: "none of these",
  "closed QA": "answer a question from the text given with it",
  extract: "pull facts out of a text given with it",
};
