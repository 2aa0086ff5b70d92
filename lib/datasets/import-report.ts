// What came in from a file, and in words: for the shell and the screen.
import { counted } from "../vocabulary/counted.ts";

export interface ImportReport {
  /** The id of the data source. */
  source: string;
  prompts: number;
  demonstrations: number;
  /** Sets of answers, ranked or to be ranked. */
  comparisons: number;
  rankings: number;
  /** What was there already. */
  repeated: number;
  /** Rows that cannot be read. */
  leftOut: number;
}

/** cameIn({ prompts: 2, demonstrations: 1, comparisons: 0, rankings: 0 }) → "2 prompts and 1 demonstration"; "" for nothing */
export function cameIn(report: Pick<ImportReport, "prompts" | "demonstrations" | "comparisons" | "rankings">): string {
  const kinds = [
    [report.prompts, "prompt"],
    [report.demonstrations, "demonstration"],
    [report.comparisons, "set of answers", "sets of answers"],
    [report.rankings, "ranking"],
  ] as const;
  const parts = kinds.flatMap(([count, one, many]) => (count > 0 ? [counted(count, one, many)] : []));
  return new Intl.ListFormat("en").format(parts);
}
