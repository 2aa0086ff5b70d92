"use client";
// Ctrl+Enter (⌘+Enter on a Mac) anywhere on a screen, also from inside a text field.
import { useEffect, useEffectEvent } from "react";
import { listenToKeys } from "../ui/on-key.ts";

export function useConfirmKey(onConfirm: (press: { shift: boolean }) => void): void {
  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.repeat || document.querySelector("dialog:modal")) return;
    event.preventDefault();
    onConfirm({ shift: event.shiftKey });
  });
  useEffect(() => listenToKeys(window, hear), []);
}
