"use client";
// The wizard of a new project, in three steps: its name and where answers come from, how answers are ranked, who is in it.
// Every step has a default, so that a name is enough.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useReducer, useRef } from "react";
import { api, orpc } from "../../../lib/api/client.ts";
import type { Role } from "../../../lib/vocabulary/labeling.ts";
import { limits } from "../../../lib/vocabulary/limits.ts";
import { inProject } from "../../shell/paths.ts";
import { roleChoices } from "../../shell/roles.ts";
import { useUser } from "../../shell/user-context.tsx";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { ChoiceField } from "../../ui/choice.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { magnitude } from "../../ui/figures.ts";
import { fieldOf, refusalAt } from "../../ui/form.ts";
import { Page, Section } from "../../ui/frame.tsx";
import { Failed, Problem, Skeleton } from "../../ui/states.tsx";
import { useMutation } from "../../ui/use-mutation.ts";
import { first, reduce, steps, type Wizardry } from "./wizardry.ts";

const titles = ["Name and model", "Ranking", "People"] as const;

export function Wizard() {
  const [state, dispatch] = useReducer(reduce, first);
  const create = useMutation({
    mutationFn: ({ name, modelId, k, rateFirst, people }: Wizardry) =>
      api.projects.create({
        name: name.trim(),
        modelId,
        k,
        rateFirst,
        people: Object.entries(people).map(([id, role]) => ({ id, role })),
      }),
    // A page load of its own: the server tells each page which projects there are.
    onSuccess: ({ id }) => window.location.assign(inProject(id, "/")),
    onError: (error) => fieldOf(error) === "name" && dispatch({ type: "go", step: 0 }),
  });
  const form = useRef<HTMLFormElement>(null);
  const { step } = state;
  // The step that is shown is read from its beginning.
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current !== step) form.current?.querySelector<HTMLElement>("input, select")?.focus();
    shown.current = step;
  }, [step]);
  const isLast = step === steps - 1;
  return (
    <Page title="New project" lead={`Step ${step + 1} of ${steps}: ${titles[step]}`}>
      <form
        ref={form}
        noValidate
        className="flex max-w-2xl flex-col gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          if (isLast && !create.isPending) create.mutate(state);
          else {
            dispatch({ type: "next" });
            if (step === 0 && state.name.trim() === "") event.currentTarget.querySelector("input")?.focus();
          }
        }}
      >
        {step === 0 ? (
          <NameAndModel state={state} refusal={refusalAt(create.error, "name")} change={dispatch} />
        ) : step === 1 ? (
          <Ranking state={state} change={dispatch} />
        ) : (
          <People state={state} change={dispatch} />
        )}
        <Problem error={fieldOf(create.error) ? null : create.error} />
        <div className="flex flex-wrap gap-2">
          {step > 0 ? (
            <Button onClick={() => dispatch({ type: "go", step: step - 1 })}>Back</Button>
          ) : (
            <ButtonLink href="/projects">Cancel</ButtonLink>
          )}
          <Button type="submit" kind="primary" busy={create.isPending || create.isSuccess}>
            {isLast ? "Make the project" : "Next"}
          </Button>
        </div>
      </form>
    </Page>
  );
}

interface StepProps {
  state: Wizardry;
  change: (action: Parameters<typeof reduce>[1]) => void;
}

function NameAndModel({ state, refusal, change }: StepProps & { refusal: string | null }) {
  const models = useQuery(orpc.projects.models.queryOptions());
  return (
    <Section title="What it is called, and where answers come from">
      <TextField
        label="Name"
        name="name"
        value={state.name}
        maxLength={limits.projectNameCharacters}
        autoComplete="off"
        onChange={(event) => change({ type: "set", name: event.target.value })}
        error={state.problem ?? refusal}
        hint="The people in it see this name."
      />
      {models.error ? <Failed error={models.error} retry={() => models.refetch()} /> : null}
      {models.data ? (
        <SelectField
          label="Where answers come from"
          name="model"
          value={state.modelId ?? ""}
          onChange={(event) => change({ type: "set", modelId: event.target.value || null })}
          hint="The model that is asked first. Every set of answers can come from another, and a lead can choose another in the settings."
        >
          <option value="">The practice model that comes with Rankloop</option>
          {models.data.map(({ id, name, parameters }) => (
            <option key={id} value={id}>
              {name}
              {parameters === null ? "" : ` · ${magnitude(parameters)} parameters`}
            </option>
          ))}
        </SelectField>
      ) : models.error ? null : (
        <Skeleton lines={1} height="3rem" />
      )}
    </Section>
  );
}

const stages = [
  {
    value: "two",
    label: "Rate each answer, then rank all",
    hint: "InstructGPT’s way: 1 to 7, flags and a note for each answer alone, before any are compared.",
  },
  { value: "one", label: "Rank only", hint: "Quicker. Nothing is known of an answer but its place among the others." },
] as const;

const ks = Array.from({ length: limits.k.max - limits.k.min + 1 }, (_, i) => limits.k.min + i);

function Ranking({ state, change }: StepProps) {
  return (
    <Section title="How answers are ranked">
      <SelectField
        label="Answers to each prompt (K)"
        name="k"
        value={state.k}
        onChange={(event) => change({ type: "set", k: Number(event.target.value) })}
        hint="From 4 answers come 6 pairs, from 9 come 36. InstructGPT used 4 to 9."
      >
        {ks.map((k) => (
          <option key={k} value={k}>
            {k}
          </option>
        ))}
      </SelectField>
      <ChoiceField
        legend="Stages"
        value={state.rateFirst ? "two" : "one"}
        onChange={(value) => change({ type: "set", rateFirst: value === "two" })}
        options={stages}
        className="sm:grid-cols-2"
      />
    </Section>
  );
}

function People({ state, change }: StepProps) {
  const own = useUser()?.id;
  const accounts = useQuery(orpc.accounts.list.queryOptions());
  const others = accounts.data?.filter(({ id, active }) => active && id !== own);
  return (
    <Section title="Who is in it">
      <p className="text-muted">You are its admin. More people can be added at any time, under People.</p>
      {accounts.error ? <Failed error={accounts.error} retry={() => accounts.refetch()} /> : null}
      {!others && !accounts.error ? <Skeleton lines={3} height="2.5rem" /> : null}
      {others?.map(({ id, name, username }) => (
        <SelectField
          key={id}
          label={`${name} · ${username}`}
          name={id}
          value={state.people[id] ?? ""}
          onChange={(event) => change({ type: "person", id, role: (event.target.value || null) as Role | null })}
        >
          <option value="">Not in this project</option>
          {roleChoices.map(({ value, label, hint }) => (
            <option key={value} value={value}>
              {label}: {hint}
            </option>
          ))}
        </SelectField>
      ))}
      {others?.length === 0 ? <p>Nobody else has an account yet.</p> : null}
    </Section>
  );
}
