"use client";
// The form with its draft and with saving: what is typed goes into the draft, what is saved ends it. Beside it what the groups
// of its fields get.
import { ORPCError } from "@orpc/client";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useLayoutEffect, useReducer, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { api, orpc } from "../../../../../lib/api/client.ts";
import { randomId } from "../../../../../lib/random-id.ts";
import { usePlaces } from "../../../../shell/user-context.tsx";
import { fieldOf } from "../../../../ui/form.ts";
import { useMutation } from "../../../../ui/use-mutation.ts";
import type { UseDraft } from "../drafts/use-draft.ts";
import { type FormProblem, newPromptOf, problemOf, problemOfPrompt } from "./as-prompt.ts";
import { type Edit, emptyForm, isBlank, type PromptForm, reduce } from "./prompt-form.ts";

/** Saved, go to the prompt's page, or stay for the next one. */
export type Then = "open" | "another";

export interface PromptWriting {
  form: PromptForm;
  edit: (edit: Edit) => void;
  /** What is still wrong, once saving was tried. */
  problem: FormProblem | null;
  save: (then: Then) => void;
  isSaving: boolean;
  /** Whatever saving threw. */
  error: unknown;
  /** The prompt saved last, where the writer stayed. */
  savedId: string | null;
  /** Which prompt of this visit it is, from 0. */
  round: number;
}

function isAboutPrompt(error: unknown): error is ORPCError<string, unknown> {
  return fieldOf(error) === "prompt";
}

export function usePromptForm(draft: UseDraft<PromptForm>): PromptWriting {
  const router = useRouter();
  const to = usePlaces();
  const queryClient = useQueryClient();
  const [form, edit] = useReducer(reduce, draft.value, (kept) => kept ?? emptyForm(randomId()));
  const [isTried, setTried] = useState(false);
  const [saved, setSaved] = useState<{ id: string | null; round: number }>({ id: null, round: 0 });

  const mutation = useMutation({
    mutationFn: async ({ form }: { form: PromptForm; then: Then }) => {
      // Nothing of the draft may arrive after the prompt it has become.
      await draft.pause();
      // Sent again, also from another window or after a reload, it is the same prompt.
      return api.prompts.create(newPromptOf(form), { context: { idempotencyKey: form.id } });
    },
    onSettled: draft.resume,
    onError: (error) => {
      // Saved before, unknown to the writer, and changed since: saved once more it is a prompt of its own.
      if (error instanceof ORPCError && error.code === "CONFLICT") edit({ type: "tell-apart", id: randomId() });
    },
    onSuccess: ({ id }, { then }) => {
      draft.discard();
      queryClient.invalidateQueries({ queryKey: orpc.prompts.key() });
      queryClient.invalidateQueries({ queryKey: orpc.progress.key() });
      if (then === "open") return router.push(to(`/prompts/${id}`));
      flushSync(() => {
        setTried(false);
        setSaved(({ round }) => ({ id, round: round + 1 }));
        edit({ type: "start-again", id: randomId() });
      });
      focusOn(form.kind === "few-shot" ? "instruction" : "turn.0");
    },
  });
  // On the way to the prompt's page it is saved already: nothing may be written or saved any more.
  const isLeaving = mutation.isSuccess && mutation.variables.then === "open";
  const isSaving = mutation.isPending || isLeaving;
  // As long as nothing has changed since: what the form cannot know is the length in the model's tokens.
  const refused = mutation.variables?.form === form && isAboutPrompt(mutation.error) ? mutation.error : null;
  const problem = isTried ? (problemOf(form) ?? (refused && problemOfPrompt(form, refused.message))) : null;
  const field = refused ? problem?.field : undefined;
  useEffect(() => {
    if (field !== undefined) focusOn(field);
  }, [field]);

  const kept = useRef(form);
  const isKept = useRef(draft.value !== null);
  const keep = useEffectEvent((now: PromptForm) => {
    if (kept.current === now) return;
    kept.current = now;
    if (!isBlank(now)) draft.save(now);
    else if (isKept.current) draft.discard();
    isKept.current = !isBlank(now);
  });
  // With the drawing, not after it: the page may be gone by then.
  useLayoutEffect(() => keep(form), [form]);

  function save(then: Then) {
    if (isSaving) return;
    const found = problemOf(form);
    setTried(true);
    if (found) return focusOn(found.field);
    mutation.mutate({ form, then });
  }
  return {
    form,
    edit: (change) => {
      if (!isLeaving) edit(change);
    },
    problem,
    save,
    isSaving,
    error: refused ? null : mutation.error,
    savedId: saved.id,
    round: saved.round,
  };
}

export interface FieldsProps {
  form: PromptForm;
  onEdit: (edit: Edit) => void;
  /** The field to mend, and why. */
  problem: FormProblem | null;
}

/** Does nothing where there is no such control. */
export function focusOn(name: string): void {
  document.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`)?.focus();
}
