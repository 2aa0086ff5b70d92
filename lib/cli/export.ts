// rankloop export comparisons|demonstrations|prompts: the same JSONL as the download, into a file that is whole or as before;
// export model: a model for other programs.
import { type Command, Option } from "commander";
import type { ModelFormat } from "../../models/export/export.ts";
import { result } from "../output.ts";
import { type Split, splits } from "../vocabulary/labeling.ts";
import { type ExportFormat, exportFormats } from "../vocabulary/shapes.ts";
import { interruptSignal } from "./failure.ts";
import { folderOf, InputError, path } from "./input.ts";

type Dataset = "comparisons" | "demonstrations" | "prompts";

interface Options {
  out: string;
  split: "all" | Split;
  format: ExportFormat;
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

export function addExport(program: Command): void {
  const group = program
    .command("export")
    .description("Write what people made as JSONL, or a model for other programs.");
  const add = (dataset: Dataset, line: string) =>
    group
      .command(dataset)
      .description(`One line ${line}.`)
      .requiredOption("--out <file>", "where to; - is stdout", (text: string) => (text === "-" ? text : path(text)))
      .option("--project <name>", "where there are several")
      .addOption(new Option("--split <name>", "only this split").choices(["all", ...splits]).default("all"))
      .addOption(new Option("--format <name>", "texts, or lists of turns").choices([...exportFormats]).default("text"))
      .option("--json", "one JSON object on stdout")
      .action((options: Options) => write(dataset, options));
  add("comparisons", 'a pair: {"prompt", "chosen", "rejected", …}; ties make no line');
  add("demonstrations", 'an ideal answer: {"prompt", "completion", …}');
  add("prompts", 'a prompt, for a policy to practise on: {"prompt", …}');
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

async function write(dataset: Dataset, { out, split, format, json, project }: Options): Promise<void> {
  if (out !== "-") await folderOf(out);
  const signal = interruptSignal();
  const { existingDatabase, projectNamed } = await import("./database.ts");
  const { comparisonLines, demonstrationLines, promptLines } = await import("../datasets/export.ts");
  const db = await existingDatabase();
  const linesOf = { comparisons: comparisonLines, demonstrations: demonstrationLines, prompts: promptLines }[dataset];
  const lines = linesOf({ db, project: await projectNamed(db, project) }, { split, format });
  if (out === "-") {
    for await (const line of lines) {
      signal.throwIfAborted();
      if (!process.stdout.write(`${line}\n`)) await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
    return;
  }
  const { writeLines } = await import("../worker/write-lines.ts");
  const count = await writeLines(out, lines, signal);
  result(json, { dataset, split, format, file: out, lines: count }, () => `${count} lines in ${out}`);
}
