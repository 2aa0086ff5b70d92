"use client";
// The form itself: the prompt on one side; the demonstration and the model's own answer beside it.
import { useDeferredValue, useMemo, useState } from "react";
import { flushSync } from "react-dom";
import { promptKinds, useCases } from "../../../../../lib/vocabulary/labeling.ts";
import { Button } from "../../../../ui/button.tsx";
import { ChoiceField } from "../../../../ui/choice.tsx";
import { SelectField, TextArea } from "../../../../ui/field.tsx";
import { useConfirmKey } from "../../../../ui/use-shortcut.ts";
import type { UseDraft } from "../drafts/use-draft.ts";
import { kindHints, kindNames, useCaseHints } from "../prompt-words.ts";
import { useTokenCount } from "../use-token-count.ts";
import { asksNothing, messagesOfForm } from "./as-prompt.ts";
import { DemonstrationField } from "./demonstration-field.tsx";
import { FewShotFields } from "./few-shot-fields.tsx";
import { FewShotPreview } from "./few-shot-preview.tsx";
import { type Edit, lastRemoved, type PromptForm } from "./prompt-form.ts";
import { SaveBar } from "./save-bar.tsx";
import { ScenarioField } from "./scenario-field.tsx";
import { TryIt } from "./try-it.tsx";
import { TurnFields } from "./turn-fields.tsx";
import { focusOn, usePromptForm } from "./use-prompt-form.ts";

const kinds = promptKinds.map((value) => ({ value, label: kindNames[value], hint: kindHints[value] }));

/** @param draft opened: its value is what the form starts from */
export function PromptWriter({ draft }: { draft: UseDraft<PromptForm> }) {
  const writer = usePromptForm(draft);
  const { form, edit, problem, round } = writer;
  const [isSystemOpen, setSystemOpen] = useState(false);
  const hasSystem = isSystemOpen || form.system !== "";
  useConfirmKey(({ shift }) => writer.save(shift ? "another" : "open"));
  // Behind the typing, where it is long.
  const settled = useDeferredValue(form);
  const messages = useMemo(() => messagesOfForm(settled), [settled]);
  const counted = useTokenCount(messages, settled.demonstration);
  const errorAt = (field: string) => (problem?.field === field ? problem.sentence : null);
  const fields = { form, onEdit: edit, problem };

  return (
    <form
      className="flex flex-col gap-5 [&_textarea]:scroll-mb-28"
      onSubmit={(event) => {
        event.preventDefault();
        writer.save("open");
      }}
    >
      <div className="grid gap-x-6 gap-y-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <ChoiceField
          legend="Kind of prompt"
          options={kinds}
          value={form.kind}
          onChange={(kind) => edit({ type: "choose", choice: { kind } })}
          className="sm:grid-cols-3"
        />
        <SelectField
          label="Use case"
          name="useCase"
          value={form.useCase ?? ""}
          error={errorAt("useCase")}
          onChange={(event) => {
            const useCase = useCases.find((one) => one === event.target.value);
            if (useCase) edit({ type: "choose", choice: { useCase } });
          }}
        >
          {form.useCase === null ? <option value="">Choose what the prompt is for</option> : null}
          {useCases.map((useCase) => (
            <option key={useCase} value={useCase}>
              {useCase}: {useCaseHints[useCase]}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="grid items-start gap-x-6 gap-y-5 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          {form.kind === "user-based" ? (
            <ScenarioField
              scenarioId={form.scenarioId}
              onChoose={(scenarioId) => edit({ type: "choose", choice: { scenarioId } })}
              error={errorAt("scenario")}
            />
          ) : null}
          {hasSystem ? (
            <TextArea
              name="system"
              label="System message"
              value={form.system}
              onChange={(event) => edit({ type: "write", field: "system", text: event.target.value })}
              rows={3}
              hint="What the assistant is told before the conversation: who it is, how it should answer. Empty is none."
            />
          ) : null}
          {form.kind === "few-shot" ? <FewShotFields {...fields} /> : <TurnFields {...fields} />}
          {hasSystem ? null : (
            <Button
              kind="quiet"
              className="self-start"
              onClick={() => {
                flushSync(() => setSystemOpen(true));
                focusOn("system");
              }}
            >
              Add a system message
            </Button>
          )}
          <PutBack form={form} onEdit={edit} />
        </div>
        <div className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-15 lg:-m-1 lg:max-h-[calc(100dvh-8rem)] lg:overflow-y-auto lg:p-1">
          {form.kind === "few-shot" ? <FewShotPreview form={settled} /> : null}
          <DemonstrationField
            text={form.demonstration}
            counted={counted}
            error={errorAt("demonstration")}
            onChange={(text) => edit({ type: "write", field: "demonstration", text })}
          />
          <TryIt key={round} messages={messages} asksSomething={!asksNothing(settled)} />
        </div>
      </div>
      <SaveBar writer={writer} draft={draft} tokens={counted} />
    </form>
  );
}

export function PutBack({ form, onEdit }: { form: PromptForm; onEdit: (edit: Edit) => void }) {
  const last = lastRemoved(form);
  return (
    <div role="status">
      {last ? (
        <p className="flex flex-wrap items-center gap-x-3 text-muted">
          {last.what === "example" ? "An example was removed." : "Two turns were removed."}
          <Button kind="quiet" onClick={() => onEdit({ type: "put-back" })}>
            {last.what === "example" ? "Put it back" : "Put them back"}
          </Button>
        </p>
      ) : null}
    </div>
  );
}
