"use client";
// The next version: its text, kept on this device until it is published, beside how labelers will see it.
import { useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useRef, useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import type { GuidelineTopic } from "../../../../../lib/vocabulary/labeling.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import type { Guidelines } from "../../../../../lib/vocabulary/shapes.ts";
import { Button } from "../../../../ui/button.tsx";
import { ChangedLines } from "../../../../ui/changed-lines.tsx";
import { TextArea } from "../../../../ui/field.tsx";
import { count } from "../../../../ui/figures.ts";
import { Section } from "../../../../ui/frame.tsx";
import { Markdown } from "../../../../ui/markdown.tsx";
import { Person } from "../../../../ui/person.tsx";
import { Scroller } from "../../../../ui/scroller.tsx";
import { Problem } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";
import { useNextVersion } from "./use-next-version.ts";

interface EditorProps {
  topic: GuidelineTopic;
  /** Newest first. */
  versions: readonly Guidelines[];
}

export function Editor({ topic, versions }: EditorProps) {
  const queryClient = useQueryClient();
  const inForce = versions[0];
  const { text, basedOn, isChanged, edit, takeAsBase, discard } = useNextVersion(topic, inForce);
  const base = versions.find(({ version }) => version === basedOn);
  const isOverlapping = isChanged && base !== inForce;
  const shownText = useDeferredValue(text);

  const place = useRef<HTMLDivElement>(null);
  const [isEmpty, setEmpty] = useState(false);

  const publish = useMutation({
    mutationFn: () => api.guidelines.publish({ topic, text, basedOn }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: orpc.guidelines.key() });
      discard();
    },
    // Refused because another version came first: it is shown then.
    onError: () => queryClient.invalidateQueries({ queryKey: orpc.guidelines.key() }),
  });

  return (
    <Section title={inForce ? "The next version" : "The first version"}>
      <div ref={place} className="grid items-start gap-6 lg:grid-cols-2">
        <TextArea
          label="Text, as Markdown"
          value={text}
          onChange={(event) => {
            publish.reset();
            setEmpty(false);
            edit(event.target.value);
          }}
          maxLength={limits.guidelineCharacters}
          rows={20}
          error={isEmpty ? "The guidelines are empty: write something first." : null}
          hint={`${count(text.length)} of at most ${count(limits.guidelineCharacters)} characters`}
        />
        <div className="flex min-w-0 flex-col gap-1">
          <p className="font-medium">As labelers see it</p>
          <Scroller
            label="Preview"
            className="max-h-[60vh] min-h-[30.75rem] rounded-md border border-line bg-surface px-4 py-3"
          >
            <Markdown text={shownText} />
          </Scroller>
        </div>
      </div>
      {isOverlapping && base && inForce ? (
        <div role="alert" className="flex flex-col items-start gap-3 rounded-md bg-caution-wash px-4 py-3">
          <p>
            <Person username={inForce.author} /> has published version {inForce.version} since you began on version{" "}
            {base.version}. This is what changed there: bring into your text what should stay.
          </p>
          <ChangedLines before={base.text} after={inForce.text} />
          <Button onClick={takeAsBase}>Done: go on from version {inForce.version}</Button>
        </div>
      ) : null}
      {isChanged ? (
        <details className="rounded-md border border-line bg-surface px-4 py-2">
          <summary className="font-medium">What your version changes</summary>
          <ChangedLines before={inForce?.text ?? ""} after={shownText} />
        </details>
      ) : null}
      <Problem error={isOverlapping ? null : publish.error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          kind="primary"
          busy={publish.isPending}
          disabled={!isChanged || isOverlapping}
          onClick={() => {
            setEmpty(text.trim() === "");
            if (text.trim() !== "") publish.mutate();
            else place.current?.querySelector("textarea")?.focus();
          }}
        >
          {publish.isPending ? "Publishing …" : `Publish version ${(inForce?.version ?? 0) + 1}`}
        </Button>
        {isChanged ? (
          <Button kind="quiet" onClick={discard}>
            Discard my changes
          </Button>
        ) : null}
        <p role="status" className="text-muted">
          {publish.isSuccess && !isChanged ? `Version ${publish.data.version} is in force.` : null}
          {isChanged && !isOverlapping ? "Kept on this device until you publish." : null}
        </p>
      </div>
    </Section>
  );
}
