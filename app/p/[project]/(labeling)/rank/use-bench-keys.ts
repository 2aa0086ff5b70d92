"use client";
// The keys of the workbench and its focus. Keys work wherever on it the focus is; also where it is nowhere, because what had
// it is gone.
import { type RefObject, useEffect, useEffectEvent } from "react";
import { listenToKeys } from "../../../../ui/on-key.ts";
import { useShortcutsOn } from "../../../../ui/use-shortcut.ts";
import { type Command, commandOf, type KeyPlace, notationId } from "./keys.ts";
import type { Workbench } from "./workbench.ts";

export function useBenchKeys(
  root: RefObject<HTMLElement | null>,
  bench: Workbench,
  onCommand: (command: Command) => void,
): void {
  const [areSinglesOn] = useShortcutsOn();
  const hear = useEffectEvent((event: KeyboardEvent) => {
    const { target } = event;
    if (event.defaultPrevented || !(target instanceof HTMLElement)) return;
    const isOnBench = target === document.body || root.current?.contains(target);
    const { stage, current, labels } = bench;
    const card = target.dataset.card ?? target.dataset.of ?? null;
    const command = commandOf(event, { stage, current, card, areSinglesOn, k: labels.length, on: kindOf(target) });
    if (!command || isLeftAlone(event, command)) return;
    // Confirming works from anywhere on the page, as on the other screens.
    if (!isOnBench && (command.type !== "confirm" || target.closest("dialog"))) return;
    // Escape is also the browser's: it closes menus.
    if (command.type !== "back") event.preventDefault();
    onCommand(command);
  });
  useEffect(() => listenToKeys(window, hear), []);
}

function kindOf(target: HTMLElement): KeyPlace["on"] {
  if (target.id === notationId) return "notation";
  if (isWriting(target)) return "text";
  if (target instanceof HTMLInputElement) return "choice";
  return target.closest("button, a, summary, [popover]") ? "button" : "other";
}

/** A key held down submits nothing twice; under a dialog nothing moves. */
function isLeftAlone(event: KeyboardEvent, command: Command): boolean {
  if (document.querySelector("dialog:modal")) return true;
  return event.repeat && (command.type === "confirm" || (command.type === "move" && command.move.type === "on"));
}

export function useBenchFocus(root: RefObject<HTMLElement | null>, focus: Workbench["focus"], isHeld: boolean): void {
  useEffect(() => {
    const active = document.activeElement;
    const isElsewhere = active !== null && active !== document.body && !root.current?.contains(active);
    if (!focus || isHeld || isElsewhere || isWriting(active)) return;
    root.current?.querySelector<HTMLElement>(`[data-card="${focus.label}"]`)?.focus();
  }, [root, focus, isHeld]);
}

export function isWriting(element: Element | null): boolean {
  if (element instanceof HTMLInputElement) return element.type === "text";
  return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
}
