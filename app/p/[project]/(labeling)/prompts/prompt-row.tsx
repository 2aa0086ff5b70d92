"use client";
// A prompt in the list: how it begins, what is known of it, and whether it is selected.
import type { Prompt } from "../../../../../lib/vocabulary/shapes.ts";
import { counted, moment } from "../../../../ui/figures.ts";
import { Link } from "../../../../ui/link.tsx";
import { Person } from "../../../../ui/person.tsx";
import { useHydrated } from "../../../../ui/use-hydrated.ts";
import { shown } from "../../../../ui/written.ts";
import { kindNames } from "../prompt-words.ts";

interface PromptRowProps {
  prompt: Prompt;
  isSelected: boolean;
  /** Absent: this person cannot change it. */
  select?: ((on: boolean) => void) | undefined;
}

export function PromptRow({ prompt, isSelected, select }: PromptRowProps) {
  const isHydrated = useHydrated();
  const text = shown(prompt.text.slice(0, 400));
  return (
    <li className="flex border-line border-t first:border-t-0">
      {select ? (
        <label className="flex min-w-10 cursor-pointer items-start justify-center pt-3.5 hover:bg-sunken">
          <input
            type="checkbox"
            checked={isSelected}
            disabled={!isHydrated}
            onChange={(event) => select(event.target.checked)}
            aria-label={`Select: ${text.slice(0, 80)}`}
            className="accent-accent"
          />
        </label>
      ) : null}
      <div className={`relative min-w-0 flex-1 py-2.5 pe-4 hover:bg-sunken ${select ? "ps-1" : "ps-4"}`}>
        {/* The link covers the rest of the row, so that all of it can be pressed. */}
        <Link
          href={`/prompts/${prompt.id}`}
          prefetch={false}
          dir="auto"
          className="line-clamp-2 text-ink text-read no-underline wrap-anywhere before:absolute before:inset-0"
        >
          {text}
        </Link>
        <p className="flex flex-wrap gap-x-4 text-muted text-sm">
          <span>{kindNames[prompt.kind]}</span>
          <span>{prompt.useCase}</span>
          <Person username={prompt.author} />
          <span>{moment(prompt.createdAt)}</span>
          {prompt.demonstrations > 0 ? <span>{counted(prompt.demonstrations, "demonstration")}</span> : null}
          {prompt.comparisons > 0 ? (
            <span>{counted(prompt.comparisons, "set of answers", "sets of answers")}</span>
          ) : null}
          {prompt.rankingsLeft > 0 ? <span>{counted(prompt.rankingsLeft, "ranking")} left</span> : null}
        </p>
      </div>
    </li>
  );
}
