"use client";
// One prompt with everything that hangs on it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { orpc } from "../../../../../../lib/api/client.ts";
import { may } from "../../../../../../lib/vocabulary/labeling.ts";
import { useUser } from "../../../../../shell/user-context.tsx";
import { moment } from "../../../../../ui/figures.ts";
import { Page } from "../../../../../ui/frame.tsx";
import { Link } from "../../../../../ui/link.tsx";
import { useNameOf } from "../../../../../ui/person.tsx";
import { Awaited, Failed, Skeleton } from "../../../../../ui/states.tsx";
import { Conversation } from "../../conversation.tsx";
import { GuidelinesPanel } from "../../guidelines/guidelines-panel.tsx";
import { kindNames } from "../../prompt-words.ts";
import { Comparisons } from "./comparisons.tsx";
import { Demonstrations } from "./demonstrations.tsx";
import { EditForm } from "./edit-form.tsx";
import { GenerateForm } from "./generate-form.tsx";
import type { PromptDetail } from "./origin.tsx";
import { Origin } from "./origin.tsx";
import { PromptActions } from "./prompt-actions.tsx";

const toPrompts = { name: "To the prompts", href: "/prompts" };

export function PromptScreen({ id }: { id: string }) {
  const user = useUser();
  const nameOf = useNameOf();
  const [isEditing, setEditing] = useState(false);
  const { data: prompt, error, refetch } = useQuery(orpc.prompts.get.queryOptions({ input: { id } }));
  if (!prompt) {
    return (
      <Awaited what="prompt" error={error} retry={() => refetch()} elsewhere={toPrompts} wide>
        <Skeleton lines={1} height="8rem" />
        <Skeleton lines={1} height="16rem" />
      </Awaited>
    );
  }
  const mayWrite = user !== null && may(user.role, "write");
  return (
    <Page
      title="Prompt"
      lead={[kindNames[prompt.kind], prompt.useCase, nameOf(prompt.author), moment(prompt.createdAt)].join(" · ")}
      action={
        <>
          {prompt.mayChange ? <PromptActions prompt={prompt} onEdit={() => setEditing(true)} /> : null}
          {mayWrite ? <GuidelinesPanel topic="write" /> : null}
        </>
      }
      wide
    >
      {error ? <Failed error={error} retry={() => refetch()} /> : null}
      <Versions prompt={prompt} />
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,3fr)_minmax(20rem,2fr)]">
        <div className="flex min-w-0 flex-col gap-8">
          <div className="flex flex-col gap-3">
            {isEditing ? (
              <EditForm key={id} prompt={prompt} onDone={() => setEditing(false)} />
            ) : (
              <section aria-label="What is asked" className="rounded-md border border-line bg-surface px-4 py-3">
                <Conversation messages={prompt.messages} />
              </section>
            )}
            <Origin prompt={prompt} mayWrite={mayWrite} />
          </div>
          <Demonstrations prompt={prompt} mayWrite={mayWrite} />
        </div>
        <div className="flex min-w-0 flex-col gap-8">
          {mayWrite && prompt.archivedAt === null ? <GenerateForm prompt={prompt} /> : null}
          <Comparisons comparisons={prompt.comparisonList} mayRank={user !== null && may(user.role, "rank")} />
        </div>
      </div>
    </Page>
  );
}

/** Where it stands among its versions, and that it is out of the way. */
function Versions({ prompt: { archivedAt, revises, revisedBy } }: { prompt: PromptDetail }) {
  if (archivedAt === null && revises === null) return null;
  return (
    <p role="note" className="flex flex-wrap gap-x-4">
      {archivedAt === null ? null : (
        <span className="text-caution">Archived: nobody is handed its answers, and nothing new is made of it.</span>
      )}
      {revises ? <Link href={`/prompts/${revises}`}>The version before, with its answers</Link> : null}
      {revisedBy ? <Link href={`/prompts/${revisedBy}`}>The newer version</Link> : null}
    </p>
  );
}
