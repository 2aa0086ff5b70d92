// rankloop worker: one more worker, on this machine, for the database of a Rankloop that runs here or elsewhere.
import { type Command, Option } from "commander";
import { note } from "../output.ts";

export function addWorker(program: Command): void {
  program
    .command("worker")
    .description("Do jobs of a Rankloop whose database (RANKLOOP_DATABASE) and data folder this machine shares.")
    .addOption(new Option("--kinds <list>", "generate, try, train, score, judge, download; all where absent"))
    .action(start);
}

async function start({ kinds }: { kinds?: string }): Promise<void> {
  const { closeDatabase, nameOf } = await import("../../db/client.ts");
  const { existingDatabase } = await import("./database.ts");
  const { jobKinds, kindsIn } = await import("../worker/lanes.ts");
  const { runWorker } = await import("../worker/process.ts");
  const asked = kinds === undefined ? jobKinds : kindsIn(kinds);
  const db = await existingDatabase();
  // Opened anew by the worker, which needs no fsync for each piece of text.
  await closeDatabase(db);
  process.once("SIGINT", () => process.kill(process.pid, "SIGTERM"));
  note(`Does jobs (${asked.join(", ")}) of ${nameOf(db)}. Ctrl-C stops it after the step under way.`);
  await runWorker("shell", asked);
}
