// A long text in blocks of whole lines: cut only where a line ends, so that blocks below each other look like the text.

/** A text up to this many characters is one block; so is a line of more, see LongLine. */
const wholeCharacters = 4_000;
/** A block ends at the first line end after this many. */
const blockCharacters = 1_500;
/** Of a line of the reading size in a card of usual width: for the height of a block that was never in sight. */
const lineCharacters = 60;

export interface Block {
  /** Of its first character. */
  start: number;
  text: string;
  /** About so many lines high. */
  lines: number;
  /** One line of more characters than can be laid out at once. */
  isLong: boolean;
}

/** The texts of the blocks, one after the other, are the text. */
export function blocksOf(text: string): Block[] {
  if (text.length <= wholeCharacters) return text === "" ? [] : [blockOf(text, 0, text.length)];
  const blocks: Block[] = [];
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const lineEnd = text.indexOf("\n", at);
    const end = lineEnd < 0 ? text.length : lineEnd + 1;
    const isLong = end - at > wholeCharacters;
    if (isLong && at > start) blocks.push(blockOf(text, start, at));
    if (isLong) start = at;
    if (isLong || end - start >= blockCharacters || end === text.length) {
      blocks.push(blockOf(text, start, end));
      start = end;
    }
    at = end;
  }
  return blocks;
}

function blockOf(whole: string, start: number, end: number): Block {
  const text = whole.slice(start, end);
  const lines = text.replace(/\n$/, "").split("\n");
  return {
    start,
    text,
    lines: lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / lineCharacters)), 0),
    isLong: lines.length === 1 && text.length > wholeCharacters,
  };
}
