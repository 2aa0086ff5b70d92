// rankloop release create|verify: an export that is kept in a folder with a manifest and a data card, and made again to compare.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { Command } from "commander";
import { type OutSet, outSets } from "../datasets/choices.ts";
import { result } from "../output.ts";
import { addChoices, choicesOf, sets } from "./export.ts";
import { interruptSignal } from "./failure.ts";
import { folderOf, InputError, path } from "./input.ts";

interface Options {
  out: string;
  name?: string;
  json?: boolean;
  project?: string;
}

export function addRelease(program: Command): void {
  const group = program.command("release").description("Keep an export, so that it can be made again byte for byte.");
  const create = group.command("create").description("Write data, a data card and a manifest with their hashes.");
  for (const dataset of outSets) {
    const command = create
      .command(dataset)
      .description(`One line ${sets[dataset]}.`)
      .requiredOption("--out <dir>", "directory for it", path)
      .option("--name <name>", "what it is called; else as its directory")
      .option("--project <name>", "where there are several")
      .option("--json", "one JSON object on stdout")
      .action((options: Options) => make(dataset, options));
    addChoices(command, dataset);
  }
  group
    .command("verify")
    .description("Make a release again and compare the hashes; says why where they differ.")
    .argument("<dir>", "directory of the release", path)
    .option("--json", "one JSON object on stdout")
    .action(verify);
}

async function make(dataset: OutSet, { out, name, json, project, ...given }: Options): Promise<void> {
  const asked = choicesOf(dataset, given);
  if (asked.pseudonyms && asked.labelers) {
    throw new InputError("The manifest says who was chosen by --labelers: leave that out, or --pseudonyms.");
  }
  await folderOf(out);
  const signal = interruptSignal();
  const { existingDatabase, projectNamed } = await import("./database.ts");
  const { createRelease, manifestName } = await import("../datasets/release.ts");
  if (existsSync(join(out, manifestName))) {
    throw new InputError(`${out} holds a release already: choose another directory.`);
  }
  const db = await existingDatabase();
  const of = { db, project: await projectNamed(db, project) };
  const what = { name: name ?? basename(out), asked, folder: out, now: Date.now() };
  const said = await createRelease(of, what, signal);
  result(json, said, () => `${said.name}: ${said.counts.lines} lines in ${join(out, said.files[0].name)}`);
}

async function verify(dir: string, { json }: { json?: boolean }): Promise<void> {
  const signal = interruptSignal();
  const { existingDatabase } = await import("./database.ts");
  const { manifestName, readManifest, verifyRelease } = await import("../datasets/release.ts");
  const said = await readManifest(dir).catch((cause: Error) => {
    throw new InputError(`${dir} holds no release: its ${manifestName} cannot be read.`, { cause });
  });
  const db = await existingDatabase();
  const differences = await verifyRelease({ db, project: said.project }, dir, said, signal);
  const same = differences.length === 0;
  if (same || json) {
    result(json, { name: said.name, same, differences }, () => `${said.name} was made again: the same bytes.`);
  }
  if (!same) throw new ReleaseError(differences.join(" "));
}

/** A release is not what it was. */
class ReleaseError extends Error {
  override name = "ReleaseError";
}
