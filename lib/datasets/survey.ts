// A survey of a file's rows before anything is stored: their format, what they say, and which of them cannot be read.
import { FileRefused, type Row } from "./files/row.ts";
import {
  type Format,
  formatTitles,
  type Item,
  type ItemKind,
  itemsIn,
  RowRefused,
  recognised,
  unknownRows,
} from "./formats/index.ts";

/** How many rows decide what format a file has. */
export const rowsToRecognise = 20;

/** How much of a survey is listed: the rest is counted. */
const most = { items: 20, problems: 100 };

export interface Problem {
  /** The number of the row. */
  number: number;
  reason: string;
}

export class Survey {
  readonly format: Format;
  rows = 0;
  readonly counts: Record<ItemKind, number> = { prompt: 0, demonstration: 0, answers: 0, ranking: 0 };
  /** What the first rows say. */
  readonly first: Item[] = [];
  readonly problems: Problem[] = [];
  /** How many rows cannot be read, listed or not. */
  bad = 0;

  constructor(format: Format) {
    this.format = format;
  }

  add(row: Row): void {
    this.rows++;
    const read = itemsOf(this.format, row);
    if (!Array.isArray(read)) {
      this.bad++;
      if (this.problems.length < most.problems) this.problems.push({ number: row.number, reason: read.problem });
      return;
    }
    for (const item of read) {
      this.counts[item.kind]++;
      if (this.first.length < most.items) this.first.push(item);
    }
  }

  /** Why none of it can come in; null where some can. */
  get refusal(): string | null {
    if (Object.values(this.counts).some((count) => count > 0)) return null;
    return this.rows === 0
      ? "There is no row in it."
      : `None of its rows can be read as ${formatTitles[this.format.name]}. The first: ${this.problems[0]?.reason}`;
  }
}

/** What a row says, or why it cannot be read. */
export function itemsOf(format: Format, row: Row): Item[] | { problem: string } {
  if ("problem" in row) return row;
  try {
    return itemsIn(format, row.value);
  } catch (error) {
    if (error instanceof RowRefused) return { problem: error.message };
    throw error;
  }
}

/** The format of a file by its first rows. @throws FileRefused where no format knows them */
export function formatOf(rows: readonly Row[]): Format {
  const values = rows.flatMap((row) => ("value" in row ? [row.value] : []));
  const format = recognised(values);
  if (format) return format;
  const [first] = rows;
  throw new FileRefused(values.length === 0 && first && "problem" in first ? first.problem : unknownRows(values));
}
