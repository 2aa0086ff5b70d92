// Runs one step of a check to its end, keeps what it printed, and ends it with everything it started when it hangs.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

export interface Step {
  name: string;
  /** A script under node_modules or the project, and its arguments: run by the Node this process runs on. */
  args: string[];
  env?: Record<string, string>;
  /** Minutes without a word after which it hangs and has failed: on a busy machine the whole takes any time. */
  silentMinutes: number;
}

export interface Finished {
  ok: boolean;
  /** stdout and stderr as they came. */
  output: string;
  seconds: number;
}

const root = join(import.meta.dirname, "..", "..");
/** How long a step that hangs has to tell what it was at, ms. */
const tellWithinMs = 30_000;
const running = new Set<ChildProcess>();

/** Never rejects: a step that cannot start has failed. */
export function runStep(step: Step): Promise<Finished> {
  const startedAt = performance.now();
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, step.args, {
      cwd: root,
      env: { ...process.env, ...step.env },
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, so that its browsers and servers can be ended with it.
      detached: process.platform !== "win32",
    });
    running.add(child);
    let hard: NodeJS.Timeout | undefined;
    const silent = setTimeout(() => {
      chunks.push(Buffer.from(`\nStopped after ${step.silentMinutes} minutes without a word.\n`));
      // Test programs then say what they were at.
      endGroup(child, "SIGINT");
      hard = setTimeout(() => endGroup(child, "SIGKILL"), tellWithinMs);
    }, step.silentMinutes * 60_000);
    const keep = (chunk: Buffer) => {
      chunks.push(chunk);
      if (!hard) silent.refresh();
    };
    const finish = (ok: boolean) => {
      clearTimeout(silent);
      clearTimeout(hard);
      running.delete(child);
      const seconds = (performance.now() - startedAt) / 1_000;
      resolve({ ok, output: Buffer.concat(chunks).toString("utf8"), seconds });
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => {
      chunks.push(Buffer.from(error.message));
      finish(false);
    });
    child.on("close", (code) => finish(code === 0));
  });
}

/** Ends every running step, at Ctrl-C. */
export function endSteps(): void {
  for (const child of running) endGroup(child, "SIGKILL");
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!child.pid) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch {
    // It ended in between.
  }
}
