// Reading an HTML form: uncontrolled fields, one FormData at submit; what was refused, by its field; and what a list is narrowed to,
// as it stands in the address.
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

/** What stands in the address under each of these names; "" for what is not there. */
export const fieldsIn = <Name extends string>(
  parameters: { get(name: string): string | null },
  names: readonly Name[],
): Record<Name, string> =>
  Object.fromEntries(names.map((name) => [name, parameters.get(name) ?? ""])) as Record<Name, string>;

/** "?by=ada&what=prompt", or "" where nothing is chosen. */
export function addressOf(fields: object): string {
  const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== "")).toString();
  return query && `?${query}`;
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
