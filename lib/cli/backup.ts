// rankloop database backup|restore: everything people have done, in one file.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { isLock, takeLock } from "../launch/lock.mjs";
import { result } from "../output.ts";
import { InputError, path } from "./input.ts";

export function addDatabase(program: Command): void {
  const group = program.command("database").description("Keep a copy of everything people have done.");
  group
    .command("backup")
    .description("Write the whole database into one file, also while Rankloop runs.")
    .argument("<file>", "where to; must not be there yet", path)
    .option("--json", "one JSON object on stdout")
    .action(backup);
  group
    .command("restore")
    .description("Put a backup in the place of the database, which is kept beside it. Stop Rankloop first.")
    .argument("<file>", "a backup", path)
    .option("--json", "one JSON object on stdout")
    .action(putBack);
}

async function backup(file: string, { json }: { json?: boolean }): Promise<void> {
  const { backUp } = await import("../../db/backup.ts");
  const { existingDatabase } = await import("./database.ts");
  const { bytes } = await backUp(await existingDatabase(), file);
  result(json, { file, bytes }, () => `Wrote ${file}, ${(bytes / 1e6).toFixed(1)} MB.`);
}

async function putBack(backup: string, { json }: { json?: boolean }): Promise<void> {
  if (!existsSync(backup)) throw new InputError(`There is no ${backup}.`);
  const { restore } = await import("../../db/backup.ts");
  const { closeToOthers } = await import("../../db/data-directory.ts");
  const { databaseFile } = await import("./database.ts");
  const file = databaseFile();
  closeToOthers(dirname(file));
  const lock = takeLock(join(dirname(file), "launcher.lock"));
  if (!isLock(lock)) throw new InputError(`Rankloop runs on ${dirname(file)} (process ${lock.pid}): stop it first.`);
  process.once("exit", lock.release);
  const { people, former } = await restore(backup, { file, now: Date.now() });
  result(json, { file, people, former }, () => {
    const kept = former ? ` The former database is ${former} now.` : "";
    return `Put ${backup} back, with ${people} ${people === 1 ? "account" : "accounts"}: everyone signs in again.${kept}`;
  });
}
