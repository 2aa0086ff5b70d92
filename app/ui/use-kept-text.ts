"use client";
// Text that survives a reload, a crash and an ended session: kept on this device until it is saved.
import { useCallback, useEffect, useState } from "react";

/** Like useState for a text; the third says it was saved, and empties both. */
export function useKeptText(name: string): [text: string, setText: (text: string) => void, forget: () => void] {
  const key = `rankloop.text.${name}`;
  const [text, setText] = useState("");
  // After the first paint: the server does not know what this device keeps.
  useEffect(() => setText(window.localStorage.getItem(key) ?? ""), [key]);
  const keep = useCallback(
    (value: string) => {
      setText(value);
      try {
        if (value) window.localStorage.setItem(key, value);
        else window.localStorage.removeItem(key);
      } catch {
        // A private window or a full disk: the text is still in the field.
      }
    },
    [key],
  );
  const forget = useCallback(() => keep(""), [keep]);
  return [text, keep, forget];
}
