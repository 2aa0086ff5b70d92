"use client";
// One's own account: another password, and the sessions that are open.
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { orpc } from "../../lib/api/client.ts";
import { changePassword, SignInError } from "../../lib/api/session-client.ts";
import { newPassword } from "../../lib/vocabulary/shapes.ts";
import { useUser } from "../shell/user-context.tsx";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { textOf } from "../ui/form.ts";
import { Page, Section } from "../ui/frame.tsx";
import { Problem } from "../ui/states.tsx";
import { useMutation } from "../ui/use-mutation.ts";
import { SessionList } from "./session-list.tsx";

export function AccountScreen() {
  const user = useUser();
  return (
    <Page title="Your account" lead={user ? `${user.name} · ${user.username}` : null}>
      <div className="grid items-start gap-8 lg:grid-cols-2">
        <PasswordForm />
        <Section title="Where you are signed in">
          <SessionList />
        </Section>
      </div>
    </Page>
  );
}

function PasswordForm() {
  const queryClient = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      form.current?.reset();
      return queryClient.invalidateQueries({ queryKey: orpc.accounts.sessions.key() });
    },
  });
  return (
    <Section title="Password">
      <form
        ref={form}
        method="post"
        noValidate
        className="flex max-w-sm flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          const read = newPassword.safeParse(textOf(data, "newPassword"));
          setProblem(read.error?.issues[0]?.message ?? null);
          if (read.success) {
            change.mutate({ currentPassword: textOf(data, "currentPassword"), newPassword: read.data });
          }
        }}
      >
        <TextField
          label="Current password"
          name="currentPassword"
          type="password"
          autoComplete="current-password"
          required
        />
        <TextField
          label="New password"
          name="newPassword"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters. You are signed out everywhere else."
          error={problem}
        />
        <Problem error={change.error instanceof SignInError ? change.error.message : change.error} />
        <p role="status" className="text-muted empty:hidden">
          {change.isSuccess ? "Changed. You are signed in only here now." : null}
        </p>
        <Button type="submit" kind="primary" className="self-start" busy={change.isPending}>
          {change.isPending ? "Changing …" : "Change password"}
        </Button>
      </form>
    </Section>
  );
}
