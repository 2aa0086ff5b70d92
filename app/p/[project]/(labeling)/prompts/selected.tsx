"use client";
// What is done with the prompts that are selected: answers are generated, they are archived or brought back, deleted.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import type { Prompt, PromptFilter } from "../../../../../lib/vocabulary/shapes.ts";
import { Button } from "../../../../ui/button.tsx";
import { Confirm } from "../../../../ui/confirm.tsx";
import { counted, count as figure } from "../../../../ui/figures.ts";
import { Meter } from "../../../../ui/meter.tsx";
import { type Outcome, type Progress, useMany } from "./use-many.ts";

interface SelectedProps {
  filter: PromptFilter;
  /** Those of the list so far that this person may change. */
  shown: readonly Prompt[];
  mayChange: (prompt: Prompt) => boolean;
  selected: ReadonlyMap<string, Prompt>;
  select: (selected: ReadonlyMap<string, Prompt>) => void;
}

/** How many are selected at most: beyond it the page would hold too much. */
const most = 10_000;

const byId = (prompts: readonly Prompt[]) => new Map(prompts.map((prompt) => [prompt.id, prompt]));

export function Selected({ filter, shown, mayChange, selected, select }: SelectedProps) {
  const queryClient = useQueryClient();
  const [asks, setAsks] = useState(false);
  const [looking, setLooking] = useState(false);
  const { progress, outcome, run, stop, clear } = useMany();
  const prompts = [...selected.values()];
  const isArchive = filter.state === "archived";

  const act = async (doing: string, one: (id: string) => Promise<unknown>) => {
    setAsks(false);
    const done = new Set(await run(doing, [...selected.keys()], one));
    select(new Map([...selected].filter(([id]) => !done.has(id))));
    await Promise.all(
      [orpc.prompts, orpc.progress].map((group) => queryClient.invalidateQueries({ queryKey: group.key() })),
    );
  };

  const selectAll = async () => {
    setLooking(true);
    try {
      const all = new Map<string, Prompt>();
      for (let cursor: string | null | undefined; cursor !== null && all.size < most; ) {
        const page = await api.prompts.list({ ...filter, limit: 100, ...(cursor ? { cursor } : {}) });
        for (const prompt of page.items) if (mayChange(prompt)) all.set(prompt.id, prompt);
        cursor = page.next;
      }
      select(all);
    } finally {
      setLooking(false);
    }
  };

  if (progress) return <Going progress={progress} stop={stop} />;
  if (prompts.length === 0) {
    return (
      <div className="flex flex-wrap items-center gap-2">
        {outcome ? <Report outcome={outcome} /> : null}
        <Button
          kind="quiet"
          disabled={shown.length === 0}
          onClick={() => {
            clear();
            select(byId(shown));
          }}
        >
          Select these
        </Button>
        <Button kind="quiet" busy={looking} disabled={shown.length === 0} onClick={selectAll}>
          {looking ? "Selecting …" : "Select all"}
        </Button>
      </div>
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      {outcome ? <Report outcome={outcome} /> : null}
      <span role="status">{figure(prompts.length)} selected</span>
      {isArchive ? null : (
        <Button
          onClick={() =>
            act("Asking for answers", (promptId) =>
              api.comparisons.create({ promptId, maxTokens: limits.maxTokens.default }),
            )
          }
        >
          Generate answers
        </Button>
      )}
      <Button
        onClick={() =>
          act(isArchive ? "Bringing back" : "Archiving", (id) => api.prompts.archive({ id, archived: !isArchive }))
        }
      >
        {isArchive ? "Bring back" : "Archive"}
      </Button>
      <Button kind="danger" onClick={() => setAsks(true)}>
        Delete …
      </Button>
      <Button kind="quiet" onClick={() => select(new Map())}>
        Select none
      </Button>
      <Confirm
        open={asks}
        onClose={() => setAsks(false)}
        title={`Delete ${counted(prompts.length, "prompt")} for good?`}
        action={`Delete ${counted(prompts.length, "prompt")}`}
        isBusy={false}
        error={null}
        onConfirm={() => act("Deleting", (id) => api.prompts.remove({ id }))}
      >
        {goesWith(prompts)}
      </Confirm>
    </div>
  );
}

/** "With them go 3 demonstrations, and 2 sets of answers with their rankings. Archived, they would only be out of the way." */
function goesWith(prompts: readonly Prompt[]): string {
  const demonstrations = prompts.reduce((sum, one) => sum + one.demonstrations, 0);
  const comparisons = prompts.reduce((sum, one) => sum + one.comparisons, 0);
  const parts = [
    demonstrations > 0 ? counted(demonstrations, "demonstration") : null,
    comparisons > 0 ? `${counted(comparisons, "set of answers", "sets of answers")} with their rankings` : null,
  ].filter((part) => part !== null);
  const first = parts.length === 0 ? "Nothing else hangs on them." : `With them go ${parts.join(", and ")}.`;
  return `${first} Archived, they would only be out of the way.`;
}

function Going({ progress: { doing, done, total }, stop }: { progress: Progress; stop: () => void }) {
  return (
    <div className="flex min-w-64 items-center gap-3">
      <div className="flex-1">
        <p>
          {doing}: {figure(done)} of {figure(total)}
        </p>
        <Meter label={doing} share={done / total} />
      </div>
      <Button onClick={stop}>Stop</Button>
    </div>
  );
}

function Report({ outcome: { done, refused, why, problem } }: { outcome: Outcome }) {
  const rest = refused > 0 ? ` ${counted(refused, "prompt")} stayed as they were: ${why}` : "";
  return (
    <p role={problem ? "alert" : "status"} className={problem || refused > 0 ? "text-danger" : "text-muted"}>
      {counted(done, "prompt")} done.{rest}
      {problem ? ` ${problem}` : ""}
    </p>
  );
}
