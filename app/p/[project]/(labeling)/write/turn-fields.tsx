"use client";
// The prompt itself: one question, or a conversation whose last turn is the person's.
import { flushSync } from "react-dom";
import { Button } from "../../../../ui/button.tsx";
import { TextArea } from "../../../../ui/field.tsx";
import { canAddTurns } from "./prompt-form.ts";
import { type FieldsProps, focusOn } from "./use-prompt-form.ts";

export function TurnFields({ form, onEdit, problem }: FieldsProps) {
  const { turns } = form;
  const last = turns.length - 1;
  const fields = turns.map((text, at) => ({ text, at, name: `turn.${at}` }));
  return (
    <div className="flex flex-col gap-3">
      {fields.map(({ text, at, name }) => (
        <TextArea
          key={name}
          name={name}
          label={last === 0 ? "Prompt" : labelOf(at, last)}
          value={text}
          onChange={(event) => onEdit({ type: "write-turn", at, text: event.target.value })}
          rows={last === 0 ? 9 : 3}
          error={problem?.field === name ? problem.sentence : null}
        />
      ))}
      <div className="flex flex-wrap gap-2">
        <Button
          disabled={!canAddTurns(form)}
          onClick={() => {
            flushSync(() => onEdit({ type: "add-turns" }));
            focusOn(`turn.${last + 1}`);
          }}
        >
          Add an answer and the next question
        </Button>
        {last > 0 ? (
          <Button
            kind="quiet"
            onClick={() => {
              flushSync(() => onEdit({ type: "remove-turns" }));
              focusOn(`turn.${last - 2}`);
            }}
          >
            Remove the last two turns
          </Button>
        ) : null}
      </div>
    </div>
  );
}

function labelOf(at: number, last: number): string {
  if (at === last) return `Turn ${at + 1}, user: what the model answers`;
  return `Turn ${at + 1}, ${at % 2 === 0 ? "user" : "assistant"}`;
}
