// A long text in blocks of whole lines: cut only where a line ends, so that blocks below each other look like the text.

/** A text up to this many characters is one block. */
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
}

/** The texts of the blocks, one after the other, are the text. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let start = 0;
  while (start < text.length) {
    const end = text.length <= wholeCharacters ? -1 : text.indexOf("\n", start + blockCharacters);
    const block = end < 0 ? text.slice(start) : text.slice(start, end + 1);
    blocks.push({ start, text: block, lines: linesOf(block) });
    start += block.length;
  }
  return blocks;
}

function linesOf(block: string): number {
  const lines = block.replace(/\n$/, "").split("\n");
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / lineCharacters)), 0);
}
