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
import { addRelease } from "./release.ts";
import { addReproduce } from "./reproduce.ts";
import { addScore } from "./score.ts";
import { addServe } from "./serve.ts";
import { addTrain } from "./train.ts";
import { addUser } from "./user.ts";
import { addWorker } from "./worker.ts";

const commands = [
  addGenerate,
  addImport,
  addExport,
  addRelease,
  addTrain,
  addScore,
  addServe,
  addEvaluate,
  addPretrain,
  addReproduce,
  addUser,
  addDatabase,
  addWorker,
];

/** Runs the command that the words after `rankloop` name. @returns its exit code, with what is to be said said */
export async function rankloop(words: readonly string[]): Promise<number> {
  const program = new Command("rankloop")
    .description("Import prompts, generate answers, export what people made, train models on it and measure them.")
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .allowExcessArguments(false);
  for (const add of commands) add(program);
  try {
    refuseUnknown(program, words);
    await program.parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    const { exitCode, sentence } = failureOf(error);
    if (sentence) process.stderr.write(`${sentence}\n`);
    return exitCode;
  }
}

/** Commander answers `rankloop frobnicate --help` with the help of what stands before the unknown word. */
function refuseUnknown(command: Command, [word, ...others]: readonly string[]): void {
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
