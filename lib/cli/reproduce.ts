// rankloop reproduce: InstructGPT's result with simulated labelers, from the first prompt to the report.
import type { Command } from "commander";
import { note, Progress, result } from "../output.ts";
import type { Tell } from "../reproduce/steps.ts";
import { Interrupted, interruptSignal } from "./failure.ts";
import { path } from "./input.ts";

interface Options {
  quick?: boolean;
  fromScratch?: boolean;
  out?: string;
  json?: boolean;
}

export function addReproduce(program: Command): void {
  program
    .command("reproduce")
    .description("Reproduce InstructGPT's result with simulated labelers, and write a report of it.")
    .option("--quick", "every step, too small to show much: in minutes")
    .option("--from-scratch", "pre-train the base models, too: hours")
    .option(
      "--out <dir>",
      "folder of the run; one that was stopped goes on (default: data/reproduction, or …-quick)",
      path,
    )
    .option("--json", "one JSON object on stdout")
    .action(reproduce);
}

async function reproduce({ quick, fromScratch = false, json, ...options }: Options): Promise<void> {
  const { reproduce } = await import("../reproduce/reproduce.ts");
  const { full, quick: small } = await import("../reproduce/scale.ts");
  const { writeReport } = await import("../reproduce/report.ts");
  const out = options.out ?? (quick ? "data/reproduction-quick" : "data/reproduction");
  const signal = interruptSignal();
  const progress = new Progress();
  const tell: Tell = (line, what) => {
    if (what === "going on") return progress.show(line);
    progress.end();
    note(line);
  };
  try {
    const results = await reproduce({ out, scale: quick ? small : full, fromScratch, signal, tell });
    progress.end();
    const report = await writeReport(results, out);
    result(json, { report }, () => `The report is ${report}.`);
  } catch (error) {
    progress.end();
    if (!signal.aborted) throw error;
    throw new Interrupted(`Stopped; the same command goes on with what is in ${out}.`);
  }
}
