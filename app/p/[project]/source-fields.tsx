"use client";
// The models that write the answers of a comparison, how many each, and how they are drawn: rows of a form.
import { limits } from "../../../lib/vocabulary/limits.ts";
import type { Model } from "../../../lib/vocabulary/shapes.ts";
import { Button } from "../../ui/button.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { PracticeLine } from "./(labeling)/practice-line.tsx";
import { modelOption } from "./model-words.ts";
import { type SourceRow, without } from "./source-rows.ts";

interface SourceFieldsProps {
  rows: readonly SourceRow[];
  onChange: (rows: SourceRow[]) => void;
  models: readonly Model[];
  /** How many other answers there are, which people write. */
  others?: number;
}

/** One row looks like a model with its settings; several are each a group of their own, which can be removed. */
export function SourceFields({ rows, onChange, models, others = 0 }: SourceFieldsProps) {
  const isOne = rows.length === 1;
  const change = (key: number, to: Partial<SourceRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...to } : row)));
  return rows.map((row, place) => (
    <fieldset
      key={row.key}
      aria-label={isOne ? "The model that answers" : `Model ${place + 1}`}
      className={
        isOne ? "contents" : "col-span-2 grid min-w-0 grid-cols-3 gap-3 rounded-md border border-line px-3 py-3"
      }
    >
      <Row
        row={row}
        models={models}
        isOne={isOne}
        isAlone={isOne && others === 0}
        onChange={(to) => change(row.key, to)}
      />
      {isOne ? null : (
        <div className="col-span-full">
          <Button onClick={() => onChange(without(rows, row))}>Remove model {place + 1}</Button>
        </div>
      )}
    </fieldset>
  ));
}

const upTo = (first: number) => Array.from({ length: limits.k.max - first + 1 }, (_, index) => first + index);

function Row({
  row: { modelId, count, drawn },
  models,
  isOne,
  isAlone,
  onChange,
}: {
  row: SourceRow;
  models: readonly Model[];
  /** The only model; and nobody else answers. */
  isOne: boolean;
  isAlone: boolean;
  onChange: (to: Partial<SourceRow>) => void;
}) {
  const chosen = models.find(({ id }) => id === modelId);
  // Alone it writes all of them, and one cannot be ranked.
  const first = isAlone ? limits.k.min : 1;
  return (
    <>
      <SelectField
        label="Model"
        name="modelId"
        value={modelId}
        onChange={(event) => onChange({ modelId: event.target.value })}
        className={isOne ? "col-span-2" : "col-span-3"}
      >
        {models.map((model) => (
          <option key={model.id} value={model.id} disabled={model.problem !== null}>
            {modelOption(model)}
          </option>
        ))}
      </SelectField>
      {chosen?.isPractice ? (
        <div className={isOne ? "-mt-3 col-span-2" : "-mt-2 col-span-3"}>
          <PracticeLine name={chosen.name} />
        </div>
      ) : null}
      <SelectField
        label={isAlone ? "Answers (K)" : "Answers"}
        name="count"
        value={count}
        onChange={(event) => onChange({ count: Number(event.target.value) })}
        hint={isAlone ? `${(count * (count - 1)) / 2} pairs when ranked` : undefined}
      >
        {upTo(Math.min(first, count)).map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </SelectField>
      <NumberField
        label="Temperature"
        name="temperature"
        limit={limits.temperature}
        usual={drawn.temperature}
        step={0.01}
        hint={isOne ? "0 is always the likeliest token" : undefined}
      />
      <NumberField
        label="Top-p"
        name="topP"
        limit={limits.topP}
        usual={drawn.topP}
        step={0.01}
        hint={isOne ? "1 keeps every token" : undefined}
      />
    </>
  );
}

export function NumberField({
  limit,
  usual,
  ...rest
}: {
  label: string;
  name: string;
  hint?: string | undefined;
  step: number;
  limit: { min: number; max: number; default: number };
  usual?: number;
}) {
  return (
    <TextField
      {...rest}
      type="number"
      inputMode="decimal"
      required
      min={limit.min}
      max={limit.max}
      defaultValue={usual ?? limit.default}
    />
  );
}
