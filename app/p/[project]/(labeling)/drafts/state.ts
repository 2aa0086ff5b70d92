// What one window knows of a draft: what is not saved yet, what is on its way, what another window has written.
// A pure state machine; keeper.ts does what it says, on this device and on the server.

/** What the person has now; null = nothing (any more): the draft is to be thrown away. */
export interface Content<T> {
  content: T | null;
}

export interface DraftState<T> {
  /** The revision on the server that this window's content follows; 0: none. */
  readonly basedOn: number;
  /** Newer than anything sent. */
  readonly unsent: Content<T> | null;
  /** On its way to the server: never two at a time. */
  readonly sending: Content<T> | null;
  /** The last save was not answered: it is tried again by itself. */
  readonly isSilent: boolean;
  /** Why the server would not keep it, as a sentence: tried again only with another content. */
  readonly refusal: string | null;
  /** What another window has saved meanwhile: nothing is sent until the person has chosen. */
  readonly other: { readonly content: T; readonly revision: number } | null;
}

export type DraftEvent<T> =
  | { type: "change"; content: T | null }
  | { type: "send" }
  | { type: "saved"; revision: number }
  | { type: "silence" }
  | { type: "refused"; sentence: string }
  /** @param content null: nothing that this screen can read */
  | { type: "conflict"; content: T | null; revision: number }
  | { type: "take-other" }
  | { type: "keep-mine" };

export type DraftStatus = "saved" | "saving" | "offline" | "conflict";

const nothing = { unsent: null, sending: null, isSilent: false, refusal: null, other: null } as const;

/** A draft as the server has it, read by the screen; null where it cannot be read. */
export interface OnServer<T> {
  revision: number;
  writer: string;
  content: T | null;
}

/** A change that this device kept because no answer had come for it. */
export interface OnDevice<T> extends Content<T> {
  basedOn: number;
  writer: string;
}

/**
 * Both sides as they are found when the screen opens. What was not sent goes on, unless another window has saved
 * something else since: then that is a conflict.
 */
export function openDraft<T>(server: OnServer<T> | null, device: OnDevice<T> | null): DraftState<T> {
  const revision = server?.revision ?? 0;
  if (!device || (server?.content != null && same(device.content, server.content))) {
    return { basedOn: revision, ...nothing };
  }
  const unsent = { content: device.content };
  if (!server || server.content === null || revision === device.basedOn || server.writer === device.writer) {
    return { basedOn: revision, ...nothing, unsent };
  }
  // Thrown away here, written anew elsewhere: there is nothing here to choose.
  if (device.content === null) return { basedOn: revision, ...nothing };
  return { basedOn: device.basedOn, ...nothing, unsent, other: { content: server.content, revision } };
}

export function reduceDraft<T>(state: DraftState<T>, event: DraftEvent<T>): DraftState<T> {
  const mine = state.unsent ?? state.sending;
  switch (event.type) {
    case "change":
      return { ...state, unsent: { content: event.content }, refusal: null };
    case "send":
      return maySend(state) ? { ...state, unsent: null, sending: state.unsent } : state;
    case "saved":
      return { ...state, basedOn: event.revision, sending: null, isSilent: false };
    case "silence":
      return { ...state, unsent: mine, sending: null, isSilent: true };
    case "refused":
      return { ...state, unsent: mine, sending: null, isSilent: false, refusal: event.sentence };
    case "conflict": {
      const answered = { ...state, sending: null, isSilent: false };
      const { content, revision } = event;
      if (state.sending && same(state.sending.content, content)) return { ...answered, basedOn: revision };
      if (content === null) return { ...answered, unsent: mine, basedOn: revision };
      return { ...answered, unsent: mine, other: { content, revision } };
    }
    case "take-other":
      return state.other ? { basedOn: state.other.revision, ...nothing } : state;
    case "keep-mine":
      return state.other ? { ...state, basedOn: state.other.revision, other: null } : state;
  }
}

export function maySend<T>({ unsent, sending, refusal, other }: DraftState<T>): boolean {
  return unsent !== null && sending === null && refusal === null && other === null;
}

/** `offline` also says of a refused draft where it is: on this device only. */
export function statusOf<T>({ unsent, sending, isSilent, refusal, other }: DraftState<T>): DraftStatus {
  if (other) return "conflict";
  if (!unsent && !sending) return "saved";
  return isSilent || refusal ? "offline" : "saving";
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
