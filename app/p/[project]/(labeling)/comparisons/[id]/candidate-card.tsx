"use client";
// One answer: its text as it comes, its state, the settings recorded with it, and regenerating just this one.
import { api } from "../../../../../../lib/api/client.ts";
import type { Candidate } from "../../../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../../../ui/as-written.tsx";
import { Button } from "../../../../../ui/button.tsx";
import { figure } from "../../../../../ui/figures.ts";
import { useNameOf } from "../../../../../ui/person.tsx";
import { Problem } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";
import { lengthOf } from "../../../../../ui/written.ts";
import { candidateStates } from "../../comparison-states.ts";
import { SameText } from "../../rank/card.tsx";

interface CandidateCardProps {
  candidate: Candidate;
  canRegenerate: boolean;
  /** Said in the place of the model's name; null where it is told. */
  hidden: string | null;
  /** The labels of those with the same text. */
  twins: readonly string[];
  onChange: () => void;
}

export function CandidateCard({ candidate, canRegenerate, hidden, twins, onChange }: CandidateCardProps) {
  const { label, text, tokens, state, error } = candidate;
  const regenerate = useMutation({
    mutationFn: () => api.comparisons.regenerate({ id: candidate.id }),
    onSuccess: onChange,
  });
  const isWriting = state === "waiting" || state === "streaming";
  return (
    <li
      aria-label={`Answer ${label}`}
      aria-busy={isWriting}
      className="flex min-h-52 min-w-0 flex-col rounded-md border border-line bg-surface"
    >
      <div className="flex flex-wrap items-baseline gap-x-2 border-line border-b px-3 py-1.5">
        <h2 className="font-mono font-semibold text-lg">{label}</h2>
        <span className="me-auto text-muted text-sm tabular-nums">{lengthOf(text, tokens)}</span>
        <span className={`text-sm ${state === "failed" ? "text-danger" : isWriting ? "text-accent" : "text-muted"}`}>
          {candidateStates[state]}
        </span>
      </div>
      <div className="flex-1 px-3 py-2">
        {text ? <AsWritten text={text} /> : null}
        {!text && state === "done" ? (
          <p className="text-muted italic">The model ended at once: an empty answer.</p>
        ) : null}
        {isWriting && error ? (
          <p role="status" className="text-caution">
            It failed and is tried again: {error}
          </p>
        ) : null}
        {state === "failed" ? <p className="text-danger">{error ?? "The model failed on this answer."}</p> : null}
      </div>
      {twins.length > 0 ? (
        <p className="px-3 pb-2">
          <SameText as={twins} />
        </p>
      ) : null}
      {candidate.namesModel ? (
        <p className="mx-3 mb-2 rounded-md bg-caution-wash px-2 py-1 text-caution text-sm">
          It names its model: whoever ranks it can tell who wrote it.
        </p>
      ) : null}
      <Settings candidate={candidate} hidden={hidden} />
      {candidate.call ? <Sent call={candidate.call} /> : null}
      {canRegenerate && !isWriting ? (
        <div className="flex flex-wrap items-center gap-2 px-3 pb-3">
          <Button busy={regenerate.isPending} onClick={() => regenerate.mutate()}>
            {state === "failed" ? "Try again" : "Regenerate"} {label}
          </Button>
          <Problem error={regenerate.error} />
        </div>
      ) : null}
    </li>
  );
}

/** What a server was sent for an answer, and what it said of itself. */
function Sent({ call }: { call: NonNullable<Candidate["call"]> }) {
  const { url, sent, serverModel, fingerprint, finishReason, promptTokens, tokens, cost } = call;
  const said: [name: string, value: string | number | null][] = [
    ["Its own name", serverModel],
    ["Fingerprint", fingerprint],
    ["Ended by", finishReason],
    ["Tokens of the prompt", promptTokens],
    ["Tokens of the answer", tokens],
    ["Cost", cost === null ? null : figure(cost)],
  ];
  return (
    <details className="px-3 pb-3 text-sm">
      <summary className="cursor-pointer text-muted">What the server was sent</summary>
      <p className="wrap-anywhere mt-1 text-muted">{url}</p>
      <pre className="wrap-anywhere mt-1 whitespace-pre-wrap rounded-md bg-sunken p-2">
        {JSON.stringify(sent, null, 2)}
      </pre>
      <dl className="mt-1 flex flex-wrap gap-x-4 text-muted">
        {said.map(([name, value]) =>
          value === null ? null : (
            <div key={name} className="flex gap-1">
              <dt>{name}</dt>
              <dd className="wrap-anywhere text-ink">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </details>
  );
}

function Settings({ candidate, hidden }: { candidate: Candidate; hidden: string | null }) {
  const { temperature, topP, maxTokens, seed, modelName, author, scores } = candidate;
  const nameOf = useNameOf();
  const rows: [name: string, value: string][] = [];
  if (hidden !== null) rows.push([temperature === null ? "Who wrote it, and how" : "Model and seed", hidden]);
  if (modelName !== null) rows.push(["Model", modelName]);
  if (author !== null) rows.push(["Written by", nameOf(author)]);
  if (temperature !== null) rows.push(["Temperature", String(temperature)]);
  if (topP !== null) rows.push(["Top-p", String(topP)]);
  if (maxTokens !== null) rows.push(["Maximum", `${maxTokens} tokens`]);
  if (seed !== null) rows.push(["Seed", String(seed)]);
  for (const { modelName, score } of scores) rows.push([`Score by ${modelName}`, figure(score)]);
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-0.5 px-3 pb-3 text-muted text-sm">
      {rows.map(([name, value]) => (
        <div key={name} className="flex gap-1">
          <dt>{name}</dt>
          <dd className="text-ink tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
