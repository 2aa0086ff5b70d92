"use client";
// Who works on this project, and the forms that add someone: with a new account, or with the one they have.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import type { Role } from "../../../../../lib/vocabulary/labeling.ts";
import type { Account, Member } from "../../../../../lib/vocabulary/shapes.ts";
import {
  type AccountErrors,
  AccountFields,
  type Account as NewAccount,
  readAccount,
  useFocusOnError,
} from "../../../../(auth)/account-fields.tsx";
import { roleChoices, roleNames } from "../../../../shell/roles.ts";
import { useUser } from "../../../../shell/user-context.tsx";
import { Button } from "../../../../ui/button.tsx";
import { ChoiceField } from "../../../../ui/choice.tsx";
import { SelectField, TextField } from "../../../../ui/field.tsx";
import { count } from "../../../../ui/figures.ts";
import { fieldOf, refusalAt, textOf, useFocusOnRefusal } from "../../../../ui/form.ts";
import { Page, Section } from "../../../../ui/frame.tsx";
import { Failed, Problem, Skeleton } from "../../../../ui/states.tsx";
import { Cell, Head, Table } from "../../../../ui/table.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { PersonMenu } from "./person-menu.tsx";

export function PeopleScreen() {
  const { data: people, error, refetch } = useQuery(orpc.members.list.queryOptions());
  return (
    <Page title="People" wide>
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,3fr)_minmax(20rem,2fr)]">
        <div className="min-w-0">
          {error ? <Failed error={error} retry={() => refetch()} /> : null}
          {!people && !error ? <Skeleton lines={4} height="2.25rem" /> : null}
          {people ? (
            <Table label="People">
              <thead>
                <tr>
                  <Head>Name</Head>
                  <Head>User name</Head>
                  <Head>Role</Head>
                  <Head numeric>Rankings</Head>
                  <Head numeric>Demonstrations</Head>
                  <Head>
                    <span className="sr-only">Account</span>
                  </Head>
                </tr>
              </thead>
              <tbody>
                {people.map((person) => (
                  <tr key={person.id} className={person.active ? "" : "text-muted"}>
                    <Cell>{person.name}</Cell>
                    <Cell>{person.username}</Cell>
                    <Cell>
                      {roleNames[person.role]}
                      {person.isAdmin ? (
                        <span className="block text-muted text-sm">of the installation too</span>
                      ) : null}
                      {person.active ? null : <span className="block text-sm">deactivated</span>}
                    </Cell>
                    <Cell numeric>{count(person.rankings)}</Cell>
                    <Cell numeric>{count(person.demonstrations)}</Cell>
                    <Cell>
                      <PersonMenu person={person} />
                    </Cell>
                  </tr>
                ))}
              </tbody>
            </Table>
          ) : null}
        </div>
        <Adding people={people ?? []} />
      </div>
    </Page>
  );
}

function Adding({ people }: { people: readonly Member[] }) {
  const user = useUser();
  // Who looks after a project alone makes no accounts, and sees none but those in it.
  if (!user?.isAdmin) return <ExistingForm accounts={null} />;
  return (
    <div className="flex flex-col gap-8">
      <AddForm />
      <FromAccounts people={people} />
    </div>
  );
}

/** Only where somebody has an account and is not in the project yet. */
function FromAccounts({ people }: { people: readonly Member[] }) {
  const { data = [] } = useQuery(orpc.accounts.list.queryOptions());
  const here = new Set(people.map(({ id }) => id));
  const others = data.filter(({ id, active }) => active && !here.has(id));
  return others.length > 0 ? <ExistingForm accounts={others} /> : null;
}

/** @param accounts to choose from; null: the user name is typed */
function ExistingForm({ accounts }: { accounts: readonly Account[] | null }) {
  const queryClient = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const add = useMutation({
    mutationFn: (person: { username: string; role: Role }) => api.members.add(person),
    onSuccess: async () => {
      form.current?.reset();
      await queryClient.invalidateQueries({ queryKey: orpc.members.key() });
    },
  });
  useFocusOnRefusal(form, add.error);
  const who = { label: "Who", name: "username", error: refusalAt(add.error, "username") };
  return (
    <Section title="Add someone who has an account">
      <form
        ref={form}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          if (!add.isPending) add.mutate({ username: textOf(data, "username"), role: textOf(data, "role") as Role });
        }}
      >
        {accounts ? (
          <SelectField {...who}>
            {accounts.map(({ id, username, name }) => (
              <option key={id} value={username}>
                {name} · {username}
              </option>
            ))}
          </SelectField>
        ) : (
          <TextField {...who} label="User name" autoComplete="off" autoCapitalize="none" spellCheck={false} />
        )}
        <ChoiceField legend="Role" name="role" initial="labeler" options={roleChoices} />
        <Problem error={fieldOf(add.error) ? null : add.error} />
        <p role="status" className="text-muted empty:hidden">
          {add.isSuccess ? `${add.data.name} is in this project now.` : null}
        </p>
        <Button type="submit" className="self-start" busy={add.isPending}>
          {add.isPending ? "Adding …" : "Add to the project"}
        </Button>
      </form>
    </Section>
  );
}

function AddForm() {
  const queryClient = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<AccountErrors>({});
  const add = useMutation({
    mutationFn: (person: NewAccount & { role: Role }) => api.members.addAccount(person),
    onSuccess: async () => {
      form.current?.reset();
      await queryClient.invalidateQueries({ queryKey: orpc.members.key() });
    },
  });
  useFocusOnError(form, errors, add.error);
  return (
    <Section title="Add someone">
      <form
        ref={form}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          const { account, errors } = readAccount(data);
          setErrors(errors ?? {});
          if (account && !add.isPending) add.mutate({ ...account, role: textOf(data, "role") as Role });
        }}
      >
        <AccountFields errors={errors} refusal={add.error} own={false} />
        <ChoiceField legend="Role" name="role" initial="labeler" options={roleChoices} />
        <Problem error={fieldOf(add.error) ? null : add.error} />
        <p role="status" className="text-muted empty:hidden">
          {add.isSuccess ? `${add.data.name} can sign in as ${add.data.username} now: pass the password on.` : null}
        </p>
        <Button type="submit" kind="primary" className="self-start" busy={add.isPending}>
          {add.isPending ? "Adding …" : "Add person"}
        </Button>
      </form>
    </Section>
  );
}
