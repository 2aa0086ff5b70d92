"use client";
// Every version, newest first, each with what it changed and its whole text.
import { useState } from "react";
import type { Guidelines } from "../../../../../lib/vocabulary/shapes.ts";
import { ChangedLines } from "../../../../ui/changed-lines.tsx";
import { moment } from "../../../../ui/figures.ts";
import { Section } from "../../../../ui/frame.tsx";
import { Markdown } from "../../../../ui/markdown.tsx";
import { Person } from "../../../../ui/person.tsx";

export function Versions({ versions }: { versions: readonly Guidelines[] }) {
  if (versions.length === 0) return null;
  return (
    <Section title="Versions">
      <ol className="rounded-md border border-line bg-surface" reversed>
        {versions.map((one, index) => (
          <Version key={one.version} version={one} before={versions[index + 1] ?? null} isInForce={index === 0} />
        ))}
      </ol>
    </Section>
  );
}

interface VersionProps {
  version: Guidelines;
  /** What it took the place of. */
  before: Guidelines | null;
  isInForce: boolean;
}

function Version({ version: { version, author, createdAt, text }, before, isInForce }: VersionProps) {
  // Compared when somebody looks.
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="border-line border-t first:border-t-0">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="px-4 py-2.5 hover:bg-sunken">
          <span className="font-medium">Version {version}</span>
          <span className="text-muted">
            {" "}
            · <Person username={author} /> · {moment(createdAt)}
            {isInForce ? " · in force" : ""}
          </span>
        </summary>
        {isOpen ? (
          <div className="flex max-w-3xl flex-col gap-4 px-4 pb-4">
            {before ? (
              <section aria-label={`What version ${version} changed`}>
                <h3 className="mb-2 font-medium">Changed against version {before.version}</h3>
                <ChangedLines before={before.text} after={text} />
              </section>
            ) : null}
            <section aria-label={`Version ${version}, whole`}>
              {before ? <h3 className="mb-2 font-medium">The whole text</h3> : null}
              <Markdown text={text} />
            </section>
          </div>
        ) : null}
      </details>
    </li>
  );
}
