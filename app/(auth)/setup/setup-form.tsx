"use client";
// The admin account of a new installation; signed in at once.
import { useRef, useState } from "react";
import { api } from "../../../lib/api/client.ts";
import { signIn } from "../../../lib/api/session-client.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { fieldOf, textOf } from "../../ui/form.ts";
import { Problem } from "../../ui/states.tsx";
import { useMutation } from "../../ui/use-mutation.ts";
import { type Account, type AccountErrors, AccountFields, readAccount, useFocusOnError } from "../account-fields.tsx";

async function makeAdmin({ code, ...account }: Account & { code?: string }) {
  await api.setup.createAdmin({ ...account, code });
  await signIn(account);
}

/** @param asksCode from anywhere but the machine itself, only who can read its terminal sets it up */
export function SetupForm({ asksCode }: { asksCode: boolean }) {
  const form = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<AccountErrors>({});
  const attempt = useMutation({ mutationFn: makeAdmin, onSuccess: () => window.location.assign("/") });
  useFocusOnError(form, errors, attempt.error);
  const busy = attempt.isPending || attempt.isSuccess;
  return (
    <>
      <header>
        <h1 className="font-semibold text-xl">Welcome to Rankloop</h1>
        <p className="mt-2 text-muted">
          Make the account of the person who runs this project. It can do everything and adds the others. This page is
          gone afterwards.
        </p>
      </header>
      <form
        ref={form}
        method="post"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          const { account, errors } = readAccount(data);
          setErrors(errors ?? {});
          if (account && !busy) attempt.mutate(asksCode ? { ...account, code: textOf(data, "code") } : account);
        }}
      >
        {asksCode && (
          <TextField
            label="Set-up code"
            name="code"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            hint="Printed in the terminal when Rankloop started."
          />
        )}
        <AccountFields errors={errors} refusal={attempt.error} own />
        <Problem error={fieldOf(attempt.error) ? null : attempt.error} />
        <Button type="submit" kind="primary" busy={busy}>
          {busy ? "Making the account …" : "Make the admin account"}
        </Button>
      </form>
    </>
  );
}
