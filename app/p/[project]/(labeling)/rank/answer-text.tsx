"use client";
// An answer as the ranking screen shows it: its text as written, or its Markdown where the reader turned that on.
import type { Assignment } from "../../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Markdown } from "../../../../ui/markdown.tsx";

/** What the parts of the screen show and need of an answer. */
export type CandidateShown = Assignment["candidates"][number];

interface AnswerTextProps {
  text: string;
  markdown: boolean;
  className?: string;
}

export function AnswerText({ text, markdown, className }: AnswerTextProps) {
  return markdown ? <Markdown text={text} className={className} /> : <AsWritten text={text} className={className} />;
}
