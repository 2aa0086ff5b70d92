"use client";
// One text field for an ideal answer, with its length in tokens, and its way into the database.
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { orpc } from "../../../../../../lib/api/client.ts";
import type { Message } from "../../../../../../lib/vocabulary/conversation.ts";
import { limits } from "../../../../../../lib/vocabulary/limits.ts";
import { Button } from "../../../../../ui/button.tsx";
import { TextArea } from "../../../../../ui/field.tsx";
import { count as figure } from "../../../../../ui/figures.ts";
import { onKey } from "../../../../../ui/on-key.ts";
import { Problem } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";
import { AnswerLength } from "../../answer-length.tsx";
import { useTokenCount } from "../../use-token-count.ts";
import type { DemonstrationDrafts } from "./use-demonstration-drafts.ts";

interface DemonstrationFormProps {
  /** Which of the drafts it writes. */
  target: string;
  label: string;
  action: string;
  /** The prompt it answers. */
  messages: readonly Message[];
  text: string;
  /** What it would take the place of: the same again is no version. */
  before?: string;
  drafts: DemonstrationDrafts;
  store: (text: string) => Promise<unknown>;
  /** Other buttons. */
  children?: ReactNode;
}

export function DemonstrationForm({
  target,
  label,
  action,
  messages,
  text,
  before,
  drafts,
  store,
  children,
}: DemonstrationFormProps) {
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: () => drafts.storing(target, () => store(text)),
    onSuccess: async () => {
      queryClient.invalidateQueries({ queryKey: orpc.progress.key() });
      queryClient.invalidateQueries({ queryKey: orpc.demonstrations.key() });
      await queryClient.invalidateQueries({ queryKey: orpc.prompts.key() });
    },
  });
  const counted = useTokenCount(messages, text);
  const isTooLong = text.length > limits.answerCharacters;
  return (
    <form
      className="flex flex-col items-start gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!save.isPending && text !== before) save.mutate();
      }}
      {...{
        onKeyDown: onKey<HTMLFormElement>((event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
        }),
      }}
    >
      <TextArea
        name={`demonstration.${target}`}
        label={label}
        value={text}
        onChange={(event) => drafts.write(target, event.target.value)}
        rows={5}
        hint={
          <>
            The ideal answer to this prompt. <AnswerLength text={text} counted={counted} />
          </>
        }
        error={isTooLong ? `At most ${figure(limits.answerCharacters)} characters.` : null}
        className="w-full"
      />
      <Problem error={save.error} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" disabled={text === before} busy={save.isPending} aria-keyshortcuts="Control+Enter">
          {save.isPending ? "Saving …" : action}
        </Button>
        {children}
      </div>
    </form>
  );
}
