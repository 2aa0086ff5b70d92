"use client";
// One example pair: its two texts, a grip to drag it by, and buttons for those who do not drag.
import { flushSync } from "react-dom";
import { TextArea } from "../../../../ui/field.tsx";
import type { Drag } from "../use-drag.ts";
import type { FormProblem } from "./as-prompt.ts";
import type { Edit, Example } from "./prompt-form.ts";
import { focusOn } from "./use-prompt-form.ts";

interface ExampleRowProps {
  example: Example;
  /** From 0. */
  place: number;
  count: number;
  /** The place of the row that is being dragged. */
  from: number | null;
  onGrab: Drag["grab"];
  problem: FormProblem | null;
  onEdit: (edit: Edit) => void;
  onMove: (key: number, to: number) => void;
  onRemove: (key: number) => void;
}

export function ExampleRow({
  example,
  place,
  count,
  from,
  onGrab,
  problem,
  onEdit,
  onMove,
  onRemove,
}: ExampleRowProps) {
  const { key } = example;
  const landing = from !== null && from < place ? "data-over:border-b-accent" : "data-over:border-t-accent";
  function shift(by: -1 | 1, button: string) {
    flushSync(() => onMove(key, place + by));
    // The row was taken out and put in again: the focus with it.
    focusOn(button);
  }
  const field = (part: "query" | "response", label: string) => {
    const name = `example.${key}.${part}`;
    return (
      <TextArea
        name={name}
        label={label}
        value={example[part]}
        onChange={(event) => onEdit({ type: "write-example", key, field: part, text: event.target.value })}
        rows={2}
        error={problem?.field === name ? problem.sentence : null}
      />
    );
  };
  return (
    <li
      data-rank={place}
      className={`rounded-md border border-line bg-surface ${landing} ${from === place ? "opacity-50" : ""}`}
    >
      <fieldset aria-label={`Example ${place + 1}`} className="min-w-0 px-3 pb-3">
        <div className="-mx-3 mb-1 flex items-center gap-1 pe-1">
          <div
            onPointerDown={(event) => onGrab(event, String(key))}
            title="Drag to another place"
            className="me-auto flex min-h-9 flex-1 cursor-grab touch-manipulation select-none items-center px-3 text-muted text-sm active:cursor-grabbing"
          >
            Example {place + 1}
          </div>
          <RowButton
            name={`example.${key}.up`}
            label={`Move example ${place + 1} up`}
            works={place > 0}
            onPress={() => shift(-1, `example.${key}.up`)}
          >
            ↑
          </RowButton>
          <RowButton
            name={`example.${key}.down`}
            label={`Move example ${place + 1} down`}
            works={place < count - 1}
            onPress={() => shift(1, `example.${key}.down`)}
          >
            ↓
          </RowButton>
          <RowButton
            name={`example.${key}.remove`}
            label={`Remove example ${place + 1}`}
            works
            onPress={() => onRemove(key)}
          >
            Remove
          </RowButton>
        </div>
        <div className="grid gap-3 sm:grid-cols-2">
          {field("query", "Input")}
          {field("response", "Output")}
        </div>
      </fieldset>
    </li>
  );
}

/** Keeps the focus where it does nothing: at the end of the list the next press must not go astray. */
function RowButton({
  name,
  label,
  works,
  onPress,
  children,
}: {
  name: string;
  label: string;
  works: boolean;
  onPress: () => void;
  children: string;
}) {
  return (
    <button
      type="button"
      name={name}
      aria-label={label}
      aria-disabled={!works}
      onClick={works ? onPress : undefined}
      className="min-h-8 min-w-8 rounded-md px-2 text-muted text-sm hover:bg-sunken hover:text-ink aria-disabled:cursor-default aria-disabled:opacity-40"
    >
      {children}
    </button>
  );
}
