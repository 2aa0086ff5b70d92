// Data directories for launchers of a test's own, their processes, and the shell beside them.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { whileNobodyWrites } from "../db/database.fixture.ts";
import type { Running } from "../lib/launch/start-launcher.ts";

export const newDataDirectory = (): string => mkdtempSync(join(tmpdir(), "rankloop-e2e-"));

export function removeDataDirectory(data: string): void {
  rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Shares all of one machine's folder with another but for the launcher's lock and logs. */
export function shareModels(data: string, other: string): void {
  for (const name of ["models", "runs", "texts"]) mkdirSync(join(data, name), { recursive: true });
  for (const name of ["models", "runs", "texts", "session-secret"]) symlinkSync(join(data, name), join(other, name));
}

/** Process ids of the launcher's children, by what stands in their command lines. */
export function childrenOf(running: Running): Record<"web" | "candidates" | "training", number | undefined> {
  const pids = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean);
  const by = (part: string) =>
    pids.map(Number).find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(part));
  return { web: by("server.ts"), candidates: by("start.ts\0candidates"), training: by("start.ts\0training") };
}

/**
 * Stops a process between two of its transactions: stopped inside of one, it would let nobody else write until it goes on.
 * @param file the database it writes to
 */
export function standStill(file: string, pid: number): void {
  whileNobodyWrites(file, () => {
    process.kill(pid, "SIGSTOP");
    // A signal is on its way for a moment.
    while (!/\) [Tt] /.test(readFileSync(`/proc/${pid}/stat`, "utf8")));
  });
}

/** What a command of the shell prints, on this data directory. */
export async function rankloop(data: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", "lib", "cli.mjs"), ...args], {
    env: { ...process.env, RANKLOOP_DATA: data },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return text(child.stdout);
}
