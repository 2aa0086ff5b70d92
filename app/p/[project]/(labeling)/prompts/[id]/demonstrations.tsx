"use client";
// The ideal answers people wrote to this prompt, what reviewers say of them, and the form for one more.
import { api } from "../../../../../../lib/api/client.ts";
import { useUser } from "../../../../../shell/user-context.tsx";
import { Section } from "../../../../../ui/frame.tsx";
import { Skeleton } from "../../../../../ui/states.tsx";
import { DraftLine } from "../../drafts/draft-line.tsx";
import { DemonstrationCard } from "./demonstration-card.tsx";
import { DemonstrationForm } from "./demonstration-form.tsx";
import type { PromptDetail } from "./origin.tsx";
import { useDemonstrationDrafts } from "./use-demonstration-drafts.ts";

export function Demonstrations({ prompt, mayWrite }: { prompt: PromptDetail; mayWrite: boolean }) {
  const user = useUser();
  const list = prompt.demonstrationList;
  if (!mayWrite) {
    return (
      <Section title="Demonstrations">
        {list.length === 0 ? <p className="text-muted">Nobody has written one yet.</p> : null}
        {list.map((demonstration) => (
          <DemonstrationCard key={demonstration.id} demonstration={demonstration} />
        ))}
      </Section>
    );
  }
  return <WithDrafts prompt={prompt} username={user?.username ?? ""} />;
}

function WithDrafts({ prompt, username }: { prompt: PromptDetail; username: string }) {
  const drafts = useDemonstrationDrafts(prompt.id);
  const list = prompt.demonstrationList;
  const { draft } = drafts;
  return (
    <Section title="Demonstrations">
      {list.map((demonstration) => (
        <DemonstrationCard
          key={demonstration.id}
          demonstration={demonstration}
          revising={
            demonstration.author === username && demonstration.state !== "accepted" && draft.isReady
              ? { drafts, messages: prompt.messages }
              : undefined
          }
        />
      ))}
      {draft.isReady ? (
        <DemonstrationForm
          target="new"
          label={list.length === 0 ? "Add a demonstration" : "Add another demonstration"}
          action="Add demonstration"
          messages={prompt.messages}
          text={drafts.textOf("new") ?? ""}
          drafts={drafts}
          store={(text) => api.demonstrations.create({ promptId: prompt.id, text })}
        />
      ) : (
        <Skeleton lines={1} height="10rem" />
      )}
      {draft.value || draft.status !== "saved" ? <DraftLine draft={draft} onTake={drafts.take} /> : null}
    </Section>
  );
}
