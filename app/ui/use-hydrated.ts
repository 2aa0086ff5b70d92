"use client";
// Is React in charge of this page yet? Until then a press or a typed letter would be lost, or a form sent as a plain
// page load, with a password in its address.
import { useSyncExternalStore } from "react";

const never = () => () => {};

export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
