"use client";
// Giving something a name: checked before it is sent, and what is wrong is said at the field.
import { type ReactNode, useRef, useState } from "react";
import type { ZodType } from "zod";
import { Button } from "./button.tsx";
import { TextField } from "./field.tsx";
import { fieldOf, refusalAt, textOf, useFocusOnRefusal } from "./form.ts";
import { Problem } from "./states.tsx";

interface NameFormProps {
  initial: string;
  /** What a name has to be; its messages are sentences. */
  schema: ZodType<string>;
  /** The button's text. */
  action: string;
  hint?: ReactNode;
  /** Why the last one was refused. */
  error: Error | null;
  isBusy: boolean;
  onName: (name: string) => void;
}

export function NameForm({ initial, schema, action, hint, error, isBusy, onName }: NameFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useFocusOnRefusal(form, error);
  return (
    <form
      ref={form}
      noValidate
      className="flex flex-col items-start gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const read = schema.safeParse(textOf(new FormData(event.currentTarget), "name"));
        setProblem(read.error?.issues[0]?.message ?? null);
        if (read.success) onName(read.data);
        else event.currentTarget.querySelector("input")?.focus();
      }}
    >
      <TextField
        label="Name"
        name="name"
        defaultValue={initial}
        error={problem ?? refusalAt(error, "name")}
        hint={hint}
        className="w-full"
      />
      <Problem error={fieldOf(error) ? null : error} />
      <Button type="submit" kind="primary" busy={isBusy}>
        {action}
      </Button>
    </form>
  );
}
