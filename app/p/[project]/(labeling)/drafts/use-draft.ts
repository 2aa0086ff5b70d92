"use client";
// A draft of what is being written or ranked: `const draft = useDraft<Form>({ subject: "prompt", schema: readForm })`.
// The screen starts from `draft.value`, calls `draft.save(form)` at every change and shows `<DraftLine draft={draft} />`.
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { api } from "../../../../../lib/api/client.ts";
import { thisWindow } from "../../../../../lib/random-id.ts";
import type { Draft } from "../../../../../lib/vocabulary/shapes.ts";
import { goToSignIn } from "../../../../shell/paths.ts";
import { useProject, useUser } from "../../../../shell/user-context.tsx";
import { dropOldFromDevice } from "./device.ts";
import { createDraftKeeper, type DraftKeeper, type DraftView } from "./keeper.ts";

interface DraftOptions<T> {
  /** "prompt", "demonstration:<prompt id>", "answers:<prompt id>" or "ranking:<comparison id>"; the same as long as the component lives. */
  subject: string;
  /** What the screen makes of a stored content; null refuses what it cannot read. Absent: everything is taken. */
  schema?: (content: unknown) => T | null;
  /** The server's draft where the screen has it already (null: there is none); absent: it is fetched. */
  initial?: Draft | null;
}

export interface UseDraft<T> extends DraftView<T>, Omit<DraftKeeper<T>, "view" | "subscribe" | "open"> {}

const unopened: DraftView<never> = { value: null, isReady: false, status: "saved", problem: null, other: null };

export function useDraft<T>({ subject, schema, initial }: DraftOptions<T>): UseDraft<T> {
  const person = useUser()?.id ?? "";
  const project = useProject()?.id ?? "";
  const [keeper] = useState<DraftKeeper<T>>(() => {
    const created = createDraftKeeper<T>({
      subject,
      person,
      project,
      writer: thisWindow(),
      // Not before it is asked for: the server that draws the page first has none.
      store: () => window.localStorage,
      server: api.drafts,
      read: schema ?? ((content) => content as T),
      onSignedOut: goToSignIn,
    });
    if (initial !== undefined && typeof window !== "undefined") created.open(initial);
    return created;
  });
  useEffect(() => {
    if (!keeper.view().isReady) keeper.open();
    dropOldFromDevice(window.localStorage);
  }, [keeper]);

  const view = useSyncExternalStore<DraftView<T>>(keeper.subscribe, keeper.view, () => unopened);
  return useMemo(() => ({ ...keeper, ...view }), [keeper, view]);
}
