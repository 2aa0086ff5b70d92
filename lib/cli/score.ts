// rankloop score: a reward model's score of each answer in a file, one output line for each input line.
import { type Command, Option } from "commander";
import * as z from "zod";
import type { AddressJudge } from "../../models/address/scorer.ts";
import type { Scorer } from "../../models/train/score.ts";
import { jsonlLine, parseJsonl } from "../preference/jsonl.ts";
import { answerField, answerText, comparisonRecord, promptField } from "../preference/records.ts";
import type { PromptContent } from "../vocabulary/conversation.ts";
import { wordedIssues } from "../vocabulary/refusal.ts";
import { type AddressOptions, addressOf, withAddress } from "./address.ts";
import { interruptSignal } from "./failure.ts";
import { InputError, path } from "./input.ts";

interface Options extends AddressOptions {
  model?: string;
  as?: AddressJudge["asks"];
  text?: string;
  data: string;
  json?: boolean;
}

const fields = ["answer", "completion", "chosen", "rejected"] as const;

const single = z
  .object({ prompt: promptField, answer: answerField.optional(), completion: answerField.optional() })
  .refine(({ answer, completion }) => answer !== undefined || completion !== undefined, {
    error: 'a line has "prompt" and "answer", "completion", or "chosen" and "rejected"',
  });

/** Scorable is a line of any file this project writes, or of the simplest one a person writes by hand. */
type Scorable = { prompt: PromptContent } & Partial<Record<(typeof fields)[number], z.infer<typeof answerField>>>;
const scorable = z.looseObject({}).transform((row, context): Scorable => {
  const kind = row.chosen === undefined && row.rejected === undefined ? single : comparisonRecord;
  const { data, error } = kind.safeParse(row);
  context.issues.push(...wordedIssues(error, row));
  return data ?? z.NEVER;
});

const batchLines = 16;

export function addScore(program: Command): void {
  withAddress(program.command("score"))
    .description("Score answers with a reward model.")
    .option("--model <dir>", "reward model, or the name a server has for one")
    .requiredOption(
      "--data <file>",
      'one {"prompt", "answer"} (or "completion", or "chosen" and "rejected") a line',
      path,
    )
    .addOption(
      new Option("--as <path>", "how the server is asked: vLLM's or OpenRLHF's way").choices([
        "classify",
        "get_reward",
      ]),
    )
    .option("--text <template>", 'the text a server scores, such as "{prompt}{answer}" (default: its chat template)')
    .option("--json", "one JSON object a line on stdout")
    .action(score);
}

async function score(options: Options): Promise<void> {
  const { data, json } = options;
  const signal = interruptSignal();
  // All lines are checked before the first is scored: bad input changes nothing, and prints nothing.
  let lines = 0;
  for await (const _ of records(data)) {
    signal.throwIfAborted();
    lines++;
  }
  if (lines === 0) throw new InputError(`${data} has no answer in it.`);
  const scorer = await asked(options);
  let line = 0;
  for await (const batch of batches(records(data))) {
    signal.throwIfAborted();
    const items = batch.flatMap((record) => answersOf(record).map(({ answer }) => ({ prompt: record.prompt, answer })));
    const scores = await scorer.score(items, signal);
    let next = 0;
    for (const record of batch) {
      line++;
      const scored = answersOf(record).map(({ field }) => [field, scores[next++]!] as const);
      process.stdout.write(json ? `${jsonlLine(forMachines(line, scored))}\n` : `${forPeople(line, scored)}\n`);
    }
  }
  await scorer.dispose();
}

/** The reward model in a directory, or the one at an address. */
async function asked(options: Options): Promise<Scorer> {
  const { model, as = "classify", text } = options;
  const server = addressOf(options);
  if (!server) {
    if (model === undefined) throw new InputError("Name a reward model with --model.");
    if (options.as || text !== undefined)
      throw new InputError("--as and --text are for a server: name one with --address.");
    const { RewardScorer } = await import("../../models/train/score.ts");
    return RewardScorer.load(path(model));
  }
  const { AddressScorer } = await import("../../models/address/scorer.ts");
  return new AddressScorer({ ...server, model: model ?? "", asks: as, ...(text !== undefined && { text }) });
}

type Scored = (readonly [field: (typeof fields)[number], score: number])[];

/** {"line":1,"score":0.3} or {"line":1,"chosen_score":0.3,"rejected_score":-0.1} */
function forMachines(line: number, scored: Scored): Record<string, number> {
  const named = scored.map(([field, value]) => [scored.length === 1 ? "score" : `${field}_score`, value]);
  return { line, ...Object.fromEntries(named) };
}

function forPeople(line: number, scored: Scored): string {
  const figures = scored.map(([field, value]) =>
    scored.length === 1 ? value.toFixed(4) : `${field} ${value.toFixed(4)}`,
  );
  return [line, ...figures].join("\t");
}

function answersOf(record: Scorable): { field: (typeof fields)[number]; answer: string }[] {
  return fields.flatMap((field) => {
    const answer = record[field];
    return answer === undefined ? [] : [{ field, answer: answerText(answer) }];
  });
}

async function* records(file: string): AsyncGenerator<Scorable> {
  const { lines } = await import("../../models/train/data.ts");
  for await (const [line, number] of lines(file)) yield parseJsonl(line, number, file, scorable);
}

async function* batches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < batchLines) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
