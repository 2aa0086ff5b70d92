"use client";
import { useRef, useState } from "react";
import { api } from "../../../lib/api/client.ts";
import { signIn } from "../../../lib/api/session-client.ts";
import { Button } from "../../ui/button.tsx";
import { Problem } from "../../ui/states.tsx";
// The admin account of a new installation; signed in at once.
import { useMutation } from "../../ui/use-mutation.ts";
import { type Account, type AccountErrors, AccountFields, readAccount, useFocusOnError } from "../account-fields.tsx";

async function makeAdmin(account: Account) {
  await api.setup.createAdmin(account);
  await signIn(account);
}

export function SetupForm() {
  const form = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<AccountErrors>({});
  useFocusOnError(form, errors);
  const attempt = useMutation({ mutationFn: makeAdmin, onSuccess: () => window.location.assign("/") });
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
          const { account, errors } = readAccount(new FormData(event.currentTarget));
          setErrors(errors ?? {});
          if (account && !busy) attempt.mutate(account);
        }}
      >
        <AccountFields errors={errors} own />
        <Problem error={attempt.error} />
        <Button type="submit" kind="primary" busy={busy}>
          {busy ? "Making the account …" : "Make the admin account"}
        </Button>
      </form>
    </>
  );
}
