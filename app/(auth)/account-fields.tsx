"use client";
// The fields of a new account, for the first admin and for everyone added later.
import { type RefObject, useEffect } from "react";
import { newAccount } from "../../lib/vocabulary/shapes.ts";
import { TextField } from "../ui/field.tsx";
import { fieldOf, refusalAt, textOf } from "../ui/form.ts";

export type AccountErrors = Partial<Record<"username" | "name" | "password", string>>;

export interface Account {
  username: string;
  name: string;
  password: string;
}

/** What the form says, checked by the API's own rules: the account, or one sentence for each field that is wrong. */
export function readAccount(
  data: FormData,
): { account: Account; errors: null } | { account: null; errors: AccountErrors } {
  const read = newAccount.safeParse({
    username: textOf(data, "username"),
    name: textOf(data, "name"),
    password: textOf(data, "password"),
  });
  if (read.success) return { account: read.data, errors: null };
  const errors: AccountErrors = {};
  for (const issue of read.error.issues) {
    const field = issue.path[0] as keyof AccountErrors;
    errors[field] ??= issue.message;
  }
  return { account: null, errors };
}

interface AccountFieldsProps {
  /** What the form itself found. */
  errors: AccountErrors;
  /** What the server said of it last. */
  refusal: unknown;
  own: boolean;
}

export function AccountFields({ errors, refusal, own }: AccountFieldsProps) {
  return (
    <>
      <TextField
        label={own ? "Your name" : "Name"}
        name="name"
        autoComplete={own ? "name" : "off"}
        hint="Shown beside what this person writes and ranks."
        error={errors.name}
      />
      <TextField
        label="User name"
        name="username"
        autoComplete={own ? "username" : "off"}
        autoCapitalize="none"
        spellCheck={false}
        hint="For signing in: letters, digits, dots and underscores."
        error={errors.username ?? refusalAt(refusal, "username")}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        hint="At least 8 characters."
        error={errors.password ?? refusalAt(refusal, "password")}
      />
    </>
  );
}

/** After a refused submit the focus goes to the first field that is wrong. @param refusal of the server */
export function useFocusOnError(form: RefObject<HTMLFormElement | null>, errors: AccountErrors, refusal: unknown) {
  useEffect(() => {
    const isWrong = Object.keys(errors).length > 0 || fieldOf(refusal) !== undefined;
    if (isWrong) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [form, errors, refusal]);
}
