"use client";
// User name and password.
import { SignInError, signIn } from "../../../lib/api/session-client.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { textOf } from "../../ui/form.ts";
import { Problem } from "../../ui/states.tsx";
import { useMutation } from "../../ui/use-mutation.ts";

export function SignInForm({ target }: { target: string }) {
  const attempt = useMutation({
    mutationFn: signIn,
    // A whole page load: the server draws the navigation of the person who is now signed in.
    onSuccess: () => window.location.assign(target),
  });
  const busy = attempt.isPending || attempt.isSuccess;
  return (
    <>
      <h1 className="font-semibold text-xl">Sign in to Rankloop</h1>
      <form
        method="post"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          if (!busy) attempt.mutate({ username: textOf(data, "username").trim(), password: textOf(data, "password") });
        }}
      >
        <TextField label="User name" name="username" autoComplete="username" autoCapitalize="none" required />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        <Problem error={attempt.error instanceof SignInError ? attempt.error.message : attempt.error} />
        <Button type="submit" kind="primary" busy={busy}>
          {busy ? "Signing in …" : "Sign in"}
        </Button>
      </form>
    </>
  );
}
