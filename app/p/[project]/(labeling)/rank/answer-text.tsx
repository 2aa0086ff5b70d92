"use client";
// The whole text of one answer: as written, or its Markdown where the reader turned that on.
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Markdown } from "../../../../ui/markdown.tsx";

interface AnswerTextProps {
  text: string;
  markdown: boolean;
  className?: string;
}

export function AnswerText({ text, markdown, className }: AnswerTextProps) {
  return markdown ? <Markdown text={text} className={className} /> : <AsWritten text={text} className={className} />;
}
