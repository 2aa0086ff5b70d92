// rankloop export comparisons|rankings|demonstrations|prompts|ratings|skips: the same as the download, into a file that is whole
// or as before; export model: a model for other programs.
import { once } from "node:events";
import { type Command, Option } from "commander";
import type { ModelFormat } from "../../models/export/export.ts";
import { type Choices, fileKinds, type OutSet, outSets, tieChoices, whichRankings } from "../datasets/choices.ts";
import { choices } from "../datasets/choices-schema.ts";
import { formatsOf } from "../datasets/out-formats.ts";
import { tallyReport } from "../datasets/tally-report.ts";
import { note, result } from "../output.ts";
import { splits, useCases } from "../vocabulary/labeling.ts";
import { refusalOf } from "../vocabulary/refusal.ts";
import { interruptSignal } from "./failure.ts";
import { folderOf, InputError, path } from "./input.ts";

interface Options {
  out: string;
  json?: boolean;
  project?: string;
}

interface ModelOptions {
  out: string;
  format: ModelFormat;
  force?: boolean;
  json?: boolean;
}

const modelFormats: ModelFormat[] = ["hf", "onnx", "gguf"];

/** What each set has a line for. */
export const sets: Record<OutSet, string> = {
  comparisons: "a pair of a ranking, the better answer first",
  rankings: "a whole ranking: its answers, tiers, ratings, flags, and what else is known of it",
  demonstrations: "an ideal answer",
  prompts: "a prompt, for a policy to practise on",
  ratings: "an answer, and what one labeler said of it alone",
  skips: "a prompt whose answers somebody would not rank, and why",
};

export function addExport(program: Command): void {
  const group = program
    .command("export")
    .description("Write what people made as a file, or a model for other programs.");
  for (const dataset of outSets) {
    const command = group
      .command(dataset)
      .description(`One line ${sets[dataset]}.`)
      .requiredOption("--out <file>", "where to; - is stdout", (text: string) => (text === "-" ? text : path(text)))
      .option("--project <name>", "where there are several")
      .option("--json", "one JSON object on stdout")
      .action((options: Options) => write(dataset, options));
    addChoices(command, dataset);
  }
  group
    .command("model")
    .description("A model for other programs, with the same numbers.")
    .argument("<dir>", "model directory", path)
    .addOption(
      new Option("--format <name>", "hf: transformers; onnx: transformers.js, onnxruntime; gguf: llama.cpp")
        .choices(modelFormats)
        .makeOptionMandatory(),
    )
    .requiredOption("--out <dir>", "directory for it", path)
    .option("--force", "overwrite the model that is there")
    .option("--json", "one JSON object on stdout")
    .action(writeModel);
}

/** The options that say what goes out of a set, and how. */
export function addChoices(command: Command, dataset: OutSet): void {
  command
    .addOption(
      new Option("--format <name>", "whose trainer reads it")
        .choices(formatsOf(dataset))
        .default(formatsOf(dataset)[0]),
    )
    .addOption(new Option("--file <kind>", "JSON lines, CSV, Parquet").choices([...fileKinds]).default("jsonl"))
    .option("--gzip", "packed")
    .addOption(new Option("--split <name>", "only this split").choices(["all", ...splits]).default("all"))
    .addOption(new Option("--use-case <name>", "only this use case").choices([...useCases]))
    .option("--labelers <names>", "only of these people: user names, with commas between them")
    .option("--from <day>", "made on this day or later, as 2026-01-31", day)
    .option("--until <day>", "made before this day", day)
    .option("--trim", "leave out white space around answers (as formats with turns do)")
    .option("--no-trim", "leave it as it was written")
    .option("--mask", "break up tokens that people typed, such as <|endoftext|>")
    .option("--pseudonyms", "call people by names that say nothing of them");
  const ofRankings = dataset === "comparisons" || dataset === "rankings";
  if (ofRankings || dataset === "ratings") {
    command
      .option("--model <name>", "only rankings with an answer of this model")
      .option("--flag <name>", "only rankings with this flag")
      .option("--without-flag <name>", "only rankings without this flag")
      .option("--without-guard <name>", "only rankings whose labeler did not go past this warning");
  }
  if (ofRankings) {
    command.addOption(
      new Option("--rankings <which>", "all; one for the same answers: their majority; or the first of each prompt")
        .choices([...whichRankings])
        .default("all"),
    );
  }
  if (dataset === "comparisons") {
    command.addOption(
      new Option("--ties <policy>", "no line; a line each way, which is learned as ½; or one line with a label")
        .choices([...tieChoices])
        .default("drop"),
    );
  }
}

/** What the options ask for. @throws InputError */
export function choicesOf(dataset: OutSet, given: object): Choices {
  const asked = choices.safeParse({ ...given, dataset });
  if (!asked.success) throw new InputError(refusalOf(asked.error.issues[0]!, given).sentence);
  return asked.data;
}

async function writeModel(dir: string, { format, out, force, json }: ModelOptions): Promise<void> {
  await folderOf(out);
  const { isThere } = await import("../../models/gpt/directory.ts");
  if (!force && (await isThere(out))) {
    throw new InputError(`${out} is there already: choose another directory, or overwrite a model in it with --force.`);
  }
  const { exportModel } = await import("../../models/export/export.ts");
  await exportModel(dir, format, out);
  result(json, { model: dir, format, out }, () => `${dir} as ${format} in ${out}`);
}

/** The beginning of a day, here. @throws InputError */
function day(text: string): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00`).getTime() : Number.NaN;
  if (Number.isNaN(time)) throw new InputError(`${text} is no day: write it like 2026-01-31.`);
  return time;
}

async function write(dataset: OutSet, { out, json, project, ...given }: Options): Promise<void> {
  const asked = choicesOf(dataset, given);
  if (out !== "-") await folderOf(out);
  const signal = interruptSignal();
  const { existingDatabase, projectNamed } = await import("./database.ts");
  const { exportRows, noTally, planOf } = await import("../datasets/export.ts");
  const { outFile } = await import("../datasets/out-file.ts");
  const db = await existingDatabase();
  const plan = planOf(asked);
  const tally = noTally();
  const bytes = outFile(plan, exportRows({ db, project: await projectNamed(db, project) }, plan, tally));
  if (out === "-") {
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
    }
  } else {
    const { writeBytes } = await import("../worker/write-lines.ts");
    await writeBytes(out, bytes, signal);
  }
  for (const sentence of tallyReport(plan, tally)) note(sentence);
  if (out === "-") return;
  const { split } = plan.choices;
  const { lines, ...counts } = tally;
  const said = { dataset, split, format: plan.name, file: out, lines, counts };
  result(json, said, () => `${lines} lines in ${out}`);
}
