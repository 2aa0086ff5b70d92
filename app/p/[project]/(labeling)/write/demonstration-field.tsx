// The ideal answer, written beside the prompt.
import { TextArea } from "../../../../ui/field.tsx";
import { AnswerLength } from "../answer-length.tsx";
import type { Counted } from "../use-token-count.ts";

interface DemonstrationFieldProps {
  text: string;
  counted: Counted;
  error: string | null;
  onChange: (text: string) => void;
}

export function DemonstrationField({ text, counted, error, onChange }: DemonstrationFieldProps) {
  return (
    <TextArea
      name="demonstration"
      label="Demonstration (optional)"
      value={text}
      onChange={(event) => onChange(event.target.value)}
      rows={8}
      hint={
        <>
          The ideal answer, as you would want the model to give it. <AnswerLength text={text} counted={counted} />
        </>
      }
      error={error}
    />
  );
}
