// The three kinds of prompt and InstructGPT's ten use cases, in words a contractor understands.
import type { PromptKind, UseCase } from "../../../../lib/vocabulary/labeling.ts";

export const kindNames: Record<PromptKind, string> = {
  plain: "Plain",
  "few-shot": "Few-shot",
  "user-based": "User-based",
};

export const kindHints: Record<PromptKind, string> = {
  plain: "Any task, freely asked.",
  "few-shot": "An instruction with examples.",
  "user-based": "For a described use.",
};

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
