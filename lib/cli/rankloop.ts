// `npm run -s rankloop -- …`: the loop from the shell. Each command parses its arguments and calls one function.
import { Command } from "commander";
import { addDatabase } from "./backup.ts";
import { addEvaluate } from "./evaluate.ts";
import { addExport } from "./export.ts";
import { failureOf } from "./failure.ts";
import { addGenerate } from "./generate.ts";
import { addImport } from "./import.ts";
import { InputError } from "./input.ts";
import { addPretrain } from "./pretrain.ts";
import { addReproduce } from "./reproduce.ts";
import { addScore } from "./score.ts";
import { addServe } from "./serve.ts";
import { addTrain } from "./train.ts";
import { addUser } from "./user.ts";
import { addWorker } from "./worker.ts";

const program = new Command("rankloop")
  .description("Import prompts, generate answers, export what people made, train models on it and measure them.")
  .exitOverride()
  .configureOutput({ outputError: () => {} })
  .allowExcessArguments(false);
for (const add of [
  addGenerate,
  addImport,
  addExport,
  addTrain,
  addScore,
  addServe,
  addEvaluate,
  addPretrain,
  addReproduce,
  addUser,
  addDatabase,
  addWorker,
])
  add(program);

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  refuseUnknown(program, process.argv.slice(2));
  await program.parseAsync();
  process.exit(0);
} catch (error) {
  const { exitCode, sentence } = failureOf(error);
  if (sentence) process.stderr.write(`${sentence}\n`);
  process.exit(exitCode);
}

/** Commander answers `rankloop frobnicate --help` with the help of what stands before the unknown word. */
function refuseUnknown(command: Command, [word, ...others]: string[]): void {
  if (command.commands.length === 0 || word === undefined || word.startsWith("-")) return;
  // `rankloop help train` names commands, too.
  const known =
    word === "help" ? command : command.commands.find((one) => one.name() === word || one.aliases().includes(word));
  if (!known) throw new InputError(`There is no command "${word}": see ${fullName(command)} --help.`);
  refuseUnknown(known, others);
}

/** "rankloop train" */
function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}
