"use client";
// At the foot of the form: its length, where the draft is, what is still wrong, and the two ways to save.
import { Button } from "../../../../ui/button.tsx";
import { Link } from "../../../../ui/link.tsx";
import { Problem } from "../../../../ui/states.tsx";
import { DraftLine } from "../drafts/draft-line.tsx";
import type { UseDraft } from "../drafts/use-draft.ts";
import type { Counted } from "../use-token-count.ts";
import { isBlank, type PromptForm } from "./prompt-form.ts";
import { TokenLine } from "./token-line.tsx";
import type { PromptWriting } from "./use-prompt-form.ts";

interface SaveBarProps {
  writer: PromptWriting;
  draft: UseDraft<PromptForm>;
  tokens: Counted;
}

export function SaveBar({ writer, draft, tokens }: SaveBarProps) {
  const { form, edit, problem, error, isSaving, savedId } = writer;
  // Nothing to say of a draft that was never begun; and one sentence about a lost connection is enough.
  const isQuiet = (isBlank(form) && draft.status === "saved") || (error !== null && draft.status === "offline");
  return (
    <div className="-mx-4 flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-t bg-page px-4 py-2 [@media(min-height:40rem)]:sticky [@media(min-height:40rem)]:bottom-0 [@media(min-height:40rem)]:z-20">
      <div className="min-w-0 flex-1 basis-72">
        {/* A problem stands at its field, which has the focus. */}
        <TokenLine counted={tokens} isTold={problem !== null} />
        <Problem error={problem ? null : error} />
        {isQuiet ? null : <DraftLine draft={draft} onTake={(taken) => edit({ type: "take", form: taken })} />}
        <p role="status" className="text-sm">
          {savedId !== null && isBlank(form) ? (
            <>
              Saved. <Link href={`/prompts/${savedId}`}>See the prompt</Link>, or write the next one.
            </>
          ) : null}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button busy={isSaving} aria-keyshortcuts="Control+Shift+Enter" onClick={() => writer.save("another")}>
          Save and write another
        </Button>
        <Button type="submit" kind="primary" busy={isSaving} aria-keyshortcuts="Control+Enter">
          {isSaving ? "Saving …" : "Save prompt"}
        </Button>
      </div>
    </div>
  );
}
