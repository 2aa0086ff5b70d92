// A prompt's or an answer's text, never interpreted.
import { memo } from "react";
import { type Block, blocksOf } from "./blocks.ts";
import { LongLine } from "./long-line.tsx";
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
      {blocks.length === 1 && !blocks[0]?.isLong
        ? blocks[0]?.text
        : blocks.map((block) => <BlockShown key={block.start} block={block} />)}
    </div>
  );
});

function BlockShown({ block: { text, lines, isLong } }: { block: Block }) {
  if (isLong) return <LongLine text={text} />;
  return (
    <div className={blockLook} style={{ "--lines": lines } as React.CSSProperties}>
      {text}
    </div>
  );
}
