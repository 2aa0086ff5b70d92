// Records as lines of JSON: what the application exports and the trainers read.
import { writeFile } from "node:fs/promises";
import { lines } from "../../models/train/data.ts";
import { jsonlLine, parseJsonl } from "../preference/jsonl.ts";
import { type ComparisonRecord, comparisonRecord } from "../preference/records.ts";

export async function writeRecords(file: string, records: readonly object[]): Promise<void> {
  await writeFile(file, records.map((record) => `${jsonlLine(record)}\n`).join(""));
}

/** The comparisons of an export. @throws DataError, JsonlError naming file and line */
export async function readRecords(file: string): Promise<ComparisonRecord[]> {
  const records: ComparisonRecord[] = [];
  for await (const [line, number] of lines(file)) records.push(parseJsonl(line, number, file, comparisonRecord));
  return records;
}
