"use client";
// Who works on this project, and the form that adds someone.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, orpc } from "../../../lib/api/client.ts";
import type { Role } from "../../../lib/vocabulary/labeling.ts";
import {
  type Account,
  type AccountErrors,
  AccountFields,
  readAccount,
  useFocusOnError,
} from "../../(auth)/account-fields.tsx";
import { roleChoices, roleNames } from "../../shell/roles.ts";
import { Button } from "../../ui/button.tsx";
import { ChoiceField } from "../../ui/choice.tsx";
import { count } from "../../ui/figures.ts";
import { fieldOf, textOf } from "../../ui/form.ts";
import { Page, Section } from "../../ui/frame.tsx";
import { Failed, Problem, Skeleton } from "../../ui/states.tsx";
import { Cell, Head, Table } from "../../ui/table.tsx";
import { useMutation } from "../../ui/use-mutation.ts";
import { PersonMenu } from "./person-menu.tsx";

export function PeopleScreen() {
  const { data: people, error, refetch } = useQuery(orpc.people.list.queryOptions());
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
        <AddForm />
      </div>
    </Page>
  );
}

function AddForm() {
  const queryClient = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<AccountErrors>({});
  const add = useMutation({
    mutationFn: (person: Account & { role: Role }) => api.people.add(person),
    onSuccess: async () => {
      form.current?.reset();
      await queryClient.invalidateQueries({ queryKey: orpc.people.list.key() });
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
