// Reading an HTML form: uncontrolled fields, one FormData at submit; and what was refused, by its field.
import { ORPCError } from "@orpc/client";
import { type RefObject, useEffect } from "react";

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

/** Unix ms at which a day ("2026-11-30") begins, or the one after so many; in the reader's time zone. */
export function dayStart(day: string, daysLater: number): number | undefined {
  const [year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day)?.slice(1).map(Number) ?? [];
  if (year === undefined || month === undefined || date === undefined) return undefined;
  return new Date(year, month - 1, date + daysLater).getTime();
}

/** The field that a refusal of the API is about, where it is about one: there its sentence is shown, and nowhere else. */
export function fieldOf(error: unknown): string | undefined {
  return error instanceof ORPCError ? (error.data as { field?: string } | undefined)?.field : undefined;
}

/** The sentence of a refusal that is about this field, else null. */
export const refusalAt = (error: unknown, field: string): string | null =>
  error instanceof ORPCError && fieldOf(error) === field ? error.message : null;

/** After a refusal the focus goes to the field that it is about. */
export function useFocusOnRefusal(form: RefObject<HTMLFormElement | null>, error: unknown): void {
  useEffect(() => {
    const field = fieldOf(error);
    if (field !== undefined) form.current?.querySelector<HTMLElement>(`[name="${CSS.escape(field)}"]`)?.focus();
  }, [form, error]);
}
