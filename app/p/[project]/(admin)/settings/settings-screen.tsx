"use client";
// What holds for everyone who works on this project: the stages of ranking, what is ranked next and how often, its models,
// the use-case descriptions, and the tokens of programs.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { startTransition, useOptimistic } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import type { Model, ProjectSettings } from "../../../../../lib/vocabulary/shapes.ts";
import { ChoiceField } from "../../../../ui/choice.tsx";
import { SelectField } from "../../../../ui/field.tsx";
import { Page, Section } from "../../../../ui/frame.tsx";
import { Failed, Problem, Skeleton } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { modelOption } from "../../model-words.ts";
import { Choosing, JudgeHidden } from "../judge-status.tsx";
import { AnswerSources } from "./answer-sources.tsx";
import { ApiTokens } from "./api-tokens.tsx";
import { Scenarios } from "./scenarios.tsx";
import { TheProject } from "./the-project.tsx";

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
      <ApiTokens />
      <TheProject />
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

const orders = [
  {
    value: "written",
    label: "In the order they were written",
    hint: "Oldest first: what is ranked is a fair sample of the prompts.",
  },
  {
    value: "disagreement",
    label: "Where the reward model’s heads disagree most",
    hint: "It is trained with several heads on the same data: where they differ most on the order, a ranking teaches most.",
  },
] as const;

const { min, max } = limits.rankingsWanted;
const numbersOfRankings = Array.from({ length: max - min + 1 }, (_, i) => min + i);

const numbersOfAnswers = Array.from({ length: limits.k.max - limits.k.min + 1 }, (_, i) => limits.k.min + i);

function Fields({ settings, models }: { settings: ProjectSettings; models: readonly Model[] }) {
  const queryClient = useQueryClient();
  const [{ rateFirst, modelId, promptOrder, rewardModelId, k, sources, rankingsWanted }, show] = useOptimistic(
    settings,
    (now, change: Partial<ProjectSettings>) => ({ ...now, ...change }),
  );
  const save = useMutation({
    scope: { id: "settings" },
    mutationFn: (change: Partial<ProjectSettings>) => api.settings.update(change),
    onSuccess: (now) => {
      queryClient.setQueryData(orpc.settings.get.queryKey(), now);
      queryClient.invalidateQueries({ queryKey: orpc.judge.status.key() });
    },
  });
  // What was chosen shows at once, as a radio must, and all choices are stored, one after the other; when one cannot be,
  // what holds comes back with the reason below it.
  const choose = (change: Partial<ProjectSettings>) =>
    startTransition(async () => {
      show(change);
      await save.mutateAsync(change).catch(() => undefined);
    });
  return (
    <>
      <Section title="Ranking">
        <ChoiceField
          legend="Stages"
          value={rateFirst ? "two" : "one"}
          onChange={(value) => choose({ rateFirst: value === "two" })}
          options={stages}
          className="max-w-3xl sm:grid-cols-2"
        />
        <ChoiceField
          legend="Which prompts come next"
          value={promptOrder}
          onChange={(value) => choose({ promptOrder: value })}
          options={orders}
          className="max-w-3xl sm:grid-cols-2"
        />
        {promptOrder === "disagreement" ? <Choosing /> : null}
        {sources ? null : (
          <SelectField
            label="Answers to each prompt (K)"
            className="max-w-xl"
            value={k}
            onChange={(event) => choose({ k: Number(event.target.value) })}
            hint="For answers that are asked for from now on; whoever asks may take another number. InstructGPT used 4 to 9."
          >
            {numbersOfAnswers.map((number) => (
              <option key={number} value={number}>
                {number}
              </option>
            ))}
          </SelectField>
        )}
        <SelectField
          label="Rankings of each set of answers"
          className="max-w-xl"
          value={rankingsWanted}
          onChange={(event) => choose({ rankingsWanted: Number(event.target.value) })}
          hint="Each by another person, who sees nothing of the others’. More than one shows how far people agree. It holds at once, also for answers that are there already: more brings those that are ranked back, fewer loses nothing."
        >
          {numbersOfRankings.map((number) => (
            <option key={number} value={number}>
              {number}
            </option>
          ))}
        </SelectField>
      </Section>
      <Section title="Models">
        <ModelField
          label="The answering model"
          hint="Its tokens are counted while people write, and “try it” asks it. Answers to be ranked can come from any model. It stays the one until you choose another."
          otherwise="The first that comes with Rankloop"
          models={models.filter(({ kind }) => kind === "lm")}
          value={modelId}
          onChange={(modelId) => choose({ modelId })}
        />
        <ModelField
          label="The judge"
          hint="A reward model that reads all answers. Nobody sees what it thinks before they have ranked them. It stays the one until you choose another."
          otherwise="None"
          models={models.filter(({ kind }) => kind === "reward")}
          value={rewardModelId}
          onChange={(rewardModelId) => choose({ rewardModelId })}
        />
        <JudgeHidden />
        <AnswerSources settings={settings} models={models} onChange={(sources) => choose({ sources })} />
      </Section>
      <Problem error={save.error} />
      <p role="status" className="text-muted empty:hidden">
        {save.isSuccess ? "Saved." : null}
      </p>
    </>
  );
}

interface ModelFieldProps {
  label: string;
  hint: string;
  /** What holds where none is chosen. */
  otherwise: string;
  models: readonly Model[];
  value: string | null;
  onChange: (id: string | null) => void;
}

/** Models that can be used just now, and the chosen one in any case. */
function ModelField({ label, hint, otherwise, models, value, onChange }: ModelFieldProps) {
  return (
    <SelectField
      label={label}
      className="max-w-xl"
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value || null)}
      hint={hint}
    >
      <option value="">{otherwise}</option>
      {models
        .filter(({ id, problem, archivedAt }) => (problem === null && archivedAt === null) || id === value)
        .map((model) => (
          <option key={model.id} value={model.id}>
            {modelOption(model)}
          </option>
        ))}
    </SelectField>
  );
}
