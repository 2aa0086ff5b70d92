// Keys that are meant for the page, and not for an input method: while somebody composes Japanese, Chinese or Korean,
// Enter takes a suggestion, Esc drops it, and digits choose one. Every handler of keys in app/ is made here (see the test).
import type { KeyboardEvent as ReactKeyboardEvent } from "react";

/** The key belongs to a text that is being composed. */
export function isComposing({ isComposing, keyCode }: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  // Safari ends the composition before it tells of the key that ended it: only the code 229 says what it was for.
  return isComposing || keyCode === 229;
}

/** Calls back at every key pressed in the window or the document. @returns the way to stop; aborting `signal` is another */
export function listenToKeys(
  target: Pick<EventTarget, "addEventListener" | "removeEventListener">,
  onKey: (event: KeyboardEvent) => void,
  signal?: AbortSignal,
): () => void {
  const onKeyDown = (event: Event) => {
    if (!isComposing(event as KeyboardEvent)) onKey(event as KeyboardEvent);
  };
  target.addEventListener("keydown", onKeyDown, { signal });
  return () => target.removeEventListener("keydown", onKeyDown);
}

/** For the `onKeyDown` of an element. */
export function onKey<Of extends Element>(
  handle: (event: ReactKeyboardEvent<Of>) => void,
): (event: ReactKeyboardEvent<Of>) => void {
  return (event) => {
    if (!isComposing(event.nativeEvent)) handle(event);
  };
}
