"use client";
// The system message: what the assistant is told before the conversation. Most prompts have none, so it is folded.
import { useState } from "react";
import { TextArea } from "../../ui/field.tsx";

export function SystemField({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [isOpen, setOpen] = useState(text !== "");
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded-sm py-1 text-muted hover:text-ink">
        System message (optional){isOpen || text === "" ? null : ": written"}
      </summary>
      <TextArea
        name="system"
        label="System message"
        value={text}
        onChange={(event) => onChange(event.target.value)}
        rows={3}
        hint="What the assistant is told before the conversation, e.g. who it is and how it should answer."
        className="mt-1"
      />
    </details>
  );
}
