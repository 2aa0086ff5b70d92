"use client";
// What stage one asks of one answer: 1 to 7, the eleven flags, a note. Each with its key beside it.
import { memo } from "react";
import { limits } from "../../../lib/api/limits.ts";
import { type AnswerFlag, answerFlagNames, answerFlags } from "../../../lib/preference/labeling.ts";
import { RatingScale } from "../rating-scale.tsx";
import type { Judgment } from "./history.ts";
import { flagKeys } from "./keys.ts";

interface RatingPanelProps {
  label: string;
  judgment: Judgment;
  onRate: (label: string, likert: number | null) => void;
  onFlag: (label: string, flag: AnswerFlag) => void;
  onNote: (label: string, text: string) => void;
}

export const noteId = "rating-note";

export const RatingPanel = memo(function RatingPanel({ label, judgment, onRate, onFlag, onNote }: RatingPanelProps) {
  return (
    <section aria-label={`Rating of ${label}`} className="flex min-w-0 flex-col gap-3">
      <RatingScale label="Overall quality" rating={judgment.likert} onRate={(likert) => onRate(label, likert)} />
      <fieldset>
        <legend className="mb-1 font-medium">Flags</legend>
        <ul className="flex flex-col gap-x-4 sm:max-lg:grid sm:max-lg:grid-cols-2">
          {answerFlagNames.map((flag) => (
            <li key={flag}>
              <label className="flex min-h-7 cursor-pointer items-start gap-2 rounded-sm px-1 py-1 leading-5 hover:bg-sunken has-checked:bg-accent-wash pointer-coarse:min-h-10 pointer-coarse:items-center">
                <input
                  type="checkbox"
                  checked={judgment.flags.includes(flag)}
                  onChange={() => onFlag(label, flag)}
                  className="mt-1 shrink-0 accent-accent pointer-coarse:mt-0"
                />
                <span className="flex-1">{answerFlags[flag]}</span>
                <kbd className="hidden shrink-0 font-mono text-muted text-xs uppercase leading-5 pointer-fine:inline">
                  {flagKeys[flag]}
                </kbd>
              </label>
            </li>
          ))}
        </ul>
      </fieldset>
      <div className="flex flex-col gap-1">
        <label htmlFor={noteId} className="flex justify-between font-medium">
          Note (optional)
          <kbd className="hidden font-mono font-normal text-muted text-xs uppercase leading-5 pointer-fine:inline">
            n
          </kbd>
        </label>
        <textarea
          key={label}
          id={noteId}
          dir="auto"
          rows={3}
          maxLength={limits.noteCharacters}
          value={judgment.note}
          onChange={(event) => onNote(label, event.target.value)}
          className="control field-sizing-content max-h-60 min-h-18 resize-y"
        />
      </div>
    </section>
  );
});
