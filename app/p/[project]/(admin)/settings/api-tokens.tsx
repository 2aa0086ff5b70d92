"use client";
// Tokens that programs ask this installation's models with: made here, shown once, and revoked.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import type { ApiToken } from "../../../../../lib/vocabulary/shapes.ts";
import { Button } from "../../../../ui/button.tsx";
import { CopyButton } from "../../../../ui/copy-button.tsx";
import { TextField } from "../../../../ui/field.tsx";
import { moment } from "../../../../ui/figures.ts";
import { textOf } from "../../../../ui/form.ts";
import { Section } from "../../../../ui/frame.tsx";
import { Person } from "../../../../ui/person.tsx";
import { Empty, Failed, Problem, Skeleton } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { shown } from "../../../../ui/written.ts";

export function ApiTokens() {
  const { data: tokens, error, refetch } = useQuery(orpc.tokens.list.queryOptions());
  return (
    <Section title="API tokens">
      <p className="max-w-prose text-muted">
        With a token other programs ask the models here, as they would ask OpenAI’s: at <code>/v1</code> of this
        address. It opens nothing else.
      </p>
      {error ? <Failed error={error} retry={() => refetch()} /> : null}
      {!tokens && !error ? <Skeleton lines={1} height="2.5rem" /> : null}
      {tokens?.length === 0 ? <Empty>There are none: no program may ask the models.</Empty> : null}
      {tokens && tokens.length > 0 ? (
        <ul aria-label="API tokens" className="rounded-md border border-line bg-surface">
          {tokens.map((token) => (
            <Row key={token.id} token={token} />
          ))}
        </ul>
      ) : null}
      <MakeForm />
    </Section>
  );
}

function useListChanged() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: orpc.tokens.key() });
}

function Row({ token: { id, name, by, createdAt } }: { token: ApiToken }) {
  const listChanged = useListChanged();
  const revoke = useMutation({ mutationFn: () => api.tokens.revoke({ id }), onSettled: listChanged });
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 border-line border-t px-4 py-2 first:border-t-0">
      <div className="min-w-0">
        <p className="wrap-anywhere">{shown(name)}</p>
        <p className="text-muted text-sm">
          made by <Person username={by} />, {moment(createdAt)}
        </p>
      </div>
      <Button kind="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
        Revoke
        <span className="sr-only">: {shown(name)}</span>
      </Button>
      <Problem error={revoke.error} />
    </li>
  );
}

function MakeForm() {
  const form = useRef<HTMLFormElement>(null);
  const [isEmpty, setEmpty] = useState(false);
  const listChanged = useListChanged();
  const make = useMutation({
    mutationFn: (name: string) => api.tokens.create({ name }),
    onSuccess: async () => {
      form.current?.reset();
      await listChanged();
    },
  });
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = textOf(new FormData(event.currentTarget), "name");
    setEmpty(name.trim() === "");
    if (name.trim() !== "") make.mutate(name);
  }
  return (
    <>
      {make.data ? (
        <div className="flex max-w-xl flex-col gap-3">
          <TextField
            label={`The token “${shown(make.data.name)}”`}
            value={make.data.token}
            readOnly
            onFocus={(event) => event.currentTarget.select()}
            hint="Copy it now: it is not shown again. Programs send it as their API key."
          />
          <CopyButton text={make.data.token} what="token" />
        </div>
      ) : null}
      <form ref={form} noValidate className="flex max-w-xl flex-col items-start gap-3" onSubmit={submit}>
        <TextField
          label="What a new token is for"
          name="name"
          error={isEmpty ? "Say what the token is for." : null}
          maxLength={limits.tokenNameCharacters}
          className="w-full"
          hint="For example: “The trainer on the big machine”."
        />
        <Problem error={make.error} />
        <Button type="submit" busy={make.isPending}>
          {make.isPending ? "Making …" : "Make token"}
        </Button>
      </form>
    </>
  );
}
