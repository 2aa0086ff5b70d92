#!/usr/bin/env node
// `npm run -s rankloop -- …`: the loop from the shell. Each command parses its arguments and calls one function.
import { Command } from "commander";
import { addEvaluate } from "./cli/evaluate.ts";
import { addExport } from "./cli/export.ts";
import { failureOf } from "./cli/failure.ts";
import { addGenerate } from "./cli/generate.ts";
import { addPretrain } from "./cli/pretrain.ts";
import { addReproduce } from "./cli/reproduce.ts";
import { addScore } from "./cli/score.ts";
import { addTrain } from "./cli/train.ts";
import { addUser } from "./cli/user.ts";

const program = new Command("rankloop")
  .description("Generate answers, export what people made, train models on it and measure them.")
  .exitOverride()
  .configureOutput({ outputError: () => {} })
  .allowExcessArguments(false);
for (const add of [addGenerate, addExport, addTrain, addScore, addEvaluate, addPretrain, addReproduce, addUser])
  add(program);

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  await program.parseAsync();
  process.exit(0);
} catch (error) {
  const { exitCode, sentence } = failureOf(error);
  if (sentence) process.stderr.write(`${sentence}\n`);
  process.exit(exitCode);
}
