"use client";
// The example pairs of a few-shot prompt as rows: added, taken away, and put in order by buttons or by dragging.
import {
  DndContext,
  MouseSensor,
  pointerWithin,
  TouchSensor,
  useDraggable,
  useDroppable,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { useState } from "react";
import { flushSync } from "react-dom";
import { limits } from "../../../lib/api/limits.ts";
import { Button } from "../../ui/button.tsx";
import { TextArea } from "../../ui/field.tsx";
import { focusOn } from "./focus-on.ts";
import { canAddExample, type Edit, type Example, type PromptForm } from "./prompt-form.ts";

interface ExampleRowsProps {
  form: PromptForm;
  onEdit: (edit: Edit) => void;
  problem: { field: string; sentence: string } | null;
}

/** dnd-kit's own voice is off: a move is said alike however it was made. */
const silent = {
  onDragStart: () => undefined,
  onDragOver: () => undefined,
  onDragEnd: () => undefined,
  onDragCancel: () => undefined,
};

export function ExampleRows({ form, onEdit, problem }: ExampleRowsProps) {
  const { examples } = form;
  const [said, say] = useState("");
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 4 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 160, tolerance: 8 } }),
  );
  const placeOf = (key: number) => examples.findIndex((row) => row.key === key);

  function move(key: number, to: number) {
    if (to < 0 || to >= examples.length || to === placeOf(key)) return;
    onEdit({ type: "move-example", key, to });
    say(`Example ${placeOf(key) + 1} is now number ${to + 1} of ${examples.length}.`);
  }
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
      <DndContext
        id="examples"
        sensors={sensors}
        collisionDetection={pointerWithin}
        accessibility={{ announcements: silent, screenReaderInstructions: { draggable: "" }, restoreFocus: false }}
        onDragEnd={({ active, over }) => {
          if (over) move(Number(active.id), placeOf(Number(over.id)));
        }}
      >
        <ol className="flex flex-col gap-2">
          {examples.map((example, place) => (
            <Row
              key={example.key}
              example={example}
              place={place}
              count={examples.length}
              problem={problem}
              onEdit={onEdit}
              onMove={move}
              onRemove={remove}
            />
          ))}
        </ol>
      </DndContext>
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

interface RowProps {
  example: Example;
  /** From 0. */
  place: number;
  count: number;
  problem: { field: string; sentence: string } | null;
  onEdit: (edit: Edit) => void;
  onMove: (key: number, to: number) => void;
  onRemove: (key: number) => void;
}

function Row({ example, place, count, problem, onEdit, onMove, onRemove }: RowProps) {
  const { key } = example;
  const { setNodeRef: setRow, isOver, active } = useDroppable({ id: key });
  const { setNodeRef: setGrip, listeners, isDragging, transform } = useDraggable({ id: key, data: { place } });
  const from: number = active?.data.current?.place ?? place;
  const landing = isOver && from !== place ? (from < place ? "border-b-accent" : "border-t-accent") : "";

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
      ref={setRow}
      style={transform ? { transform: `translateY(${transform.y}px)` } : undefined}
      className={`rounded-md border border-line bg-surface ${landing} ${isDragging ? "relative z-10 shadow-float" : ""}`}
    >
      <fieldset aria-label={`Example ${place + 1}`} className="min-w-0 px-3 pb-3">
        <div className="-mx-3 mb-1 flex items-center gap-1 pe-1">
          <div
            ref={setGrip}
            {...listeners}
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
