// What the model will read of a few-shot prompt, as it is being written.
import { fewShotText } from "../../../../../lib/vocabulary/conversation.ts";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Scroller } from "../../../../ui/scroller.tsx";
import { asksNothing, writtenExamples } from "./as-prompt.ts";
import type { PromptForm } from "./prompt-form.ts";

export function FewShotPreview({ form }: { form: PromptForm }) {
  return (
    <section aria-labelledby="few-shot-preview" className="flex min-w-0 flex-col gap-1">
      <h2 id="few-shot-preview" className="font-medium">
        As the model reads it
      </h2>
      <Scroller label="The whole prompt" className="max-h-72 rounded-md border border-line bg-sunken px-3 py-2">
        {asksNothing(form) ? (
          <p className="text-muted">What you write appears here.</p>
        ) : (
          <AsWritten text={fewShotText(form.instruction, writtenExamples(form), form.query)} />
        )}
      </Scroller>
    </section>
  );
}
