"use client";
// A choice of one person that this device remembers: on or off, off at first.
import { useCallback, useSyncExternalStore } from "react";
import { useUser } from "../../../../shell/user-context.tsx";

const changed = "rankloop:choice";

function subscribe(onChange: () => void): () => void {
  for (const name of ["storage", changed]) window.addEventListener(name, onChange);
  return () => {
    for (const name of ["storage", changed]) window.removeEventListener(name, onChange);
  };
}

export function useKeptChoice(name: string): [on: boolean, set: (on: boolean) => void] {
  const key = `rankloop.${name}.${useUser()?.id ?? ""}`;
  const on = useSyncExternalStore(
    subscribe,
    () => window.localStorage.getItem(key) === "on",
    () => false,
  );
  const set = useCallback(
    (value: boolean) => {
      if (value) window.localStorage.setItem(key, "on");
      else window.localStorage.removeItem(key);
      window.dispatchEvent(new Event(changed));
    },
    [key],
  );
  return [on, set];
}
