"use client";
// The use-case descriptions that user-based prompts are written from: a list to add to and take from.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import type { Scenario } from "../../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Button } from "../../../../ui/button.tsx";
import { TextArea } from "../../../../ui/field.tsx";
import { textOf } from "../../../../ui/form.ts";
import { Section } from "../../../../ui/frame.tsx";
import { Empty, Failed, Problem, Skeleton } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { shown } from "../../../../ui/written.ts";

export function Scenarios() {
  const { data: scenarios, error, refetch } = useQuery(orpc.scenarios.list.queryOptions());
  /** Taken off the list on this visit, the last one last. */
  const [taken, setTaken] = useState<readonly Scenario[]>([]);
  const last = taken.at(-1);
  return (
    <Section title="Use-case descriptions">
      <p className="max-w-prose text-muted">
        What people want to use the model for, in their words. Writers of user-based prompts start from one of them.
      </p>
      {error ? <Failed error={error} retry={() => refetch()} /> : null}
      {!scenarios && !error ? <Skeleton lines={4} height="2.5rem" /> : null}
      {scenarios?.length === 0 ? (
        <Empty>There are none: nobody can write user-based prompts until you add the first.</Empty>
      ) : null}
      {scenarios && scenarios.length > 0 ? (
        <ul aria-label="Use-case descriptions" className="rounded-md border border-line bg-surface">
          {scenarios.map((scenario) => (
            <Row key={scenario.id} scenario={scenario} onTaken={() => setTaken([...taken, scenario])} />
          ))}
        </ul>
      ) : null}
      <div role="status">
        {last ? <PutBack key={last.id} scenario={last} onPutBack={() => setTaken(taken.slice(0, -1))} /> : null}
      </div>
      <AddForm />
    </Section>
  );
}

function useListChanged() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: orpc.scenarios.key() });
}

/** The way back for what was taken off. */
function PutBack({ scenario: { id, text }, onPutBack }: { scenario: Scenario; onPutBack: () => void }) {
  const listChanged = useListChanged();
  const restore = useMutation({
    mutationFn: () => api.scenarios.restore({ id }),
    onSuccess: async () => {
      await listChanged();
      onPutBack();
    },
  });
  return (
    <p className="flex flex-wrap items-center gap-x-3 text-muted">
      <span className="wrap-anywhere">“{shown(text.slice(0, 60))} …” was taken off the list.</span>
      <Button kind="quiet" busy={restore.isPending} onClick={() => restore.mutate()}>
        Put it back
      </Button>
      <Problem error={restore.error} />
    </p>
  );
}

function Row({ scenario: { id, text }, onTaken }: { scenario: Scenario; onTaken: () => void }) {
  const listChanged = useListChanged();
  const retire = useMutation({
    mutationFn: () => api.scenarios.retire({ id }),
    onSuccess: async () => {
      onTaken();
      await listChanged();
    },
  });
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-1 border-line border-t px-4 py-2 first:border-t-0">
      <AsWritten text={text} className="min-w-0 flex-1 basis-80" />
      <Button kind="quiet" busy={retire.isPending} onClick={() => retire.mutate()}>
        Take off the list
        <span className="sr-only">: {shown(text.slice(0, 60))}</span>
      </Button>
      <Problem error={retire.error} />
    </li>
  );
}

function AddForm() {
  const form = useRef<HTMLFormElement>(null);
  const [isEmpty, setEmpty] = useState(false);
  const listChanged = useListChanged();
  const add = useMutation({
    mutationFn: (text: string) => api.scenarios.add({ text }),
    onSuccess: async () => {
      form.current?.reset();
      await listChanged();
    },
  });
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const text = textOf(new FormData(event.currentTarget), "text");
    setEmpty(text.trim() === "");
    if (text.trim() !== "") add.mutate(text);
  }
  return (
    <form ref={form} noValidate className="flex max-w-3xl flex-col items-start gap-3" onSubmit={submit}>
      <TextArea
        label="Another description"
        name="text"
        rows={3}
        error={isEmpty ? "Write the description first." : null}
        maxLength={limits.scenarioCharacters}
        className="w-full"
        hint="For example: “I run a small bakery and want help with answering what customers write to us.”"
      />
      <Problem error={add.error} />
      <Button type="submit" busy={add.isPending}>
        {add.isPending ? "Adding …" : "Add description"}
      </Button>
    </form>
  );
}
