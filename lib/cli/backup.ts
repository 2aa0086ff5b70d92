// rankloop database backup|restore|copy: everything people have done, in one file, or in another database.
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";
import { isPostgres, launcherLockIn, nameOf } from "../../db/data-directory.ts";
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
  group
    .command("copy")
    .description(
      "Copy the whole database to another: a new file, or an empty one on a server. Then set RANKLOOP_DATABASE.",
    )
    .requiredOption("--to <address>", "postgres://user:password@host/name, or a file that is not there yet", address)
    .option("--from <address>", "in place of the one in use", address)
    .option("--json", "one JSON object on stdout")
    .action(copy);
}

const address = (text: string): string => (isPostgres(text) ? text : path(text));

async function backup(file: string, { json }: { json?: boolean }): Promise<void> {
  const { backUp } = await import("../../db/backup.ts");
  const { existingDatabase } = await import("./database.ts");
  const { bytes } = await backUp(await existingDatabase(), file);
  result(json, { file, bytes }, () => `Wrote ${file}, ${(bytes / 1e6).toFixed(1)} MB.`);
}

async function copy({ to, from, json }: { to: string; from?: string; json?: boolean }): Promise<void> {
  const { copyDatabase } = await import("../../db/backup.ts");
  const { existingDatabase } = await import("./database.ts");
  const source = await existingDatabase(from);
  const { tables, withoutNul } = await copyDatabase(source, to);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  result(json, { to: nameOf({ file: to }), tables, withoutNul }, () => {
    const replaced = withoutNul > 0 ? ` In ${withoutNul} texts the character NUL is U+FFFD now.` : "";
    return `Copied ${rows} rows of ${tables.length} tables to ${nameOf({ file: to })}; each table was compared.${replaced}`;
  });
}

async function putBack(backup: string, { json }: { json?: boolean }): Promise<void> {
  if (!existsSync(backup)) throw new InputError(`There is no ${backup}.`);
  const { people, former, file } = process.env.RANKLOOP_DATABASE ? await intoServer(backup) : await intoFile(backup);
  result(json, { file, people, former }, () => {
    const kept = former ? ` The former database is ${former} now.` : "";
    return `Put ${backup} back, with ${people} ${people === 1 ? "account" : "accounts"}: everyone signs in again.${kept}`;
  });
}

async function intoServer(backup: string) {
  const { restoreInto } = await import("../../db/backup.ts");
  const { existingDatabase } = await import("./database.ts");
  const db = await existingDatabase();
  return { ...(await restoreInto(db, backup, Date.now())), file: nameOf(db) };
}

async function intoFile(backup: string) {
  const { restore } = await import("../../db/backup.ts");
  const { closeToOthers } = await import("../../db/data-directory.ts");
  const { databaseFile } = await import("./database.ts");
  const file = databaseFile();
  closeToOthers(dirname(file));
  const lock = takeLock(launcherLockIn(dirname(file)));
  if (!isLock(lock)) throw new InputError(`Rankloop runs on ${dirname(file)} (process ${lock.pid}): stop it first.`);
  process.once("exit", lock.release);
  return { ...(await restore(backup, { file, now: Date.now() })), file };
}
