// The three kinds of prompt in words a contractor understands.
import type { PromptKind } from "../../lib/vocabulary/labeling.ts";

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
