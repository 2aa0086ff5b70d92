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
import { Problem } from "../../../../ui/states.tsx";
import { type Outcome, onePerCall, type Progress, useMany, type Work } from "./use-many.ts";

/** What is known of a prompt that is selected: not its text, of which ten thousand would be too much. */
export type Picked = Pick<Prompt, "id" | "demonstrations" | "comparisons">;

export const picked = ({ id, demonstrations, comparisons }: Prompt): Picked => ({ id, demonstrations, comparisons });

interface SelectedProps {
  filter: PromptFilter;
  /** How many prompts the list has, as far as they are counted. */
  total: { count: number; more: boolean } | undefined;
  /** Those of the list so far that this person may change. */
  shown: readonly Prompt[];
  mayChange: (prompt: Prompt) => boolean;
  selected: ReadonlyMap<string, Picked>;
  select: (selected: ReadonlyMap<string, Picked>) => void;
}

/** How many are selected at most. */
const most = 10_000;

const byId = (prompts: readonly Prompt[]) => new Map(prompts.map((prompt) => [prompt.id, picked(prompt)]));

export function Selected({ filter, total, shown, mayChange, selected, select }: SelectedProps) {
  const queryClient = useQueryClient();
  const [asks, setAsks] = useState(false);
  const [looking, setLooking] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const { progress, outcome, run, stop, clear } = useMany();
  const prompts = [...selected.values()];
  const isArchive = filter.state === "archived";

  const act = async (work: Work) => {
    setAsks(false);
    const done = await run(work, [...selected.keys()]);
    select(new Map([...selected].filter(([id]) => !done.has(id))));
    await Promise.all(
      [orpc.prompts, orpc.progress].map((group) => queryClient.invalidateQueries({ queryKey: group.key() })),
    );
  };

  const selectAll = async () => {
    clear();
    setProblem(null);
    setLooking(true);
    try {
      const all = new Map<string, Picked>();
      for (let cursor: string | null | undefined; cursor !== null && all.size < most; ) {
        const page = await api.prompts.list({ ...filter, limit: 100, ...(cursor ? { cursor } : {}) });
        for (const prompt of page.items) if (mayChange(prompt) && all.size < most) all.set(prompt.id, picked(prompt));
        cursor = page.next;
      }
      select(all);
    } catch (error) {
      setProblem(error);
    } finally {
      setLooking(false);
    }
  };

  if (progress) return <Going progress={progress} stop={stop} />;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {outcome ? <Report outcome={outcome} /> : null}
      <Problem error={problem} />
      {prompts.length > 0 ? (
        <Actions prompts={prompts} isArchive={isArchive} act={act} asks={asks} setAsks={setAsks} />
      ) : shown.length === 0 ? null : (
        <Button
          kind="quiet"
          onClick={() => {
            clear();
            select(byId(shown));
          }}
        >
          Select these {figure(shown.length)}
        </Button>
      )}
      {total && (total.more || total.count > Math.max(shown.length, prompts.length)) ? (
        <Button kind="quiet" busy={looking} onClick={selectAll}>
          {looking
            ? "Selecting …"
            : total.more
              ? `Select the first ${figure(most)}`
              : `Select all ${figure(total.count)}`}
        </Button>
      ) : null}
      {prompts.length > 0 ? (
        <Button kind="quiet" onClick={() => select(new Map())}>
          Select none
        </Button>
      ) : null}
    </div>
  );
}

interface ActionsProps {
  prompts: readonly Picked[];
  isArchive: boolean;
  act: (work: Work) => void;
  asks: boolean;
  setAsks: (asks: boolean) => void;
}

function Actions({ prompts, isArchive, act, asks, setAsks }: ActionsProps) {
  const generating: Work = {
    doing: "Asking for answers",
    batch: 1,
    act: onePerCall("asked for answers", (promptId) =>
      api.comparisons.create({ promptId, maxTokens: limits.maxTokens.default }),
    ),
  };
  const archiving: Work = {
    doing: isArchive ? "Bringing back" : "Archiving",
    batch: limits.promptsAtOnce,
    act: async (ids) => {
      const { done, left } = await api.prompts.archiveMany({ ids, archived: !isArchive });
      return { counts: { [isArchive ? "brought back" : "archived"]: done }, left };
    },
  };
  const deleting: Work = {
    doing: "Deleting",
    batch: limits.promptsAtOnce,
    act: async (ids) => {
      const { left, ...counts } = await api.prompts.removeMany({ ids });
      return { counts, left };
    },
  };
  return (
    <>
      <span role="status">{figure(prompts.length)} selected</span>
      {isArchive ? null : <Button onClick={() => act(generating)}>Generate answers</Button>}
      <Button onClick={() => act(archiving)}>{isArchive ? "Bring back" : "Archive"}</Button>
      <Button kind="danger" onClick={() => setAsks(true)}>
        Delete …
      </Button>
      <Confirm
        open={asks}
        onClose={() => setAsks(false)}
        title={`Delete ${counted(prompts.length, "prompt")} for good?`}
        action={`Delete ${counted(prompts.length, "prompt")}`}
        isBusy={false}
        error={null}
        onConfirm={() => act(deleting)}
      >
        {goesWith(prompts)}
      </Confirm>
    </>
  );
}

/** "With them go up to 3 demonstrations and 2 sets of answers. Prompts that people here have …" */
function goesWith(prompts: readonly Picked[]): string {
  const demonstrations = prompts.reduce((sum, one) => sum + one.demonstrations, 0);
  const comparisons = prompts.reduce((sum, one) => sum + one.comparisons, 0);
  if (demonstrations + comparisons === 0) return "Nothing else hangs on them.";
  const parts = [
    demonstrations > 0 ? counted(demonstrations, "demonstration") : null,
    comparisons > 0 ? counted(comparisons, "set of answers", "sets of answers") : null,
  ].filter((part) => part !== null);
  return `With them go up to ${parts.join(" and ")}, with rankings that came in from files. Prompts that people here have ranked answers to, or written a demonstration for, are archived instead: their work stays.`;
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

function Report({ outcome: { counts, left, why, problem } }: { outcome: Outcome }) {
  const parts = Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${figure(count)} ${what}`] : []));
  const sentences = [
    parts.length > 0 ? `${parts.join(", ")}.` : null,
    left > 0 ? `${counted(left, "prompt")} stayed as ${left === 1 ? "it was" : "they were"}: ${why}` : null,
    problem,
  ].filter((one) => one !== null);
  return (
    <p role={problem ? "alert" : "status"} className={problem || left > 0 ? "text-danger" : "text-muted"}>
      {sentences.join(" ")}
    </p>
  );
}
