// rankloop import FILE: prompts, demonstrations, answers to rank and rankings of a file into a project. All of the file is read first, so that a bad line
// is known before anything is stored.
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Context } from "../context.ts";
import { fileInNode } from "../datasets/files/in-node.ts";
import { type FormatName, formatNames, formatTitles } from "../datasets/formats/format.ts";
import type { FileSurvey } from "../datasets/import-file.ts";
import { cameIn, type ImportReport } from "../datasets/import-report.ts";
import { note, Progress, result } from "../output.ts";
import { counted } from "../vocabulary/counted.ts";
import { type UseCase, useCases } from "../vocabulary/labeling.ts";
import { limits } from "../vocabulary/limits.ts";
import { Interrupted, interruptSignal } from "./failure.ts";
import { InputError, path } from "./input.ts";

interface Options {
  project?: string;
  format?: FormatName;
  name?: string;
  revision: string;
  licence: string;
  useCase: UseCase;
  leaveOutBad?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

export function addImport(program: Command): void {
  program
    .command("import")
    .description(
      "Bring prompts, demonstrations, answers and rankings in from a file: JSON lines, a JSON list, CSV or lines of text, packed or not, or Parquet.",
    )
    .argument("<file>", "the file", path)
    .option("--project <name>", "where there are several")
    .addOption(new Option("--format <name>", "of its rows, where it is not recognised").choices([...formatNames]))
    .option("--name <name>", "what it is called from now on (default: the name of the file)", short)
    .option("--revision <name>", "which version of it this is", short, "")
    .option("--licence <name>", "the terms under which it may be used", short, "")
    .addOption(
      new Option("--use-case <name>", "of prompts that do not say theirs").choices([...useCases]).default("other"),
    )
    .option("--leave-out-bad", "import all but the lines that cannot be read")
    .option("--dry-run", "say what is in it, and store nothing")
    .option("--json", "one JSON object on stdout")
    .action(run);
}

function short(text: string): string {
  if (text.length <= limits.sourceCharacters) return text;
  throw new InvalidArgumentError(`It has at most ${limits.sourceCharacters} characters.`);
}

async function run(file: string, options: Options): Promise<void> {
  const signal = interruptSignal();
  const found = await stat(file);
  if (found.isDirectory()) throw new InputError(`${file} is a directory, not a file.`);
  const { importFile, surveyFile } = await import("../datasets/import-file.ts");
  const { doorOf, previewOf } = await import("../datasets/imports.ts");
  const { checkpointLog } = await import("../../db/client.ts");
  const ctx = await shellIn(options.project);
  const name = basename(file);
  const source = fileInNode(file);
  const progress = new Progress();
  const surveyed = await surveyFile(source, {
    format: options.format,
    signal,
    onRows: (count) => progress.show(`Reading ${name}: ${counted(count, "row")}`),
  });
  progress.end();
  const { survey, unit } = surveyed;
  if (options.dryRun) {
    result(options.json, { unit, hash: surveyed.hash, ...previewOf(survey) }, () => inWords(name, surveyed));
    return;
  }
  if (!options.json) note(inWords(name, surveyed));
  if (survey.refusal !== null) throw new InputError(survey.refusal);
  if (survey.bad > 0 && !options.leaveOutBad) {
    throw new InputError(
      `Nothing was imported, as ${counted(survey.bad, unit)} cannot be read: mend ${survey.bad === 1 ? "it" : "them"}, or import all but ${survey.bad === 1 ? "it" : "these"} with --leave-out-bad.`,
    );
  }
  const { useCase, revision, licence } = options;
  let done = 0;
  let batches = 0;
  try {
    const terms = { name: options.name ?? name, revision, licence, useCase };
    const report = await importFile(doorOf(ctx), source, surveyed, {
      ...terms,
      signal,
      onRows: async (count) => {
        done = count;
        // Nobody else may be there who keeps the database's log short.
        if (++batches % 10 === 0) await checkpointLog(ctx.db);
        progress.show(`Importing ${name}: ${count.toLocaleString("en")} of ${counted(survey.rows, "row")}`);
      },
    });
    progress.end();
    result(options.json, { ...report, rows: survey.rows }, () => reportInWords(report));
  } catch (error) {
    progress.end();
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(
      `Stopped after ${done.toLocaleString("en")} of ${counted(survey.rows, "row")}: what came in stays, and the same command goes on.`,
    );
  }
}

/** The context of the shell in a project. Whoever may open the database file may do everything in it. */
async function shellIn(project: string | undefined): Promise<Context> {
  const { existingDatabase, projectNamed } = await import("./database.ts");
  const { inProject } = await import("../context.ts");
  const { refuseArchived } = await import("../api/project-door.ts");
  const db = await existingDatabase();
  const actor = { id: "", username: "shell", name: "The shell", isAdmin: true, isShell: true };
  const entered = await inProject({ db, actor }, await projectNamed(db, project));
  refuseArchived(entered);
  return entered;
}

/** How many problems are listed for a person. */
const listed = 20;

function inWords(name: string, { survey, unit }: FileSurvey): string {
  const { format, counts, problems, bad } = survey;
  const kinds = [
    [counts.prompt, "prompt"],
    [counts.demonstration, "demonstration"],
    [counts.answers, "set of answers", "sets of answers"],
    [counts.ranking, "ranking"],
  ] as const;
  const said = kinds.flatMap(([count, one, many]) => (count > 0 ? [counted(count, one, many)] : []));
  const lines = [
    `${name} is read as ${formatTitles[format.name]} (rows with ${format.looks}): ${said.join(", ") || "nothing"}.`,
  ];
  for (const { number, reason } of problems.slice(0, listed)) lines.push(`${unit} ${number}: ${reason}`);
  if (bad > listed) lines.push(`and ${counted(bad - listed, `further ${unit}`)} that cannot be read.`);
  return lines.join("\n");
}

function reportInWords(report: ImportReport): string {
  const { repeated, leftOut } = report;
  const parts = [`${cameIn(report) || "Nothing new"} came in`];
  if (repeated > 0) parts.push(`${repeated.toLocaleString("en")} were there already`);
  if (leftOut > 0) parts.push(`${counted(leftOut, "row")} left out`);
  return `${parts.join("; ")}.`;
}
