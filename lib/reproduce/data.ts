// Data of the experiments: records as lines of JSON, which the application exports and the trainers read, and answers of models.
import { writeFile } from "node:fs/promises";
import { lines } from "../../models/train/data.ts";
import { sampleAnswers } from "../../models/train/sample-answers.ts";
import type { Task } from "../../models/world/asking.ts";
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

/** @returns [task][answer] texts */
export async function answersTo(
  tasks: readonly Task[],
  k: number,
  sampling: { model: string; answerTokens: number; seed: number; signal: AbortSignal },
): Promise<string[][]> {
  const prompts = tasks.flatMap(({ prompt }) => Array.from({ length: k }, () => prompt));
  const answers = await sampleAnswers({ ...sampling, prompts });
  return tasks.map((_, i) => answers.slice(i * k, (i + 1) * k).map(({ text }) => text));
}
