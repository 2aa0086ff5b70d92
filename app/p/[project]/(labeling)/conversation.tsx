// What a model is asked. One question alone is just its text; several turns each say whose they are.
import { memo } from "react";
import type { Message } from "../../../../lib/vocabulary/conversation.ts";
import { AsWritten } from "../../../ui/as-written.tsx";
import { Markdown } from "../../../ui/markdown.tsx";

export const turnNames: Record<Message["role"], string> = { system: "System", user: "User", assistant: "Assistant" };

interface ConversationProps {
  messages: readonly Message[];
  /** Rendered, where the reader turned it on. */
  markdown?: boolean;
}

/** Memoised like AsWritten: a prompt does not change while its answers are dragged about. */
export const Conversation = memo(function Conversation({ messages, markdown = false }: ConversationProps) {
  const Text = markdown ? Markdown : AsWritten;
  const [only, ...others] = messages;
  if (only?.role === "user" && others.length === 0) return <Text text={only.content} className="max-w-[80ch]" />;
  const turns = messages.map((turn, place) => ({ ...turn, place }));
  return (
    <div className="@container">
      <ol aria-label="Conversation" className="flex max-w-[88ch] flex-col gap-2">
        {turns.map(({ role, content, place }) => (
          <li key={place} className="grid gap-x-3 @lg:grid-cols-[5.5rem_minmax(0,1fr)]">
            <p className="pt-0.5 font-medium text-muted text-sm">{turnNames[role]}</p>
            <Text text={content} className={role === "system" ? "text-muted" : ""} />
          </li>
        ))}
      </ol>
    </div>
  );
});
