// What a browser finds wrong with a control, as a sentence of ours at the control: its own bubbles float over the page, in
// the browser's words and language, and are gone with the next key.

interface Control {
  validity: Pick<
    ValidityState,
    "valueMissing" | "badInput" | "rangeUnderflow" | "rangeOverflow" | "stepMismatch" | "tooShort" | "tooLong"
  >;
  min?: string;
  max?: string;
  step?: string;
  minLength?: number;
  maxLength?: number;
  /** The browser's own words, for what is not foreseen here. */
  validationMessage: string;
}

/** problemOf("Temperature", field) → "Temperature is at most 2." */
export function problemOf(label: string, control: Control): string {
  const { validity } = control;
  // A number that cannot be read looks missing as well.
  if (validity.badInput) return `${label} is a number.`;
  if (validity.valueMissing) return `${label} is missing.`;
  if (validity.rangeUnderflow) return `${label} is at least ${control.min}.`;
  if (validity.rangeOverflow) return `${label} is at most ${control.max}.`;
  if (validity.stepMismatch) {
    return Number(control.step) === 1 ? `${label} is a whole number.` : `${label} goes in steps of ${control.step}.`;
  }
  if (validity.tooShort) return `${label} has at least ${control.minLength} characters.`;
  if (validity.tooLong) return `${label} has at most ${control.maxLength} characters.`;
  return control.validationMessage;
}

/** Is it the first that is wrong in its form? There the focus goes. */
export function isFirstWrong(control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): boolean {
  const wrong = (one: Element) => "validity" in one && !(one as HTMLInputElement).validity.valid;
  return [...(control.form?.elements ?? [])].find(wrong) === control;
}
