"use client";
// K answers side by side, token by token; once ranked, with model names, scores and the rankings.
import { useQuery } from "@tanstack/react-query";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import { twinsAmong, twinsOf } from "../../../../../../lib/preference/twins.ts";
import { may } from "../../../../../../lib/vocabulary/labeling.ts";
import type { Comparison } from "../../../../../../lib/vocabulary/shapes.ts";
import { useUser } from "../../../../../shell/user-context.tsx";
import { Button, ButtonLink } from "../../../../../ui/button.tsx";
import { moment } from "../../../../../ui/figures.ts";
import { Page, Section } from "../../../../../ui/frame.tsx";
import { Link } from "../../../../../ui/link.tsx";
import { Awaited, Failed, Problem, Skeleton } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";
import { comparisonState } from "../../comparison-states.ts";
import { Conversation } from "../../conversation.tsx";
import { kindNames } from "../../prompt-words.ts";
import { SkipReasons } from "../../skip-reasons.tsx";
import { CandidateCard } from "./candidate-card.tsx";
import { RankingView } from "./ranking-view.tsx";
import { Scores } from "./scores.tsx";

const toPrompts = { name: "To the prompts", href: "/prompts" };

export function ComparisonScreen({ id }: { id: string }) {
  const user = useUser();
  const { comparison, error, watchAgain } = useComparison(id);
  if (!comparison) {
    return (
      <Awaited what="comparison" error={error} retry={watchAgain} elsewhere={toPrompts} wide>
        <Skeleton lines={1} height="6rem" />
        <Skeleton lines={1} height="20rem" />
      </Awaited>
    );
  }
  const { prompt, candidates, setAside, mayChange, rankings, rankingCount, wanted, isRankedByMe, isBlind } = comparison;
  const twins = twinsAmong(candidates.filter((candidate) => candidate.state === "done"));
  const state = setAside ? "Set aside" : comparisonState(comparison);
  const isComplete = rankingCount >= wanted;
  const done = candidates.filter((candidate) => candidate.state === "done").length;
  return (
    <Page
      title={`${candidates.length} answers`}
      lead={`${state} · ${moment(comparison.createdAt)}`}
      action={
        <Actions comparison={comparison} mayRank={user !== null && may(user.role, "rank")} onChange={watchAgain} />
      }
      wide
    >
      {error ? <Failed error={error} retry={watchAgain} /> : null}
      <p className="sr-only" aria-live="polite">
        {state}: {done} of {candidates.length} answers done.
      </p>
      {setAside ? <SetAside skips={setAside.skips} /> : null}
      <section aria-label="Prompt" className="rounded-md border border-line bg-surface px-4 py-3">
        <p className="mb-1 flex flex-wrap justify-between gap-x-4 text-muted text-sm">
          <span>
            {kindNames[prompt.kind]} · {prompt.useCase}
          </span>
          <Link href={`/prompts/${prompt.id}`}>To the prompt</Link>
        </p>
        <Conversation messages={prompt.messages} />
      </section>
      <ul aria-label="Answers" className="grid gap-3 sm:grid-cols-[repeat(auto-fit,minmax(min(17rem,100%),1fr))]">
        {candidates.map((candidate) => (
          <CandidateCard
            key={candidate.id}
            candidate={candidate}
            canRegenerate={mayChange && rankingCount === 0}
            hidden={
              isBlind
                ? `hidden until ${isRankedByMe ? "you have looked again" : isComplete ? "you have ranked them" : "ranked"}`
                : null
            }
            twins={twinsOf(twins, candidate.label)}
            onChange={watchAgain}
          />
        ))}
      </ul>
      {rankings.length > 0 ? (
        <div className="grid items-start gap-8 lg:grid-cols-2">
          <Section title="Rankings">
            {isComplete ? null : <p className="text-muted">Those of others stand here once all are in.</p>}
            <ul className="rounded-md border border-line bg-surface">
              {rankings.map((ranking) => (
                <RankingView key={ranking.id} ranking={ranking} />
              ))}
            </ul>
          </Section>
          <Scores
            comparison={comparison}
            mayScore={isComplete && user !== null && may(user.role, "train")}
            onScored={watchAgain}
          />
        </div>
      ) : null}
    </Page>
  );
}

/** Blind and not ranked: this person may still rank these answers, or has begun to. */
const waitsFor = ({ state, isRankedByMe, isBlind }: Comparison): boolean =>
  state === "ready" && !isRankedByMe && isBlind;

/** Why it waits for nobody; for leads, who mend that and hand it out again, by whom it was skipped. */
function SetAside({ skips }: { skips: NonNullable<Comparison["setAside"]>["skips"] }) {
  return (
    <section aria-label="Set aside" className="rounded-md bg-caution-wash px-4 py-3">
      <p>
        It was skipped, and is handed out no more
        {skips.length > 0 ? (
          <>
            ; see <Link href="/skipped">Skipped</Link>
          </>
        ) : null}
        .
      </p>
      {skips.length > 0 ? <SkipReasons skips={skips} /> : null}
    </section>
  );
}

interface ActionsProps {
  comparison: Comparison;
  mayRank: boolean;
  onChange: () => void;
}

function Actions({ comparison, mayRank, onChange }: ActionsProps) {
  const stop = useMutation({ mutationFn: () => api.comparisons.stop({ id: comparison.id }), onSuccess: onChange });
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Problem error={stop.error} />
      {comparison.state === "generating" && comparison.mayChange ? (
        <Button kind="danger" busy={stop.isPending} onClick={() => stop.mutate()}>
          {stop.isPending ? "Stopping …" : "Stop all"}
        </Button>
      ) : null}
      {mayRank && !comparison.setAside && waitsFor(comparison) ? (
        <ButtonLink href={`/rank?comparison=${comparison.id}`} kind="primary">
          Go to ranking
        </ButtonLink>
      ) : null}
    </div>
  );
}

const watchOptions = (id: string) =>
  orpc.comparisons.watch.experimental_liveOptions({
    input: { id },
    // A server that restarts while answers are written: go on watching when it is back.
    context: { retry: Number.POSITIVE_INFINITY },
    staleTime: 0,
  });

/** The stream ends with the work it shows; `watchAgain` opens it anew after a regenerate or a score was asked for. */
export function useComparison(id: string) {
  const { data, error, refetch } = useQuery(watchOptions(id));
  return { comparison: data, error, watchAgain: () => refetch({ cancelRefetch: true }) };
}
