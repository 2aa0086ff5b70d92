// The ideal answer, written beside the prompt, and whether the model in use has room for it.
import { TextArea } from "../../ui/field.tsx";
import { count as figure } from "../../ui/figures.ts";
import { lengthOf } from "../../ui/written.ts";
import type { Counted } from "../use-token-count.ts";

interface DemonstrationFieldProps {
  text: string;
  counted: Counted;
  error: string | null;
  onChange: (text: string) => void;
}

export function DemonstrationField({
  text,
  counted: { count, error: failure },
  error,
  onChange,
}: DemonstrationFieldProps) {
  const tokens = text !== "" && !failure ? count?.answer : undefined;
  const left = count ? Math.max(0, count.context - count.prompt) : 0;
  return (
    <TextArea
      name="demonstration"
      label="Demonstration (optional)"
      value={text}
      onChange={(event) => onChange(event.target.value)}
      rows={8}
      hint={
        <>
          The ideal answer, as you would want the model to give it.{" "}
          <span className="tabular-nums">{lengthOf(text, tokens)}</span>
          {tokens !== undefined && tokens > left ? (
            <span className="block text-caution">That is more than the {figure(left)} tokens left for the answer.</span>
          ) : null}
        </>
      }
      error={error}
    />
  );
}
