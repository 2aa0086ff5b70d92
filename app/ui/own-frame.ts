// Work that takes a good part of a frame, done one piece a frame, in the order it was asked for.

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
