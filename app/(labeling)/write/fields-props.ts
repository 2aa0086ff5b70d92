// What each group of the form's fields gets.
import type { FormProblem } from "./as-prompt.ts";
import type { Edit, PromptForm } from "./prompt-form.ts";

export interface FieldsProps {
  form: PromptForm;
  onEdit: (edit: Edit) => void;
  /** The field to mend, and why. */
  problem: FormProblem | null;
}
