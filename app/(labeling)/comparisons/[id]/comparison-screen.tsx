"use client";
// K answers side by side, token by token; ranked, with model names, scores and the rankings.
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { api } from "../../../../lib/api/client.ts";
import type { Comparison } from "../../../../lib/api/contract.ts";
import { AsWritten } from "../../../ui/as-written.tsx";
import { Button, ButtonLink } from "../../../ui/button.tsx";
import { moment } from "../../../ui/figures.ts";
import { Page, Section } from "../../../ui/frame.tsx";
import { Failed, Problem, Skeleton } from "../../../ui/states.tsx";
import { comparisonStates } from "../../comparison-states.ts";
import { CandidateCard } from "./candidate-card.tsx";
import { ScoreForm } from "./score-form.tsx";
import { useComparison } from "./use-comparison.ts";

export function ComparisonScreen({ id }: { id: string }) {
  const { comparison, error, watchAgain } = useComparison(id);
  if (!comparison) {
    return (
      <Page title="Comparison" wide>
        {error ? <Failed error={error} retry={watchAgain} /> : null}
        {error ? null : <Skeleton lines={1} height="6rem" />}
        {error ? null : <Skeleton lines={1} height="20rem" />}
      </Page>
    );
  }
  const { prompt, candidates, state, rankings } = comparison;
  const done = candidates.filter((candidate) => candidate.state === "done").length;
  return (
    <Page
      title={`${candidates.length} answers`}
      lead={`${comparisonStates[state]} · ${moment(comparison.createdAt)}`}
      action={<Actions comparison={comparison} onChange={watchAgain} />}
      wide
    >
      {error ? <Failed error={error} retry={watchAgain} /> : null}
      <p className="sr-only" aria-live="polite">
        {comparisonStates[state]}: {done} of {candidates.length} answers done.
      </p>
      <section aria-label="Prompt" className="rounded-md border border-line bg-surface px-4 py-3">
        <p className="flex flex-wrap justify-between gap-x-4 text-muted text-sm">
          {prompt.useCase}
          <Link href={`/prompts/${prompt.id}`}>To the prompt</Link>
        </p>
        <AsWritten text={prompt.text} className="max-w-[80ch]" />
      </section>
      <ul aria-label="Answers" className="grid gap-3 sm:grid-cols-[repeat(auto-fit,minmax(min(17rem,100%),1fr))]">
        {candidates.map((candidate) => (
          <CandidateCard
            key={candidate.id}
            candidate={candidate}
            canRegenerate={state !== "ranked" && rankings.length === 0}
            onChange={watchAgain}
          />
        ))}
      </ul>
      {rankings.length > 0 ? (
        <div className="grid items-start gap-8 lg:grid-cols-2">
          <Section title="Rankings">
            <ul className="rounded-md border border-line bg-surface">
              {rankings.map((ranking) => (
                <li
                  key={ranking.id}
                  className="flex flex-wrap items-baseline justify-between gap-x-4 border-line border-t px-3 py-2 first:border-t-0"
                >
                  <span className="font-mono font-semibold">{ranking.notation}</span>
                  <span className="text-muted text-sm">
                    {ranking.labeler} · {moment(ranking.submittedAt)}
                  </span>
                </li>
              ))}
            </ul>
          </Section>
          <ScoreForm comparison={comparison} onScored={watchAgain} />
        </div>
      ) : null}
    </Page>
  );
}

function Actions({ comparison, onChange }: { comparison: Comparison; onChange: () => void }) {
  const stop = useMutation({ mutationFn: () => api.comparisons.stop({ id: comparison.id }), onSuccess: onChange });
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Problem error={stop.error} />
      {comparison.state === "generating" ? (
        <Button kind="danger" busy={stop.isPending} onClick={() => stop.mutate()}>
          {stop.isPending ? "Stopping …" : "Stop all"}
        </Button>
      ) : null}
      {comparison.state === "ready" ? (
        <ButtonLink href="/rank" kind="primary">
          Go to ranking
        </ButtonLink>
      ) : null}
    </div>
  );
}
