"use client";
// What became of the prompts before this one: one line, and a clear word where the server refused a ranking.
import { api, sentenceOf } from "../../../../../lib/api/client.ts";
import { mayEnter, rooms } from "../../../../shell/roles.ts";
import { useUser } from "../../../../shell/user-context.tsx";
import { Button } from "../../../../ui/button.tsx";
import { counted } from "../../../../ui/figures.ts";
import { Link } from "../../../../ui/link.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { type Errand, isUnsent } from "./outbox.ts";
import { theOutbox, useErrands } from "./use-assignments.ts";

interface OutcomeProps {
  /** To the assignment with this id, where everything stands as it was left. */
  onBack: (id: string) => void;
}

/** Always there, so that a screen reader hears what it comes to say. */
export function OutcomeLine({ onBack }: OutcomeProps) {
  const errands = useErrands().filter(({ state }) => state !== "refused");
  const unsent = errands.filter(isUnsent);
  const [latest] = errands;
  return (
    <p role="status" className="min-w-0 text-muted text-sm">
      {unsent.some(({ state }) => state === "waiting") ? (
        <span className="text-danger">
          No connection: {named(unsent)} of yours {unsent.length > 1 ? "wait" : "waits"} here and{" "}
          {unsent.length > 1 ? "are" : "is"} sent as soon as the server answers. Keep this page open.
        </span>
      ) : latest ? (
        <Latest key={latest.id} errand={latest} onBack={onBack} />
      ) : null}
    </p>
  );
}

/** "1 ranking", "2 rankings and 1 skip" */
function named(errands: readonly Errand[]): string {
  const skips = errands.filter(({ notation }) => notation === null).length;
  const rankings = errands.length - skips;
  const parts = [rankings > 0 ? counted(rankings, "ranking") : "", skips > 0 ? counted(skips, "skip") : ""];
  return parts.filter(Boolean).join(" and ");
}

function Latest({ errand, onBack }: { errand: Errand } & OutcomeProps) {
  const { assignment, notation, state, stored } = errand;
  const user = useUser();
  if (notation === null) return state === "done" ? <Skipped id={errand.id} onBack={onBack} /> : "Skipping …";
  const said = <span className="font-mono">{notation}</span>;
  if (state !== "done") return <>Submitting {said} …</>;
  return (
    <>
      Submitted {said}
      {stored && stored.version > 1 ? `, version ${stored.version}` : ""}.{" "}
      {stored?.isLate ? "Your time had run out and others have these answers too: yours is kept beside theirs. " : null}
      {user && mayEnter(user.role, rooms.prompts) ? (
        <Link href={`/comparisons/${assignment.comparisonId}`} prefetch={false}>
          See which model wrote what
        </Link>
      ) : null}
    </>
  );
}

/** One press is quickly made: it can be taken back until the next prompt is done with. */
function Skipped({ id, onBack }: { id: string } & OutcomeProps) {
  const undo = useMutation({
    mutationFn: () => api.assignments.unskip({ id }),
    onSuccess: () => {
      theOutbox().dismiss(id);
      onBack(id);
    },
  });
  return (
    <>
      Skipped: it will not be shown to you again.{" "}
      {undo.error ? (
        <span className="text-danger">{sentenceOf(undo.error)}</span>
      ) : (
        <Button kind="quiet" className="-my-1" busy={undo.isPending} onClick={() => undo.mutate()}>
          Undo the skip
        </Button>
      )}
    </>
  );
}

export function Refusals({ onBack }: OutcomeProps) {
  const refused = useErrands().filter(({ state }) => state === "refused");
  if (refused.length === 0) return null;
  return (
    // Below the navigation, also where the page scrolls.
    <div className="flex flex-col gap-2 [@media(min-height:40rem)]:sticky [@media(min-height:40rem)]:top-14 [@media(min-height:40rem)]:z-25">
      {refused.map(({ id, notation, sentence, isGone }) => (
        <div
          key={id}
          role="alert"
          className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-danger bg-danger-wash px-3 py-2"
        >
          <p className="flex-1 basis-72">
            {notation === null ? "The skip" : <span className="font-mono">{notation}</span>} was not stored. {sentence}
          </p>
          {isGone ? null : (
            <Button
              onClick={() => {
                theOutbox().dismiss(id);
                onBack(id);
              }}
            >
              Back to it
            </Button>
          )}
          <Button kind={isGone ? "plain" : "quiet"} onClick={() => theOutbox().dismiss(id)}>
            {isGone ? "All right" : "Leave it"}
          </Button>
        </div>
      ))}
    </div>
  );
}
