// What became of the assignment before this one, in one line.
import Link from "next/link";

export type Outcome =
  | { kind: "submitted"; notation: string; comparisonId: string }
  | { kind: "skipped" }
  | { kind: "lost"; sentence: string };

export function OutcomeLine({ outcome }: { outcome: Outcome }) {
  return (
    <p role="status" className="text-muted text-sm">
      {outcome.kind === "submitted" ? (
        <>
          Submitted <span className="font-mono">{outcome.notation}</span>.{" "}
          <Link href={`/comparisons/${outcome.comparisonId}`} prefetch={false}>
            See which model wrote what
          </Link>
        </>
      ) : (
        "Skipped: it will not be shown to you again."
      )}
    </p>
  );
}
