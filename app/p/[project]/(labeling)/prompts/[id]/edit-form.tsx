"use client";
// Other words for a prompt that is there, with the fields it was written in.
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useReducer, useState } from "react";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import { alternating } from "../../../../../../lib/vocabulary/conversation.ts";
import { type UseCase, useCases } from "../../../../../../lib/vocabulary/labeling.ts";
import { usePlaces } from "../../../../../shell/user-context.tsx";
import { Button } from "../../../../../ui/button.tsx";
import { SelectField, TextArea } from "../../../../../ui/field.tsx";
import { Problem } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";
import { newPromptOf, problemOf } from "../../write/as-prompt.ts";
import { FewShotFields } from "../../write/few-shot-fields.tsx";
import { emptyForm, type PromptForm, reduce } from "../../write/prompt-form.ts";
import { TurnFields } from "../../write/turn-fields.tsx";
import { focusOn } from "../../write/use-prompt-form.ts";
import type { PromptDetail } from "./origin.tsx";

/** The form as it stood when the prompt was saved. */
function formOf({ kind, useCase, messages, fewShot, scenario }: PromptDetail): PromptForm {
  const form = { ...emptyForm(""), kind, useCase, scenarioId: scenario?.id ?? null };
  const system = messages.find(({ role }) => role === "system")?.content ?? "";
  if (!fewShot) {
    return {
      ...form,
      system,
      turns: alternating(messages)
        .filter(({ role }) => role !== "system")
        .map(({ content }) => content),
    };
  }
  const { instruction, query, shots } = fewShot;
  return { ...form, system, instruction, query, examples: shots.map((shot, key) => ({ key, ...shot })) };
}

export function EditForm({ prompt, onDone }: { prompt: PromptDetail; onDone: () => void }) {
  const router = useRouter();
  const to = usePlaces();
  const queryClient = useQueryClient();
  const [form, edit] = useReducer(reduce, prompt, formOf);
  const [isTried, setTried] = useState(false);
  const problem = isTried ? problemOf(form) : null;
  const save = useMutation({
    mutationFn: () => {
      const { demonstration: _, ...words } = newPromptOf(form);
      return api.prompts.edit({ id: prompt.id, ...words });
    },
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: orpc.prompts.key() });
      onDone();
      if (id !== prompt.id) router.push(to(`/prompts/${id}`));
    },
  });
  const hasAnswers = prompt.comparisons > 0 || prompt.demonstrationList.some(({ author }) => author !== prompt.author);
  return (
    <form
      noValidate
      aria-label="Edit the prompt"
      className="flex flex-col gap-4 rounded-md border border-line bg-surface p-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        const found = problemOf(form);
        if (found) focusOn(found.field);
        else save.mutate();
      }}
    >
      {hasAnswers ? (
        <p className="text-caution">
          There are answers to this prompt: what you save is a new version, and this one is archived with its answers.
        </p>
      ) : null}
      <SelectField
        label="Use case"
        value={form.useCase ?? prompt.useCase}
        onChange={(event) => edit({ type: "choose", choice: { useCase: event.target.value as UseCase } })}
        className="max-w-60"
      >
        {useCases.map((useCase) => (
          <option key={useCase}>{useCase}</option>
        ))}
      </SelectField>
      <TextArea
        name="system"
        label="System message"
        value={form.system}
        onChange={(event) => edit({ type: "write", field: "system", text: event.target.value })}
        rows={2}
        hint="Empty is none."
      />
      {form.kind === "few-shot" ? (
        <FewShotFields form={form} onEdit={edit} problem={problem} />
      ) : (
        <TurnFields form={form} onEdit={edit} problem={problem} />
      )}
      <Problem error={save.error} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" kind="primary" busy={save.isPending}>
          {save.isPending ? "Saving …" : hasAnswers ? "Save as a new version" : "Save"}
        </Button>
        <Button kind="quiet" onClick={onDone}>
          Leave it as it is
        </Button>
      </div>
    </form>
  );
}
