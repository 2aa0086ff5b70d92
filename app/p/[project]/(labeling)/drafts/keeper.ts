// Keeps one draft: every change on this device at once, and on the server as soon as the save before it is answered.
// It goes on after its screen is gone, until the last change has arrived. What to do when is state.ts's.
import { type ApiClient, isRefusal } from "../../../../../lib/api/client.ts";
import type { Draft } from "../../../../../lib/vocabulary/shapes.ts";
import { type DeviceStore, type DraftOf, dropFromDevice, findOnDevice, keepOnDevice } from "./device.ts";
import {
  type DraftEvent,
  type DraftState,
  type DraftStatus,
  maySend,
  openDraft,
  reduceDraft,
  statusOf,
} from "./state.ts";

/** After silence, how long until the next try; the browser's `online` event makes it at once. */
const retryMs = 4_000;
/** A connection that hangs is silence too. */
const answerMs = 15_000;

export interface DraftView<T> {
  /** What the screen starts from; null: nothing was written yet. */
  value: T | null;
  /** False until both sides were looked at. */
  isReady: boolean;
  status: DraftStatus;
  /** Why the server refuses to keep it, as a sentence. */
  problem: string | null;
  /** What another window has saved meanwhile. */
  other: T | null;
}

export interface DraftKeeper<T> {
  view(): DraftView<T>;
  subscribe(onChange: () => void): () => void;
  /** @param draft the server's, where the caller has it already: then the view is ready at once */
  open(draft?: Draft | null): void;
  save(content: T): void;
  /** Throws the draft away, here and on the server. */
  discard(): void;
  takeOther(): T | null;
  keepMine(): void;
  /** Sends nothing more; resolves when nothing is on its way: before a submission, which takes the draft along. */
  pause(): Promise<void>;
  /** Goes on after a pause: the submission failed, or the next thing is written. */
  resume(): void;
  /** Forgets it on this device: the submission has arrived. */
  forget(): void;
}

interface KeeperOptions<T> extends DraftOf {
  /** This window, as the server and this device know it. */
  writer: string;
  store: () => DeviceStore;
  server: Pick<ApiClient["drafts"], "get" | "save" | "discard">;
  read: (content: unknown) => T | null;
  onSignedOut: () => void;
}

/** @typeParam T what survives JSON as it is: no Map, no undefined in lists */
export function createDraftKeeper<T>(options: KeeperOptions<T>): DraftKeeper<T> {
  const { subject, writer, store, server, read } = options;
  const listeners = new Set<() => void>();
  let state: DraftState<T> = openDraft<T>(null, null);
  let value: T | null = null;
  let isReady = false;
  let isPaused = false;
  let isUnanswered = false;
  let whenIdle: (() => void)[] = [];
  let retry: ReturnType<typeof setTimeout> | undefined;
  let view = viewOf();

  function viewOf(): DraftView<T> {
    const status = isUnanswered ? "offline" : statusOf(state);
    return { value, isReady, status, problem: state.refusal, other: state.other?.content ?? null };
  }
  function show() {
    view = viewOf();
    for (const listener of listeners) listener();
  }
  function apply(event: DraftEvent<T>) {
    state = reduceDraft(state, event);
    const { basedOn, unsent, sending } = state;
    const open = unsent ?? sending;
    if (open) keepOnDevice(store(), options, { writer, basedOn, content: open.content });
    else dropFromDevice(store(), options, writer);
    show();
  }

  async function send() {
    clearTimeout(retry);
    if (isPaused || !isReady || !maySend(state)) return;
    apply({ type: "send" });
    apply(await answerTo(state.sending?.content ?? null));
    for (const resolve of whenIdle) resolve();
    whenIdle = [];
    if (state.isSilent) retry = setTimeout(send, retryMs);
    else send();
  }
  async function answerTo(content: T | null): Promise<DraftEvent<T>> {
    const call = { signal: AbortSignal.timeout(answerMs) };
    try {
      if (content === null) {
        await server.discard({ subject, writer, basedOn: state.basedOn }, call);
        return { type: "saved", revision: 0 };
      }
      const input = { subject, writer, basedOn: state.basedOn, content: content as Draft["content"] };
      const { outcome, draft, other } = await server.save(input, call);
      if (outcome === "saved") return { type: "saved", revision: draft.revision };
      return { type: "conflict", content: other && read(other.content), revision: other?.revision ?? 0 };
    } catch (error) {
      if (!isRefusal(error)) return { type: "silence" };
      if (error.code === "UNAUTHORIZED") options.onSignedOut();
      return { type: "refused", sentence: error.message };
    }
  }

  async function fetchAndBegin() {
    try {
      begin(await server.get({ subject }, { signal: AbortSignal.timeout(answerMs) }));
    } catch (error) {
      if (isRefusal(error)) return begin(null);
      isUnanswered = true;
      show();
      setTimeout(fetchAndBegin, retryMs);
    }
  }
  function begin(draft: Draft | null) {
    if (isReady) return;
    isUnanswered = false;
    const onDevice = findOnDevice(store(), options, read);
    state = openDraft(draft && { ...draft, content: read(draft.content) }, onDevice);
    value = state.unsent ? state.unsent.content : draft && read(draft.content);
    isReady = true;
    // Taken over from a window that is gone: from now on it is this one's.
    if (onDevice) dropFromDevice(store(), options, onDevice.writer);
    if (state.unsent) keepOnDevice(store(), options, { writer, basedOn: state.basedOn, content: state.unsent.content });
    show();
    send();
  }

  return {
    view: () => view,
    subscribe: (onChange) => {
      listeners.add(onChange);
      window.addEventListener("online", send);
      return () => {
        listeners.delete(onChange);
        if (listeners.size === 0) window.removeEventListener("online", send);
      };
    },
    open: (draft) => (draft === undefined ? fetchAndBegin() : begin(draft)),
    save(content) {
      apply({ type: "change", content });
      send();
    },
    discard() {
      apply({ type: "change", content: null });
      send();
    },
    takeOther() {
      value = state.other?.content ?? value;
      apply({ type: "take-other" });
      return value;
    },
    keepMine() {
      apply({ type: "keep-mine" });
      send();
    },
    pause() {
      isPaused = true;
      return state.sending ? new Promise((resolve) => whenIdle.push(resolve)) : Promise.resolve();
    },
    resume() {
      isPaused = false;
      send();
    },
    forget() {
      dropFromDevice(store(), options, writer);
    },
  };
}
