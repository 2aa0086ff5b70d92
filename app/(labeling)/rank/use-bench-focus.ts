"use client";
// Brings the focus to the card a move asks for, unless the person is writing or is at something else on the page.
import { type RefObject, useEffect } from "react";
import type { Workbench } from "./workbench.ts";

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
