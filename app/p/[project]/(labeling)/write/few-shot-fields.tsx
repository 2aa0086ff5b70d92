"use client";
// A few-shot prompt: the instruction, its examples, and the input that is to be answered.
import { TextArea } from "../../../../ui/field.tsx";
import { ExampleRows } from "./example-rows.tsx";
import type { FieldsProps } from "./use-prompt-form.ts";

export function FewShotFields({ form, onEdit, problem }: FieldsProps) {
  const errorAt = (field: string) => (problem?.field === field ? problem.sentence : null);
  return (
    <div className="flex flex-col gap-4">
      <TextArea
        name="instruction"
        label="Instruction"
        value={form.instruction}
        onChange={(event) => onEdit({ type: "write", field: "instruction", text: event.target.value })}
        rows={3}
        hint="What is to be done with each input."
        error={errorAt("instruction")}
      />
      <ExampleRows form={form} onEdit={onEdit} problem={problem} />
      <TextArea
        name="query"
        label="Input to answer"
        value={form.query}
        onChange={(event) => onEdit({ type: "write", field: "query", text: event.target.value })}
        rows={3}
        hint="The model, and your demonstration, give the output for this one."
        error={errorAt("query")}
      />
    </div>
  );
}
