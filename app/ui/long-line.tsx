"use client";
// A line of thousands of characters: the one text whose layout a browser cannot put off. Its beginning is there at once,
// the rest, and later every change of its width, in a frame of its own. It ends up looking the same.
import { useEffect, useLayoutEffect, useRef, useState } from "react";

/** More than the part of a card in sight. */
const firstCharacters = 1_500;

export function LongLine({ text }: { text: string }) {
  const outer = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const [isWhole, setWhole] = useState(false);

  useEffect(() => inOwnFrame(() => setWhole(true)), []);
  useLayoutEffect(() => {
    const [frame, line] = [outer.current, inner.current];
    if (!frame || !line) return;
    let takeBack: (() => void) | undefined;
    let width = frame.clientWidth;
    line.style.width = `${width}px`;
    const observer = new ResizeObserver(() => {
      if (frame.clientWidth === width) return;
      takeBack?.();
      // Until then it may be wider than its place.
      frame.style.overflowX = "clip";
      takeBack = inOwnFrame(() => {
        width = frame.clientWidth;
        line.style.width = `${width}px`;
        frame.style.overflowX = "";
      });
    });
    observer.observe(frame);
    return () => {
      observer.disconnect();
      takeBack?.();
    };
  }, []);
  return (
    <div ref={outer}>
      <div ref={inner} className="[unicode-bidi:plaintext]">
        {isWhole ? text : text.slice(0, firstCharacters).toWellFormed()}
      </div>
    </div>
  );
}

const waiting: (() => void)[] = [];

function next() {
  waiting.shift()?.();
  if (waiting.length > 0) requestAnimationFrame(next);
}

/** @returns takes it back, if its turn has not come */
export function inOwnFrame(work: () => void): () => void {
  waiting.push(work);
  if (waiting.length === 1) requestAnimationFrame(next);
  return () => {
    const place = waiting.indexOf(work);
    // A frame has been asked for already: it finds nothing to do.
    if (place >= 0) waiting.splice(place, 1, () => undefined);
  };
}
