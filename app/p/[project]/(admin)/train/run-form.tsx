"use client";
// Name, models, texts and settings of a new run.
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import type { NewTraining } from "../../../../../lib/training/shapes.ts";
import type { Model } from "../../../../../lib/vocabulary/shapes.ts";
import { usePlaces } from "../../../../shell/user-context.tsx";
import { Button } from "../../../../ui/button.tsx";
import { SelectField, TextField } from "../../../../ui/field.tsx";
import { fieldOf, refusalAt, useFocusOnRefusal } from "../../../../ui/form.ts";
import { Problem } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { modelOption } from "../../model-words.ts";
import { type Goal, textsName } from "./goals.ts";
import { type FormProblem, fieldsOf, readForm } from "./read-form.ts";
import { SettingsFields } from "./settings-fields.tsx";

const baseHints: Record<Goal, string> = {
  sft: "The weights it starts from.",
  reward: "The weights it starts from. InstructGPT's was a fine-tuned model (SFT).",
  dpo: "The weights it starts from, and what it is held to. Best a fine-tuned model (SFT).",
  ppo: "The weights it starts from, and what its KL is measured to. Best a fine-tuned model (SFT).",
  "ppo-ptx": "The weights it starts from, and what its KL is measured to. Best a fine-tuned model (SFT).",
};

interface RunFormProps {
  goal: Goal;
  /** What it will learn from. */
  data: string;
  /** Texts there are. */
  texts: readonly string[];
  /** Language models that can be used, newest first; at least one. */
  bases: readonly Model[];
  /** Reward models that can be used, newest first. */
  judges: readonly Model[];
}

export function RunForm({ goal, data, texts, bases, judges }: RunFormProps) {
  const router = useRouter();
  const to = usePlaces();
  const queryClient = useQueryClient();
  const [problem, setProblem] = useState<FormProblem | null>(null);
  const start = useMutation({
    mutationFn: (training: NewTraining) => api.training.start(training),
    onSuccess: ({ id }) => {
      queryClient.invalidateQueries({ queryKey: orpc.training.key() });
      router.push(to(`/train/${id}`));
    },
  });
  const form = useRef<HTMLFormElement>(null);
  useFocusOnRefusal(form, start.error);
  const isBusy = start.isPending || start.isSuccess;
  const errorAt = (field: string) => (problem?.field === field ? problem.sentence : refusalAt(start.error, field));
  const send = (data: FormData) => {
    const read = readForm(goal, data);
    setProblem("problem" in read ? read.problem : null);
    start.reset();
    if ("training" in read) return start.mutate(read.training);
    // After the folded settings have opened.
    const { field } = read.problem;
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>(`[name="${CSS.escape(field)}"]`)?.focus());
  };
  return (
    <form
      ref={form}
      noValidate
      className="grid gap-4 sm:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) send(new FormData(event.currentTarget));
      }}
    >
      <p className="text-muted sm:col-span-2">{data}</p>
      <TextField label="Name of the model" name="name" error={errorAt("name")} className="sm:col-span-2" />
      <SelectField
        label="Base model"
        name="baseModelId"
        className="sm:col-span-2"
        hint={baseHints[goal]}
        defaultValue={goal === "sft" ? undefined : bases.find(({ trainedBy }) => trainedBy === "sft")?.id}
      >
        {bases.map((model) => (
          <ModelOption key={model.id} model={model} />
        ))}
      </SelectField>
      {goal === "ppo" || goal === "ppo-ptx" ? (
        <SelectField
          label="Reward model"
          name="rewardModelId"
          className="sm:col-span-2"
          hint="Scores the answers. It must read the same tokens as the base model."
          error={errorAt("rewardModelId")}
        >
          {judges.map((model) => (
            <ModelOption key={model.id} model={model} />
          ))}
        </SelectField>
      ) : null}
      {goal === "sft" && judges.length > 0 ? (
        <SelectField
          label="Keep"
          name="rewardModelId"
          className="sm:col-span-2"
          hint="Held-out loss soon rises while answers still get better: InstructGPT let a reward model choose the epoch."
        >
          <option value="">The last epoch</option>
          {judges.map(({ id, name }) => (
            <option key={id} value={id}>
              The epoch whose answers {name} likes best
            </option>
          ))}
        </SelectField>
      ) : null}
      {goal === "ppo-ptx" ? (
        <SelectField
          label="Texts"
          name="texts"
          className="sm:col-span-2"
          hint={
            'Texts of your own: JSON lines of {"text"} in a .jsonl file in the folder “texts” of the data directory.'
          }
        >
          {texts.map((source) => (
            <option key={source} value={source}>
              Texts of {textsName(source)}
            </option>
          ))}
        </SelectField>
      ) : null}
      <SettingsFields fields={fieldsOf(goal)} problem={problem} />
      <div className="flex flex-col items-start gap-3 sm:col-span-2">
        <Problem error={fieldOf(start.error) ? null : start.error} />
        <Button type="submit" kind="primary" busy={isBusy}>
          {isBusy ? "Starting …" : "Start training"}
        </Button>
      </div>
    </form>
  );
}

function ModelOption({ model }: { model: Model }) {
  return <option value={model.id}>{modelOption(model)}</option>;
}
