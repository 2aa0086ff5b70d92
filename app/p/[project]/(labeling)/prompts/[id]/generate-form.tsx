"use client";
// Models, how many answers each writes and how they are drawn, and answers people write; started, it goes to the comparison, where
// the answers stream in.
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import { limits } from "../../../../../../lib/vocabulary/limits.ts";
import type { Model, ProjectSettings } from "../../../../../../lib/vocabulary/shapes.ts";
import { usePlaces } from "../../../../../shell/user-context.tsx";
import { Button } from "../../../../../ui/button.tsx";
import { TextField } from "../../../../../ui/field.tsx";
import { numberOf } from "../../../../../ui/form.ts";
import { Section } from "../../../../../ui/frame.tsx";
import { Failed, Problem, Skeleton } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";
import { NumberField, SourceFields } from "../../../source-fields.tsx";
import { firstRows, sourcesIn, withAnother, writersAmong } from "../../../source-rows.ts";
import { DraftLine } from "../../drafts/draft-line.tsx";
import type { PromptDetail } from "./origin.tsx";
import { useWrittenRows, WrittenAnswers, withEmptyRow, writtenIn } from "./written-answers.tsx";

export function GenerateForm({ prompt }: { prompt: PromptDetail }) {
  const settings = useQuery(orpc.settings.get.queryOptions());
  const models = useQuery(orpc.models.list.queryOptions());
  const error = models.error ?? settings.error;
  const writers = models.data && writersAmong(models.data);
  const retry = () => {
    models.refetch();
    settings.refetch();
  };
  return (
    <Section title="Generate answers">
      {error ? <Failed error={error} retry={retry} /> : null}
      {!error && !(writers && settings.data) ? <Skeleton lines={4} height="3rem" /> : null}
      {writers?.length === 0 ? (
        <p className="text-muted">
          There is no model that writes text. Restart Rankloop to bring back the shipped ones.
        </p>
      ) : null}
      {writers && writers.length > 0 && settings.data ? (
        <Form prompt={prompt} writers={writers} settings={settings.data} />
      ) : null}
    </Section>
  );
}

function Form({
  prompt,
  writers,
  settings,
}: {
  prompt: PromptDetail;
  writers: readonly Model[];
  settings: ProjectSettings;
}) {
  const router = useRouter();
  const to = usePlaces();
  const [rows, setRows] = useState(() => firstRows(settings, writers));
  const { draft, now: written, change, take, storing } = useWrittenRows(prompt.id);
  const generate = useMutation({
    mutationFn: (data: FormData) =>
      storing(
        () =>
          api.comparisons.create({
            promptId: prompt.id,
            sources: sourcesIn(data),
            written: writtenIn(written),
            maxTokens: numberOf(data, "maxTokens"),
            seed: numberOf(data, "seed"),
          }),
        () => [],
      ),
    onSuccess: ({ id }) => router.push(to(`/comparisons/${id}`)),
  });
  const isBusy = generate.isPending || generate.isSuccess;
  const k = rows.reduce((sum, { count }) => sum + count, written.length);
  const isMixed = rows.length > 1 || written.length > 0;

  return (
    <form
      className="grid grid-cols-2 gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) generate.mutate(new FormData(event.currentTarget));
      }}
    >
      <SourceFields rows={rows} onChange={setRows} models={writers} others={written.length} />
      <NumberField label="Maximum tokens" name="maxTokens" limit={limits.maxTokens} step={1} hint="per answer" />
      <TextField
        label="Seed"
        name="seed"
        type="number"
        inputMode="numeric"
        min={0}
        max={0xffffffff}
        step={1}
        className={rows.length > 1 ? "" : "col-span-2"}
        hint="Empty: drawn at random. The one used is recorded."
      />
      <WrittenAnswers rows={written} onChange={change} demonstrations={prompt.demonstrationList} />
      {written.length > 0 || draft.status !== "saved" ? (
        <div className="col-span-2">
          <DraftLine draft={draft} onTake={take} />
        </div>
      ) : null}
      <div className="col-span-2 flex flex-wrap gap-2">
        {k < limits.k.max ? (
          <Button onClick={() => setRows(withAnother(rows, writers))}>Add another model</Button>
        ) : null}
        {k < limits.k.max && written.length < limits.writtenAnswers && draft.isReady ? (
          <Button onClick={() => change(withEmptyRow)}>Write an answer yourself</Button>
        ) : null}
      </div>
      <div className="col-span-2 flex flex-col items-start gap-3">
        {isMixed ? (
          <p className="text-muted text-sm">
            {k} answers in all, {(k * (k - 1)) / 2} pairs when ranked. Nobody sees who wrote which before they have
            ranked them.
          </p>
        ) : null}
        <Problem error={generate.error} />
        <Button type="submit" kind="primary" busy={isBusy}>
          {isBusy ? "Starting …" : `Generate ${k} answers`}
        </Button>
      </div>
    </form>
  );
}
