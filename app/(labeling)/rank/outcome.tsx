"use client";
// What became of the prompts before this one: one line, and a clear word where the server refused a ranking.
import Link from "next/link";
import { mayEnter, rooms } from "../../shell/roles.ts";
import { useUser } from "../../shell/user-context.tsx";
import { Button } from "../../ui/button.tsx";
import { counted } from "../../ui/figures.ts";
import { type Errand, isUnsent } from "./outbox.ts";
import { theOutbox, useErrands } from "./use-assignments.ts";

/** Always there, so that a screen reader hears what it comes to say. */
export function OutcomeLine() {
  const errands = useErrands().filter(({ state }) => state !== "refused");
  const unsent = errands.filter(isUnsent);
  const [latest] = errands;
  return (
    <p role="status" className="min-w-0 text-muted text-sm">
      {unsent.some(({ state }) => state === "waiting") ? (
        <span className="text-danger">
          No connection: {counted(unsent.length, "answer")} of yours {unsent.length > 1 ? "wait" : "waits"} here and{" "}
          {unsent.length > 1 ? "are" : "is"} sent as soon as the server answers. Keep this page open.
        </span>
      ) : latest ? (
        <Latest errand={latest} />
      ) : null}
    </p>
  );
}

function Latest({ errand: { assignment, notation, state, version } }: { errand: Errand }) {
  const user = useUser();
  if (notation === null) {
    return state === "done" ? "Skipped: it will not be shown to you again." : "Skipping …";
  }
  const said = <span className="font-mono">{notation}</span>;
  if (state !== "done") return <>Submitting {said} …</>;
  return (
    <>
      Submitted {said}
      {version && version > 1 ? `, version ${version}` : ""}.{" "}
      {user && mayEnter(user.role, rooms.prompts) ? (
        <Link href={`/comparisons/${assignment.comparisonId}`} prefetch={false}>
          See which model wrote what
        </Link>
      ) : null}
    </>
  );
}

/** @param onBack to the assignment with this id, where everything stands as it was submitted */
export function Refusals({ onBack }: { onBack: (id: string) => void }) {
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
