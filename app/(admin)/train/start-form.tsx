"use client";
// Name, base model and settings of a new run, each with the line that says what it does.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { api, orpc } from "../../../lib/api/client.ts";
import { rewardSettings } from "../../../lib/api/contract.ts";
import { Button } from "../../ui/button.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { counted, magnitude } from "../../ui/figures.ts";
import { numberOf, textOf } from "../../ui/form.ts";
import { Section } from "../../ui/frame.tsx";
import { Empty, Failed, Problem, Skeleton } from "../../ui/states.tsx";

const defaults = rewardSettings.parse({});

const settings: {
  name: keyof typeof defaults;
  label: string;
  hint: string;
  step: number | "any";
  min: number;
  max: number;
}[] = [
  {
    name: "learningRate",
    label: "Learning rate",
    hint: "How far each step moves the weights. InstructGPT took 9e-6 for 6 billion of them; a small model takes more.",
    step: "any",
    min: 0,
    max: 1,
  },
  {
    name: "epochs",
    label: "Epochs",
    hint: "Passes over all comparisons. InstructGPT took one: more soon learn them by heart.",
    step: 1,
    min: 1,
    max: 100,
  },
  {
    name: "rows",
    label: "Rows a step",
    hint: "A row is a prompt with one answer. All answers of a prompt stay in one step.",
    step: 1,
    min: 2,
    max: 64,
  },
  {
    name: "weightDecay",
    label: "Weight decay",
    hint: "Pulls the weights towards zero at each step. 0 is off.",
    step: "any",
    min: 0,
    max: 1,
  },
  {
    name: "seed",
    label: "Seed",
    hint: "The same seed on the same comparisons gives the same run.",
    step: 1,
    min: 0,
    max: 0xffffffff,
  },
];

function read(data: FormData) {
  const figures = Object.fromEntries(settings.map(({ name }) => [name, numberOf(data, name)]));
  return {
    name: textOf(data, "name"),
    baseModelId: textOf(data, "baseModelId"),
    settings: rewardSettings.parse(figures),
  };
}

export function StartForm() {
  const models = useQuery(orpc.models.list.queryOptions());
  // What an export would hold is what the run will read: its lines are the pairs without ties.
  const data = useQuery(orpc.exports.preview.queryOptions({ input: { dataset: "comparisons", split: "all" } }));
  const error = models.error ?? data.error;
  const bases = models.data?.filter(({ kind, problem }) => kind === "lm" && problem === null);
  return (
    <Section title="Start a run">
      {error ? (
        <Failed
          error={error}
          retry={() => {
            models.refetch();
            data.refetch();
          }}
        />
      ) : null}
      {!error && !(bases && data.data) ? <Skeleton lines={5} height="3.5rem" /> : null}
      {data.data?.total === 0 ? (
        <Empty>
          There are no pairs to learn from yet: rank some answers first. A ranking with ties only makes none.
        </Empty>
      ) : null}
      {bases && data.data && data.data.total > 0 ? (
        <Form
          bases={bases}
          data={
            <p className="text-muted">
              {`Trains on all ${counted(data.data.rankings, "ranking")} as they are now: ${counted(data.data.strict, "pair")} without ties.`}
              {data.data.strict < 2_000
                ? " Below about 2,000, expect hardly more than chance on new prompts (Gao et al. 2022)."
                : null}
            </p>
          }
        />
      ) : null}
    </Section>
  );
}

interface FormProps {
  bases: { id: string; name: string; parameters: number }[];
  /** What it will learn from. */
  data: ReactNode;
}

function Form({ bases, data }: FormProps) {
  const router = useRouter();
  const queryClient = useQueryClient();
  const start = useMutation({
    mutationFn: (form: FormData) => api.training.start(read(form)),
    onSuccess: ({ id }) => {
      queryClient.invalidateQueries({ queryKey: orpc.training.key() });
      router.push(`/train/${id}`);
    },
  });
  const isBusy = start.isPending || start.isSuccess;
  return (
    <form
      className="grid gap-4 sm:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) start.mutate(new FormData(event.currentTarget));
      }}
    >
      <div className="sm:col-span-2">{data}</div>
      <TextField label="Name of the model" name="name" required maxLength={60} className="sm:col-span-2" />
      <SelectField label="Base model" name="baseModelId" className="sm:col-span-2" hint="The weights it starts from.">
        {bases.map((model) => (
          <option key={model.id} value={model.id}>
            {model.name} · {magnitude(model.parameters)} parameters
          </option>
        ))}
      </SelectField>
      {settings.map(({ name, ...field }) => (
        <TextField
          key={name}
          {...field}
          name={name}
          type="number"
          inputMode="decimal"
          required
          defaultValue={defaults[name]}
        />
      ))}
      <div className="flex flex-col items-start gap-3 sm:col-span-2">
        <Problem error={start.error} />
        <Button type="submit" kind="primary" busy={isBusy}>
          {isBusy ? "Starting …" : "Start training"}
        </Button>
      </div>
    </form>
  );
}
