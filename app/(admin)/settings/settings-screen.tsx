"use client";
// What holds for everyone who works on this project: the stages of ranking, its model, and the use-case descriptions.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, orpc } from "../../../lib/api/client.ts";
import type { Model, ProjectSettings } from "../../../lib/api/contract.ts";
import { ChoiceField } from "../../ui/choice.tsx";
import { SelectField } from "../../ui/field.tsx";
import { magnitude } from "../../ui/figures.ts";
import { Page, Section } from "../../ui/frame.tsx";
import { Failed, Problem, Skeleton } from "../../ui/states.tsx";
import { Scenarios } from "./scenarios.tsx";

export function SettingsScreen() {
  const settings = useQuery(orpc.settings.get.queryOptions());
  const models = useQuery(orpc.models.list.queryOptions());
  const error = settings.error ?? models.error;
  const retry = () => {
    settings.refetch();
    models.refetch();
  };
  return (
    <Page title="Settings" lead="They hold for everyone who works on this project, from the next task on.">
      {error ? <Failed error={error} retry={retry} /> : null}
      {!error && !(settings.data && models.data) ? <Skeleton lines={2} height="8rem" /> : null}
      {settings.data && models.data ? <Fields settings={settings.data} models={models.data} /> : null}
      <Scenarios />
    </Page>
  );
}

const stages = [
  {
    value: "two",
    label: "Rate each answer, then rank all",
    hint: "InstructGPT's way: 1 to 7, flags and a note for each answer alone, before any are compared.",
  },
  { value: "one", label: "Rank only", hint: "Quicker. Nothing is known of an answer but its place among the others." },
] as const;

function Fields({ settings, models }: { settings: ProjectSettings; models: readonly Model[] }) {
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: (change: Partial<ProjectSettings>) => api.settings.update(change),
    onSuccess: (now) => queryClient.setQueryData(orpc.settings.get.queryKey(), now),
  });
  // What was pressed shows at once; when it cannot be stored, what holds comes back with the reason below it.
  const { rateFirst, modelId } = { ...settings, ...(save.isPending ? save.variables : {}) };
  const usable = models.filter(({ kind, problem, id }) => kind === "lm" && (problem === null || id === modelId));
  return (
    <>
      <Section title="Ranking">
        <ChoiceField
          legend="Stages"
          value={rateFirst ? "two" : "one"}
          onChange={(value) => save.mutate({ rateFirst: value === "two" })}
          options={stages}
          className="max-w-3xl sm:grid-cols-2"
        />
      </Section>
      <Section title="Model">
        <SelectField
          label="The project's model"
          className="max-w-xl"
          value={modelId ?? ""}
          onChange={(event) => save.mutate({ modelId: event.target.value || null })}
          hint="Its tokens are counted while people write, and “try it” asks it. Answers to be ranked can come from any model."
        >
          <option value="">The first that can be used</option>
          {usable.map(({ id, name, parameters, problem }) => (
            <option key={id} value={id}>
              {name} · {magnitude(parameters)} parameters{problem ? " · cannot be used now" : ""}
            </option>
          ))}
        </SelectField>
      </Section>
      <Problem error={save.error} />
      <p role="status" className="text-muted empty:hidden">
        {save.isSuccess ? "Saved." : null}
      </p>
    </>
  );
}
