"use client";
// A new password, by the link an admin has made; signed in at once.
import { useState } from "react";
import { api } from "../../../lib/api/client.ts";
import { signIn } from "../../../lib/api/session-client.ts";
import { newPassword } from "../../../lib/vocabulary/shapes.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { textOf } from "../../ui/form.ts";
import { Problem } from "../../ui/states.tsx";
import { useMutation } from "../../ui/use-mutation.ts";

async function setPassword(password: string) {
  const { username } = await api.accounts.setPassword({ token: window.location.hash.slice(1), password });
  await signIn({ username, password });
}

export function NewPasswordForm() {
  const [problem, setProblem] = useState<string | null>(null);
  const attempt = useMutation({ mutationFn: setPassword, onSuccess: () => window.location.assign("/") });
  const busy = attempt.isPending || attempt.isSuccess;
  return (
    <>
      <header>
        <h1 className="font-semibold text-xl">Choose a new password</h1>
        <p className="mt-2 text-muted">Your link works once. You are signed out everywhere else.</p>
      </header>
      <form
        method="post"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const read = newPassword.safeParse(textOf(new FormData(event.currentTarget), "password"));
          setProblem(read.error?.issues[0]?.message ?? null);
          if (read.success && !busy) attempt.mutate(read.data);
        }}
      >
        <TextField
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters."
          error={problem}
        />
        <Problem error={attempt.error} />
        <Button type="submit" kind="primary" busy={busy}>
          {busy ? "Saving …" : "Save and sign in"}
        </Button>
      </form>
    </>
  );
}
