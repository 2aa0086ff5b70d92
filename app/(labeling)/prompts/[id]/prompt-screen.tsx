"use client";
// One prompt with everything that hangs on it.
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { orpc } from "../../../../lib/api/client.ts";
import { AsWritten } from "../../../ui/as-written.tsx";
import { moment } from "../../../ui/figures.ts";
import { Page, Section } from "../../../ui/frame.tsx";
import { Failed, Skeleton } from "../../../ui/states.tsx";
import { comparisonStates } from "../../comparison-states.ts";
import { Demonstrations } from "./demonstrations.tsx";
import { GenerateForm } from "./generate-form.tsx";

export function PromptScreen({ id }: { id: string }) {
  const { data: prompt, error, refetch } = useQuery(orpc.prompts.get.queryOptions({ input: { id } }));
  if (error) {
    return (
      <Page title="Prompt">
        <Failed error={error} retry={() => refetch()} />
      </Page>
    );
  }
  if (!prompt) {
    return (
      <Page title="Prompt" wide>
        <Skeleton lines={1} height="8rem" />
        <Skeleton lines={1} height="16rem" />
      </Page>
    );
  }
  return (
    <Page title="Prompt" lead={`${prompt.useCase} · ${prompt.author} · ${moment(prompt.createdAt)}`} wide>
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,3fr)_minmax(20rem,2fr)]">
        <div className="flex min-w-0 flex-col gap-8">
          <AsWritten text={prompt.text} className="rounded-md border border-line bg-surface px-4 py-3" />
          <Demonstrations promptId={id} demonstrations={prompt.demonstrationList} />
        </div>
        <div className="flex min-w-0 flex-col gap-8">
          <GenerateForm promptId={id} />
          <Section title="Comparisons">
            {prompt.comparisonList.length === 0 ? (
              <p className="text-muted">None yet: generate answers, and they stand here to be ranked.</p>
            ) : (
              <ul className="rounded-md border border-line bg-surface">
                {prompt.comparisonList.map((comparison) => (
                  <li key={comparison.id} className="border-line border-t first:border-t-0">
                    <Link
                      href={`/comparisons/${comparison.id}`}
                      prefetch={false}
                      className="flex flex-wrap justify-between gap-x-4 px-3 py-2 text-ink no-underline hover:bg-sunken"
                    >
                      <span>
                        {comparison.k} answers: {comparisonStates[comparison.state].toLowerCase()}
                      </span>
                      <span className="text-muted text-sm">{moment(comparison.createdAt)}</span>
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </Section>
        </div>
      </div>
    </Page>
  );
}
