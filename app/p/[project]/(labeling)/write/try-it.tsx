"use client";
// "Try it": the model's answer to the prompt as it stands, streamed beside the demonstration. Nothing of it is kept.
import { ORPCError } from "@orpc/client";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import type { Message } from "../../../../../lib/vocabulary/conversation.ts";
import type { Trial } from "../../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Button } from "../../../../ui/button.tsx";
import { Scroller } from "../../../../ui/scroller.tsx";
import { Problem } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { lengthOf } from "../../../../ui/written.ts";
import { PracticeLine } from "../practice-line.tsx";

interface TryItProps {
  messages: Message[];
  /** Is there something to ask? */
  asksSomething: boolean;
}

const states: Record<Trial["state"], string> = {
  waiting: "Waiting for the model",
  streaming: "Writing …",
  done: "Done",
  stopped: "Stopped",
  failed: "Failed",
};

export function TryIt({ messages, asksSomething }: TryItProps) {
  /** What the answer on the card is an answer to. */
  const [asked, setAsked] = useState<string | null>(null);
  const start = useMutation({
    mutationFn: (prompt: Message[]) => api.trials.start({ prompt }),
    onMutate: (prompt) => setAsked(JSON.stringify(prompt)),
  });
  const id = start.data?.id;
  const watch = useQuery(
    orpc.trials.watch.experimental_liveOptions({
      input: id === undefined ? skipToken : { id },
      // A server that restarts meanwhile goes on with it; a trial that another has replaced is gone for good.
      context: { retry: Number.POSITIVE_INFINITY, shouldRetry: ({ error }) => !isGone(error) },
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
    }),
  );
  const { data: models } = useQuery(orpc.models.list.queryOptions());
  const model = models?.find(({ usedAs }) => usedAs === "answering model");
  const stop = useMutation({ mutationFn: (trialId: string) => api.trials.stop({ id: trialId }) });
  const trial = watch.data ?? start.data;
  const isUnfinished = trial?.state === "waiting" || trial?.state === "streaming";
  // The stream ends with the answer, or with another trial of the same person: one at a time.
  const isReplaced = isUnfinished && id !== undefined && !watch.isFetching && (watch.isSuccess || isGone(watch.error));
  const isWriting = start.isPending || (isUnfinished && !isReplaced);
  const hasChanged = asked !== null && asked !== JSON.stringify(messages);

  return (
    <section aria-label="The model's answer" className="rounded-md border border-line bg-surface">
      <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b py-1 ps-3 pe-1.5">
        <h2 className="font-medium">{trial ? `Answer of ${trial.modelName}` : "The model's answer"}</h2>
        <p role="status" className="me-auto text-muted text-sm">
          {trial ? sayState(trial, isReplaced) : ""}
        </p>
        {isWriting && id !== undefined ? (
          <Button kind="danger" busy={stop.isPending} onClick={() => stop.mutate(id)}>
            Stop
          </Button>
        ) : (
          <Button disabled={!asksSomething} busy={start.isPending} onClick={() => start.mutate(messages)}>
            {trial ? "Try again" : "Try it"}
          </Button>
        )}
      </div>
      <div className="min-h-16 px-3 py-2">
        {trial ? <TrialText trial={trial} /> : null}
        {!trial && !start.error ? (
          <p className="text-muted">
            {start.isPending ? "Asking the model …" : "See what the model says to this prompt as it stands now."}
          </p>
        ) : null}
        {model?.isPractice ? <PracticeLine name={model.name} /> : null}
        <Problem error={start.error ?? (isReplaced ? null : watch.error) ?? stop.error} />
        {trial && hasChanged && !isWriting ? (
          <p className="mt-1 text-muted text-sm">The prompt has changed since this answer.</p>
        ) : null}
      </div>
    </section>
  );
}

function sayState({ state, text, tokens }: Trial, isReplaced: boolean): string {
  if (isReplaced) return "Ended: another one was started elsewhere";
  return state === "done" ? `${states.done} · ${lengthOf(text, tokens)}` : states[state];
}

function isGone(error: unknown): boolean {
  return error instanceof ORPCError && error.code === "NOT_FOUND";
}

function TrialText({ trial: { text, state, error } }: { trial: Trial }) {
  if (state === "failed") return <p className="text-danger">{error ?? "The model failed on this prompt."}</p>;
  if (text) {
    return (
      <Scroller label="Text of the model's answer" className="max-h-[40vh]">
        <AsWritten text={text} />
      </Scroller>
    );
  }
  return state === "done" ? <p className="text-muted italic">The model ended at once: an empty answer.</p> : null;
}
