// A prompt's or an answer's text, never interpreted.
import { memo } from "react";
import { shown } from "./written.ts";

/** Memoised: with nine answers of 20,000 characters, a drag must not render them anew at every move. */
export const AsWritten = memo(function AsWritten({ text, className = "" }: { text: string; className?: string }) {
  return (
    <div dir="auto" className={`as-written text-read ${className}`}>
      {shown(text)}
    </div>
  );
});
