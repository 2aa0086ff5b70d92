"use client";
// Shortcuts: Ctrl+Enter anywhere on a screen, and a single key that works anywhere on a page, but never while somebody types or a dialog is open. Everyone can switch such
// keys off in the account menu, as WCAG 2.1.4 asks: whoever speaks to their computer presses them by accident.
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { listenToKeys } from "./on-key.ts";

const storageKey = "rankloop.keys";
const changed = "rankloop:keys";

/** Is this where letters are text? */
function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !["button", "checkbox", "radio", "range", "submit"].includes(target.type);
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function subscribe(onChange: () => void): () => void {
  for (const name of ["storage", changed]) window.addEventListener(name, onChange);
  return () => {
    for (const name of ["storage", changed]) window.removeEventListener(name, onChange);
  };
}

/** Are single keys on for this browser? The third way of asking is the server's, which cannot know. */
export function useShortcutsOn(): [on: boolean, set: (on: boolean) => void] {
  const on = useSyncExternalStore(
    subscribe,
    () => window.localStorage.getItem(storageKey) !== "off",
    () => true,
  );
  const set = (value: boolean) => {
    if (value) window.localStorage.removeItem(storageKey);
    else window.localStorage.setItem(storageKey, "off");
    window.dispatchEvent(new Event(changed));
  };
  return [on, set];
}

/** @param keys one or several, as `KeyboardEvent.key` says them, e.g. "g" or "?"; `press` is told which it was */
export function useShortcut(keys: string | readonly string[], press: (key: string) => void): void {
  const [on] = useShortcutsOn();
  const hear = useEffectEvent((event: KeyboardEvent) => {
    const key = event.key.toLowerCase();
    if (![keys].flat().includes(key) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || event.repeat || takesText(event.target)) return;
    if (document.querySelector("dialog:modal")) return;
    event.preventDefault();
    press(key);
  });
  useEffect(() => {
    if (!on) return;
    return listenToKeys(document, hear);
  }, [on]);
}

export function useConfirmKey(onConfirm: (press: { shift: boolean }) => void): void {
  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.repeat || document.querySelector("dialog:modal")) return;
    event.preventDefault();
    onConfirm({ shift: event.shiftKey });
  });
  useEffect(() => listenToKeys(window, hear), []);
}
