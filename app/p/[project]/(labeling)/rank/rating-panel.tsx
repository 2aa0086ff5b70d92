"use client";
// What stage one asks of one answer: 1 to 7, the eleven flags, a note. Each with its key beside it.
import { memo } from "react";
import { type AnswerFlag, answerFlagNames, answerFlags } from "../../../../../lib/vocabulary/labeling.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import { RatingScale } from "../rating-scale.tsx";
import { FlagBox, KeyHint } from "./flag-box.tsx";
import type { Rating } from "./history.ts";
import { flagKeys } from "./keys.ts";

interface RatingPanelProps {
  label: string;
  rating: Rating;
  /** Asked for, and not there. */
  missing: string | null;
  onRate: (label: string, likert: number | null) => void;
  onFlag: (label: string, flag: AnswerFlag) => void;
  onNote: (label: string, text: string) => void;
}

export const noteId = "rating-note";

export const RatingPanel = memo(function RatingPanel({
  label,
  rating,
  missing,
  onRate,
  onFlag,
  onNote,
}: RatingPanelProps) {
  return (
    <section aria-label={`Rating of ${label}`} className="flex min-w-0 flex-col gap-3">
      <RatingScale
        label="Overall quality"
        rating={rating.likert}
        onRate={(likert) => onRate(label, likert)}
        error={missing}
      />
      <fieldset>
        <legend className="mb-1 font-medium">Flags</legend>
        <ul className="flex flex-col gap-x-4 sm:max-lg:grid sm:max-lg:grid-cols-2">
          {answerFlagNames.map((flag) => (
            <li key={flag}>
              <FlagBox isOn={rating.flags.includes(flag)} onToggle={() => onFlag(label, flag)} letter={flagKeys[flag]}>
                {answerFlags[flag]}
              </FlagBox>
            </li>
          ))}
        </ul>
      </fieldset>
      <div className="flex flex-col gap-1">
        <label htmlFor={noteId} className="flex justify-between font-medium">
          Note (optional)
          <KeyHint letter="n" />
        </label>
        <textarea
          key={label}
          id={noteId}
          dir="auto"
          rows={3}
          maxLength={limits.noteCharacters}
          value={rating.note}
          onChange={(event) => onNote(label, event.target.value)}
          className="control field-sizing-content max-h-60 min-h-18 resize-y"
        />
      </div>
    </section>
  );
});
