// Tables as text, one row a line: a fact of the world reads (and is edited) as one line.

/** Any number of cells; a missing one is a mistake in the table, which rows() reports. */
export type Row = [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

/**
 * rows("a | b\nc | d") → [["a", "b"], ["c", "d"]]
 * @throws Error naming the line whose number of cells differs from the first line's.
 */
export function rows(table: string): Row[] {
  const cells = table
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
  for (const row of cells) {
    if (row.length !== cells[0]!.length)
      throw new Error(`This row of a world table has a wrong number of cells: ${row}`);
  }
  return cells as Row[];
}
