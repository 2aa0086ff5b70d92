"use client";
// How a prompt came about: its examples, the described use it was written for, the prompt it was drawn from.
import type { InferContractRouterOutputs } from "@orpc/contract";
import type { contract } from "../../../../../../lib/api/contract.ts";
import { AsWritten } from "../../../../../ui/as-written.tsx";
import { counted } from "../../../../../ui/figures.ts";
import { Link } from "../../../../../ui/link.tsx";
import { Resample } from "./resample.tsx";

/** A prompt as its page gets it. */
export type PromptDetail = InferContractRouterOutputs<typeof contract>["prompts"]["get"];

export function Origin({ prompt, mayWrite }: { prompt: PromptDetail; mayWrite: boolean }) {
  const { fewShot, scenario, resampledFrom } = prompt;
  return (
    <>
      {scenario ? (
        <section aria-label="Use-case description" className="rounded-md border border-line px-4 py-2">
          <p className="text-muted text-sm">Written for this use:</p>
          <AsWritten text={scenario.text} className="max-w-[80ch]" />
        </section>
      ) : null}
      {resampledFrom ? (
        <p className="text-muted">
          Drawn from the examples of <Link href={`/prompts/${resampledFrom}`}>another few-shot prompt</Link>.
        </p>
      ) : null}
      {fewShot ? (
        <details className="rounded-md border border-line px-4 py-2">
          <summary className="w-fit rounded-sm text-muted hover:text-ink">
            Its parts: {counted(fewShot.shots.length, "example")}
          </summary>
          <dl className="mt-2 flex flex-col gap-3">
            <Part name="Instruction" text={fewShot.instruction} />
            {fewShot.shots
              .map((shot, place) => ({ ...shot, place }))
              .map(({ query, response, place }) => (
                <div key={place} className="grid gap-x-4 gap-y-1 border-line border-t pt-2 sm:grid-cols-2">
                  <Part name={`Example ${place + 1}, input`} text={query} />
                  <Part name="Output" text={response} />
                </div>
              ))}
            <div className="border-line border-t pt-2">
              <Part name="Input to answer" text={fewShot.query} />
            </div>
          </dl>
        </details>
      ) : null}
      {fewShot && !resampledFrom && mayWrite ? <Resample promptId={prompt.id} shots={fewShot.shots} /> : null}
    </>
  );
}

function Part({ name, text }: { name: string; text: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted text-sm">{name}</dt>
      <dd>
        <AsWritten text={text} />
      </dd>
    </div>
  );
}
