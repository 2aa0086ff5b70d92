"use client";
// The example pairs of a few-shot prompt as rows: added, taken away, and put in order by buttons or by dragging.
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import { Button } from "../../../../ui/button.tsx";
import { useDrag } from "../use-drag.ts";
import { ExampleRow } from "./example-row.tsx";
import { canAddExample } from "./prompt-form.ts";
import { type FieldsProps, focusOn } from "./use-prompt-form.ts";

export function ExampleRows({ form, onEdit, problem }: FieldsProps) {
  const { examples } = form;
  const [said, say] = useState("");
  const placeOf = (key: number) => examples.findIndex((row) => row.key === key);

  function move(key: number, to: number) {
    if (to < 0 || to >= examples.length || to === placeOf(key)) return;
    onEdit({ type: "move-example", key, to });
    say(`Example ${placeOf(key) + 1} is now number ${to + 1} of ${examples.length}.`);
  }
  const list = useRef<HTMLOListElement>(null);
  const { dragged, grab } = useDrag(list, (key, to) => move(Number(key), to));
  const from = dragged ? placeOf(Number(dragged.label)) : null;

  function remove(key: number) {
    const next = examples[placeOf(key) + 1] ?? examples[placeOf(key) - 1];
    flushSync(() => onEdit({ type: "remove-example", key }));
    if (next) focusOn(`example.${next.key}.remove`);
  }

  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium">Examples</legend>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
      <ol ref={list} className="flex flex-col gap-2">
        {examples.map((example, place) => (
          <ExampleRow
            key={example.key}
            example={example}
            place={place}
            count={examples.length}
            from={from}
            onGrab={grab}
            problem={problem}
            onEdit={onEdit}
            onMove={move}
            onRemove={remove}
          />
        ))}
      </ol>
      <Button
        className="mt-2"
        disabled={!canAddExample(form)}
        onClick={() => {
          flushSync(() => onEdit({ type: "add-example" }));
          const fields = document.querySelectorAll<HTMLElement>('[name^="example."][name$=".query"]');
          fields.item(fields.length - 1)?.focus();
        }}
      >
        Add an example
      </Button>
      {canAddExample(form) ? null : <p className="mt-1 text-muted">That is the most: {limits.shots.max} examples.</p>}
    </fieldset>
  );
}
