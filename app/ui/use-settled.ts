// What is being typed, once it pauses: each question about it costs somebody else work.
import { useEffect, useState } from "react";

const pauseMs = 250;

/** The text once it has not changed for a moment. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
