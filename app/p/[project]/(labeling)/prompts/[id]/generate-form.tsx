"use client";
// Model, K and sampling settings; started, it goes to the comparison, where the answers stream in.
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import { limits } from "../../../../../../lib/vocabulary/limits.ts";
import { usePlaces } from "../../../../../shell/user-context.tsx";
import { Button } from "../../../../../ui/button.tsx";
import { SelectField, TextField } from "../../../../../ui/field.tsx";
import { numberOf, textOf } from "../../../../../ui/form.ts";
import { Section } from "../../../../../ui/frame.tsx";
import { Failed, Problem, Skeleton } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";
import { modelOption, offered } from "../../../model-words.ts";
import { PracticeLine } from "../../practice-line.tsx";

const ks = Array.from({ length: limits.k.max - limits.k.min + 1 }, (_, index) => limits.k.min + index);

function settingsOf(data: FormData) {
  return {
    modelId: textOf(data, "modelId"),
    k: numberOf(data, "k"),
    temperature: numberOf(data, "temperature"),
    topP: numberOf(data, "topP"),
    maxTokens: numberOf(data, "maxTokens"),
    seed: numberOf(data, "seed"),
  };
}

export function GenerateForm({ promptId }: { promptId: string }) {
  const router = useRouter();
  const to = usePlaces();
  const settings = useQuery(orpc.settings.get.queryOptions());
  const [chosenK, setK] = useState<number | null>(null);
  const k = chosenK ?? settings.data?.k ?? limits.k.default;
  const models = useQuery(orpc.models.list.queryOptions());
  const generate = useMutation({
    mutationFn: (data: FormData) => api.comparisons.create({ promptId, ...settingsOf(data) }),
    onSuccess: ({ id }) => router.push(to(`/comparisons/${id}`)),
  });
  const isBusy = generate.isPending || generate.isSuccess;
  const writers = models.data && offered(models.data).filter(({ kind }) => kind === "lm");
  // The project's own, unless told otherwise.
  const usual = writers?.find(({ usedAs, problem }) => usedAs === "answering model" && problem === null);
  const [modelId, setModelId] = useState<string | null>(null);
  const chosen = writers?.find(({ id }) => id === modelId) ?? usual ?? writers?.[0];

  return (
    <Section title="Generate answers">
      {models.isPending ? <Skeleton lines={4} height="3rem" /> : null}
      {models.error ? <Failed error={models.error} retry={() => models.refetch()} /> : null}
      {writers?.length === 0 ? (
        <p className="text-muted">
          There is no model that writes text. Restart Rankloop to bring back the shipped ones.
        </p>
      ) : null}
      {writers && writers.length > 0 ? (
        <form
          className="grid grid-cols-2 gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!isBusy) generate.mutate(new FormData(event.currentTarget));
          }}
        >
          <SelectField
            label="Model"
            name="modelId"
            value={chosen?.id}
            onChange={(event) => setModelId(event.target.value)}
            className="col-span-2"
          >
            {writers.map((model) => (
              <option key={model.id} value={model.id} disabled={model.problem !== null}>
                {modelOption(model)}
              </option>
            ))}
          </SelectField>
          {chosen?.isPractice ? (
            <div className="-mt-3 col-span-2">
              <PracticeLine name={chosen.name} />
            </div>
          ) : null}
          <SelectField
            label="Answers (K)"
            name="k"
            value={k}
            onChange={(event) => setK(Number(event.target.value))}
            hint={`${(k * (k - 1)) / 2} pairs when ranked`}
          >
            {ks.map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </SelectField>
          <NumberField
            label="Temperature"
            name="temperature"
            limit={limits.temperature}
            step={0.01}
            hint="0 is always the likeliest token"
          />
          <NumberField label="Top-p" name="topP" limit={limits.topP} step={0.01} hint="1 keeps every token" />
          <NumberField label="Maximum tokens" name="maxTokens" limit={limits.maxTokens} step={1} hint="per answer" />
          <TextField
            label="Seed"
            name="seed"
            type="number"
            inputMode="numeric"
            min={0}
            max={0xffffffff}
            step={1}
            className="col-span-2"
            hint="Empty: drawn at random. The one used is recorded."
          />
          <div className="col-span-2 flex flex-col items-start gap-3">
            <Problem error={generate.error} />
            <Button type="submit" kind="primary" busy={isBusy}>
              {isBusy ? "Starting …" : `Generate ${k} answers`}
            </Button>
          </div>
        </form>
      ) : null}
    </Section>
  );
}

function NumberField({
  limit,
  ...rest
}: {
  label: string;
  name: string;
  hint: string;
  step: number;
  limit: { min: number; max: number; default: number };
}) {
  return (
    <TextField
      {...rest}
      type="number"
      inputMode="decimal"
      required
      min={limit.min}
      max={limit.max}
      defaultValue={limit.default}
    />
  );
}
