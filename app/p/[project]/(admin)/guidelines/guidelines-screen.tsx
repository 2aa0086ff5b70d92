"use client";
// What labelers are asked to do, by topic: the next version with its preview, and every version there was.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { orpc } from "../../../../../lib/api/client.ts";
import { type GuidelineTopic, guidelineTopics } from "../../../../../lib/vocabulary/labeling.ts";
import { ChoiceField } from "../../../../ui/choice.tsx";
import { Page } from "../../../../ui/frame.tsx";
import { Failed, Skeleton } from "../../../../ui/states.tsx";
import { Editor } from "./editor.tsx";
import { Versions } from "./versions.tsx";

const topics: Record<GuidelineTopic, { label: string; hint: string }> = {
  write: { label: "On writing", hint: "Shown where prompts and demonstrations are written and reviewed." },
  rank: { label: "On ranking", hint: "Shown where answers are rated and ranked." },
};

export function GuidelinesScreen() {
  const [topic, setTopic] = useState<GuidelineTopic>("rank");
  const { data: versions, error, refetch } = useQuery(orpc.guidelines.history.queryOptions({ input: { topic } }));
  return (
    <Page
      title="Guidelines"
      lead="Labelers read them in a panel beside their work. Whoever has read an earlier version is shown what changed."
      wide
    >
      <ChoiceField
        legend="Topic"
        value={topic}
        onChange={setTopic}
        options={guidelineTopics.map((value) => ({ value, ...topics[value] }))}
        className="max-w-3xl sm:grid-cols-2"
      />
      {error ? <Failed error={error} retry={() => refetch()} /> : null}
      {!versions && !error ? <Skeleton lines={1} height="30rem" /> : null}
      {versions ? (
        <>
          <Editor key={topic} topic={topic} versions={versions} />
          <Versions key={`versions of ${topic}`} versions={versions} />
        </>
      ) : null}
    </Page>
  );
}
