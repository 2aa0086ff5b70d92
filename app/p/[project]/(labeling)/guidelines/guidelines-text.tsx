"use client";
// What the panel loads when it is opened: which version this is, what changed since the one read before, and the text.
import type { Guidelines } from "../../../../../lib/vocabulary/shapes.ts";
import { ChangedLines } from "../../../../ui/changed-lines.tsx";
import { moment } from "../../../../ui/figures.ts";
import { Markdown } from "../../../../ui/markdown.tsx";
import { Person } from "../../../../ui/person.tsx";

interface GuidelinesTextProps {
  guidelines: Guidelines;
  /** The version read last, when it is not this one. */
  before: { version: number; text: string } | null;
}

export default function GuidelinesText({ guidelines, before }: GuidelinesTextProps) {
  const { version, author, createdAt, text } = guidelines;
  return (
    <>
      <p className="text-muted text-sm">
        Version {version} · <Person username={author} /> · {moment(createdAt)}
      </p>
      {before && before.version !== version ? (
        <details open className="mt-3 rounded-md border border-line px-3 py-2">
          <summary className="font-medium">Changed since you read version {before.version}</summary>
          <ChangedLines before={before.text} after={text} />
        </details>
      ) : null}
      <Markdown text={text} className="mt-4" />
    </>
  );
}
