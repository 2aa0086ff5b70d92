// A prompt's or an answer's text, never interpreted.
import { memo } from "react";
import { blocksOf } from "./blocks.ts";
import { shown } from "./written.ts";

const blockLook =
  "[contain-intrinsic-block-size:auto_calc(var(--lines)*1lh)] [content-visibility:auto] [unicode-bidi:plaintext]";

/**
 * Memoised: with nine answers of 20,000 characters, a drag must not render them anew at every move. A long text stands in
 * blocks of whole lines, of which the browser lays out only those in sight; it looks the same.
 */
export const AsWritten = memo(function AsWritten({ text, className = "" }: { text: string; className?: string }) {
  const blocks = blocksOf(shown(text));
  return (
    <div dir="auto" className={`as-written text-read ${className}`}>
      {blocks.length === 1
        ? blocks[0]?.text
        : blocks.map(({ start, text: block, lines }) => (
            <div key={start} className={blockLook} style={{ "--lines": lines } as React.CSSProperties}>
              {block}
            </div>
          ))}
    </div>
  );
});
