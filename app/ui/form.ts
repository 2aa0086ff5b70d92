// Reading an HTML form: uncontrolled fields, one FormData at submit.

/** The text of a field; "" where it is absent. */
export function textOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value : "";
}

/** The number of a field, or undefined where it was left empty. NaN is kept for the API to refuse. */
export function numberOf(data: FormData, name: string): number | undefined {
  const text = textOf(data, name).trim();
  return text === "" ? undefined : Number(text);
}
