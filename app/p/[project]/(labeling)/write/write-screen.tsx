"use client";
// Writing a prompt: first what came back, then the form, taken up where it was left.
import { Page } from "../../../../ui/frame.tsx";
import { Empty, Skeleton } from "../../../../ui/states.tsx";
import { useDraft } from "../drafts/use-draft.ts";
import type { KeyLines } from "../key-list.tsx";
import { WorkTools } from "../work-tools.tsx";
import { readForm } from "./prompt-form.ts";
import { PromptWriter } from "./prompt-writer.tsx";
import { SentBack } from "./sent-back.tsx";

const keys: KeyLines = [
  ["Ctrl+Enter", "Save the prompt and go to its page; also from inside a text field (⌘ on a Mac)"],
  ["Ctrl+Shift+Enter", "Save the prompt and write another"],
  ["← →", "Change the kind of prompt, when its choice has the focus"],
  ["G", "Open and close the guidelines"],
  ["?", "This list"],
];

export function WriteScreen() {
  const draft = useDraft({ subject: "prompt", schema: readForm });
  return (
    <Page
      title="Write a prompt"
      lead="Something a person would really ask, and the answer you would want."
      action={<WorkTools topic="write" keys={keys} />}
      wide
    >
      <SentBack />
      {draft.isReady ? <PromptWriter draft={draft} /> : <Opening isOffline={draft.status === "offline"} />}
    </Page>
  );
}

/** The draft may have been written on another device: without the server nobody knows. */
function Opening({ isOffline }: { isOffline: boolean }) {
  if (!isOffline) return <Skeleton lines={2} height="12rem" />;
  return (
    <div role="status">
      <Empty>The server does not answer. As soon as it does, your draft opens here.</Empty>
    </div>
  );
}
