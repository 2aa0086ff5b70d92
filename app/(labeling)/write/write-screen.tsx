"use client";
// The form for a new prompt; saved, it goes straight to the prompt's page, where answers are generated.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { api, orpc } from "../../../lib/api/client.ts";
import type { UseCase } from "../../../lib/preference/labeling.ts";
import { Button } from "../../ui/button.tsx";
import { SelectField, TextArea } from "../../ui/field.tsx";
import { textOf } from "../../ui/form.ts";
import { Page } from "../../ui/frame.tsx";
import { Problem } from "../../ui/states.tsx";
import { useKeptText } from "../../ui/use-kept-text.ts";
import { lengthOf } from "../../ui/written.ts";
import { useCaseHints } from "../use-cases.ts";

export function WriteScreen() {
  const router = useRouter();
  const queryClient = useQueryClient();
  const [prompt, setPrompt, forgetPrompt] = useKeptText("prompt");
  const [demonstration, setDemonstration, forgetDemonstration] = useKeptText("demonstration");

  const save = useMutation({
    mutationFn: (useCase: UseCase) =>
      api.prompts.create({ text: prompt, useCase, ...(demonstration.trim() ? { demonstration } : {}) }),
    onSuccess: ({ id }) => {
      forgetPrompt();
      forgetDemonstration();
      queryClient.invalidateQueries({ queryKey: orpc.prompts.key() });
      queryClient.invalidateQueries({ queryKey: orpc.progress.key() });
      router.push(`/prompts/${id}`);
    },
  });
  const isBusy = save.isPending || save.isSuccess;

  return (
    <Page title="Write a prompt" lead="Something a person would really ask. The model answers it in the next step.">
      <form
        className="flex flex-col gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) save.mutate(textOf(new FormData(event.currentTarget), "useCase") as UseCase);
        }}
      >
        <SelectField label="Use case" name="useCase" className="max-w-xl">
          {Object.entries(useCaseHints).map(([useCase, hint]) => (
            <option key={useCase} value={useCase}>
              {useCase}: {hint}
            </option>
          ))}
        </SelectField>
        <div className="grid gap-6 lg:grid-cols-2">
          <TextArea
            label="Prompt"
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
            rows={10}
            hint={lengthOf(prompt)}
          />
          <TextArea
            label="Demonstration (optional)"
            value={demonstration}
            onChange={(event) => setDemonstration(event.target.value)}
            rows={10}
            hint={`The ideal answer, as you would want the model to give it. ${lengthOf(demonstration)}`}
          />
        </div>
        <div className="flex flex-col items-start gap-3">
          <Problem error={save.error} />
          <Button type="submit" kind="primary" busy={isBusy}>
            {isBusy ? "Saving …" : "Save prompt"}
          </Button>
        </div>
      </form>
    </Page>
  );
}
