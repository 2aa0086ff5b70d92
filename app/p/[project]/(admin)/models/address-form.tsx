"use client";
// How a model at an address is asked, as a form: tried before it is kept, its key written once and never shown again.
import { type ReactNode, useRef, useState } from "react";
import type * as z from "zod";
import { api } from "../../../../../lib/api/client.ts";
import type { AddressSettings, shownAddress } from "../../../../../lib/vocabulary/shapes.ts";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Button } from "../../../../ui/button.tsx";
import { ChoiceField } from "../../../../ui/choice.tsx";
import { SelectField, TextArea, TextField } from "../../../../ui/field.tsx";
import { counted, figure } from "../../../../ui/figures.ts";
import { fieldOf, refusalAt, useFocusOnRefusal } from "../../../../ui/form.ts";
import { Problem } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { readAddress } from "./address-settings.ts";

type Shown = z.infer<typeof shownAddress> & { context: number | null };

interface AddressFormProps {
  /** The model whose address is changed; absent: a new one. */
  id?: string;
  before?: Shown;
  /** Keeps the settings. @param form to read further fields from */
  keep: (settings: AddressSettings, form: FormData) => Promise<unknown>;
  action: string;
  /** Fields before those of the address. @param refusal what was refused of a field */
  children?: (refusal: (field: string) => string | null) => ReactNode;
}

const ways = [
  { value: "chat", label: "Chat", hint: "Turns to /chat/completions: what most servers offer." },
  { value: "completion", label: "Plain completion", hint: "One text to /completions: for models that know no chat." },
  { value: "classify", label: "Reward model, vLLM", hint: "Scores from /classify." },
  { value: "get_reward", label: "Reward model, OpenRLHF", hint: "Scores from /get_reward." },
] as const satisfies readonly { value: AddressSettings["asks"]; label: string; hint: string }[];

/** Fields that most servers need nothing of. */
const rare = ["promptPrice", "answerPrice", "parallel", "timeLimitS", "context", "extra"];

type Way = (typeof ways)[number]["value"];

export function AddressForm({ id, before, keep, action, children }: AddressFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [asks, setAsks] = useState<Way>(before?.asks ?? "chat");
  const [wrong, setWrong] = useState<{ field: string; sentence: string } | null>(null);
  const save = useMutation({
    mutationFn: ({ settings, data }: { settings: AddressSettings; data: FormData }) => keep(settings, data),
  });
  const tried = useMutation({ mutationFn: (settings: AddressSettings) => api.models.tryAddress({ id, ...settings }) });
  const error = save.error ?? tried.error;
  useFocusOnRefusal(form, error);
  const refusal = (field: string): string | null =>
    wrong?.field === field ? wrong.sentence : (refusalAt(save.error, field) ?? refusalAt(tried.error, field));

  function withSettings(then: (settings: AddressSettings, data: FormData) => void) {
    if (!form.current) return;
    const data = new FormData(form.current);
    const read = readAddress(data);
    setWrong("field" in read ? read : null);
    save.reset();
    tried.reset();
    if ("settings" in read) then(read.settings, data);
    else {
      const field = form.current.querySelector<HTMLElement>(`[name="${read.field}"]`);
      const folded = field?.closest("details");
      if (folded) folded.open = true;
      field?.focus();
    }
  }

  const isJudge = asks === "classify" || asks === "get_reward";
  return (
    <form
      ref={form}
      noValidate
      className="grid max-w-3xl gap-4 sm:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        withSettings((settings, data) => save.mutate({ settings, data }));
      }}
    >
      {children?.(refusal)}
      <div className="sm:col-span-2">
        <ChoiceField
          legend="How it is asked"
          name="asks"
          options={ways}
          value={asks}
          onChange={setAsks}
          className="sm:grid-cols-2"
        />
        {refusal("asks") ? (
          <p role="alert" className="text-danger text-sm">
            {refusal("asks")}
          </p>
        ) : null}
      </div>
      <TextField
        label="Address"
        name="baseUrl"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        defaultValue={before?.baseUrl}
        error={refusal("baseUrl")}
        hint="Up to the version, such as https://api.openai.com/v1."
      />
      <TextField
        label="The server’s name for the model"
        name="serverModel"
        autoComplete="off"
        spellCheck={false}
        defaultValue={before?.serverModel}
        error={refusal("serverModel")}
        hint={isJudge ? "Empty where the server has but one." : "As the server lists it, such as gpt-5-mini."}
      />
      <KeyFields before={before?.key} refusal={refusal} />
      {isJudge ? (
        <TextArea
          label="Text to be scored"
          name="template"
          rows={2}
          className="sm:col-span-2"
          defaultValue={before?.template ?? ""}
          error={refusal("template")}
          hint="How prompt and answer become one text: {prompt} and {answer} stand for them. Empty: one after the other, or the server’s chat template for /classify."
        />
      ) : null}
      <details className="sm:col-span-2" open={rare.some((field) => refusal(field) !== null) || undefined}>
        <summary className="cursor-pointer font-medium">Price, limits and further fields</summary>
        <div className="mt-3 grid gap-4 sm:grid-cols-2">
          {isJudge ? null : (
            <>
              <Figure
                label="Price of a million tokens of prompt"
                name="promptPrice"
                value={before?.price?.prompt ?? undefined}
                {...{ refusal }}
                hint="In your currency. Empty: not known."
              />
              <Figure
                label="Price of a million tokens of answer"
                name="answerPrice"
                value={before?.price?.answer ?? undefined}
                {...{ refusal }}
                hint="Empty: not known. Where both are known each answer keeps what it cost."
              />
            </>
          )}
          <Figure
            label="Calls at once"
            name="parallel"
            value={before?.parallel ?? 4}
            {...{ refusal }}
            hint="More wait for their turn."
          />
          <Figure
            label="Time limit of a call, seconds"
            name="timeLimitS"
            value={before?.timeLimitS ?? 120}
            {...{ refusal }}
            hint="After that the answer has failed."
          />
          <Figure
            label="Context, tokens"
            name="context"
            value={before?.context ?? undefined}
            {...{ refusal }}
            hint="Of prompt and answer together. Empty: not known."
          />
          {isJudge ? null : (
            <>
              <SelectField
                label="Several answers in a call"
                name="severalPerCall"
                defaultValue={before?.severalPerCall ? "yes" : "no"}
                hint="Cheaper where the server takes “n”; the answers then share one seed."
              >
                <option value="no">No: a call for each answer</option>
                <option value="yes">Yes: the server takes “n”</option>
              </SelectField>
              <TextArea
                label="Further fields of each request"
                name="extra"
                rows={2}
                dir="ltr"
                spellCheck={false}
                className="sm:col-span-2"
                defaultValue={before && Object.keys(before.extra).length > 0 ? JSON.stringify(before.extra) : ""}
                error={refusal("extra")}
                hint={'One JSON object, such as {"stop": ["\\n\\n"], "min_p": 0.1}. null leaves a field out.'}
              />
            </>
          )}
        </div>
      </details>
      <div className="flex flex-col items-start gap-3 sm:col-span-2">
        <Problem error={fieldOf(error) ? null : error} />
        <Tried isPending={tried.isPending} answer={tried.data} />
        <div className="flex flex-wrap gap-2">
          <Button busy={tried.isPending} onClick={() => withSettings((settings) => tried.mutate(settings))}>
            {tried.isPending ? "Asking …" : "Try it"}
          </Button>
          <Button type="submit" kind="primary" busy={save.isPending || save.isSuccess}>
            {action}
          </Button>
        </div>
      </div>
    </form>
  );
}

const keyWays = {
  none: "None: the server asks for none",
  written: "Write it here, once",
  variable: "In an environment variable of Rankloop’s server",
} as const;

function KeyFields({
  before,
  refusal,
}: {
  before?: Shown["key"] | undefined;
  refusal: (field: string) => string | null;
}) {
  const [kind, setKind] = useState<string>(before?.kind ?? "none");
  return (
    <>
      <SelectField
        label="Key"
        name="keyKind"
        value={kind}
        onChange={(event) => setKind(event.target.value)}
        error={kind === "kept" ? refusal("apiKey") : null}
      >
        {before?.kind === "kept" ? <option value="kept">Keep the one that was written</option> : null}
        {Object.entries(keyWays).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      {kind === "written" ? (
        <TextField
          label="The key"
          name="apiKey"
          type="password"
          autoComplete="off"
          error={refusal("apiKey")}
          hint="It is kept sealed, and nobody can read it again."
        />
      ) : null}
      {kind === "variable" ? (
        <TextField
          label="The variable"
          name="variable"
          autoComplete="off"
          spellCheck={false}
          defaultValue={before?.kind === "variable" ? before.variable : "RANKLOOP_KEY"}
          error={refusal("variable")}
          hint="RANKLOOP_KEY, or a name that begins with RANKLOOP_KEY_."
        />
      ) : null}
      {kind === "none" || kind === "kept" ? <span className="max-sm:hidden" /> : null}
    </>
  );
}

interface FigureProps {
  label: string;
  name: string;
  hint: string;
  value: number | undefined;
  refusal: (field: string) => string | null;
}

function Figure({ value, refusal, ...rest }: FigureProps) {
  return <TextField {...rest} inputMode="decimal" autoComplete="off" defaultValue={value} error={refusal(rest.name)} />;
}

/** What the model said when it was tried, or why it said nothing. */
function Tried({
  isPending,
  answer,
}: {
  isPending: boolean;
  answer: Awaited<ReturnType<typeof api.models.tryAddress>> | undefined;
}) {
  if (isPending) {
    return (
      <p role="status" className="text-muted">
        Asking the server …
      </p>
    );
  }
  if (!answer) return null;
  const { problem, text, score, serverModel, tokens } = answer;
  if (problem !== null) {
    return (
      <p role="alert" className="rounded-md bg-danger-wash px-3 py-2 text-danger">
        {problem}
      </p>
    );
  }
  const facts = [serverModel, tokens === null ? null : counted(tokens, "token")].filter((fact) => fact !== null);
  return (
    <section aria-label="What it said" className="w-full rounded-md border border-line bg-surface px-3 py-2">
      <p className="text-muted text-sm">
        {score === null
          ? "Asked for the capital of France, it said"
          : "To “Paris.” as the capital of France it gave the score"}
        {facts.length > 0 ? ` (${facts.join(", ")})` : ""}:
      </p>
      {score === null ? <AsWritten text={text ?? ""} /> : <p className="tabular-nums">{figure(score)}</p>}
      {score === null && text === "" ? <p className="text-muted italic">Nothing: an empty answer.</p> : null}
    </section>
  );
}
