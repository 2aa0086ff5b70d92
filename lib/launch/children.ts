// The launcher's child processes: started, started again with growing pauses when they crash, stopped all together.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

export interface ChildPlan {
  /** For people: "the web server". */
  name: string;
  /** Arguments of node: a script and its own arguments. */
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Where its output goes; absent = to the launcher's own. */
  log?: string;
  /** As of `nice`: 19 gives way to everything else. */
  niceness?: number;
}

export interface Children {
  /** Process ids of those running now, by name. */
  pids(): Record<string, number>;
  /** SIGTERM to all, SIGKILL to whoever is left after `withinMs`; resolves when none is left. */
  stop(withinMs?: number): Promise<void>;
}

const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** Whoever ran this long had recovered: its next crash counts as a first one. */
const recoveredAfterMs = 30_000;
const largestLogBytes = 5 * 1024 * 1024;
const preload = join(import.meta.dirname, "with-launcher.ts");

/** Starts every plan and keeps it running. `say` is told about crashes, one sentence each. */
export function startChildren(plans: ChildPlan[], say: (sentence: string) => void): Children {
  const running = new Map<string, ChildProcess>();
  const pauses = new Set<NodeJS.Timeout>();
  let stopping = false;
  let emptied = () => {};

  const start = (plan: ChildPlan, crashes: number) => {
    const startedAt = Date.now();
    const child = spawnChild(plan);
    running.set(plan.name, child);
    child.once("exit", (code, signal) => {
      running.delete(plan.name);
      if (stopping) {
        if (running.size === 0) emptied();
        return;
      }
      const count = Date.now() - startedAt > recoveredAfterMs ? 0 : crashes;
      const pauseMs = Math.min(firstPauseMs * 2 ** count, longestPauseMs);
      const reason = signal ?? `exit code ${code}`;
      say(`${plan.name} ended (${reason}) and is started again${plan.log ? `; its log: ${plan.log}` : ""}.`);
      const pause = setTimeout(() => {
        pauses.delete(pause);
        start(plan, count + 1);
      }, pauseMs);
      pauses.add(pause);
    });
  };
  for (const plan of plans) start(plan, 0);

  return {
    pids: () => Object.fromEntries([...running].map(([name, child]) => [name, child.pid ?? 0])),
    async stop(withinMs = 4_000) {
      stopping = true;
      for (const pause of pauses) clearTimeout(pause);
      if (running.size === 0) return;
      const signalAll = (signal: NodeJS.Signals) => {
        for (const child of running.values()) child.kill(signal);
      };
      const late = setTimeout(() => signalAll("SIGKILL"), withinMs);
      await new Promise<void>((resolve) => {
        emptied = resolve;
        signalAll("SIGTERM");
      });
      clearTimeout(late);
    },
  };
}

function spawnChild(plan: ChildPlan): ChildProcess {
  const output = plan.log ? openLog(plan.log) : "inherit";
  const child = spawn(process.execPath, ["--import", preload, ...plan.args], {
    env: plan.niceness ? { ...plan.env, RANKLOOP_NICENESS: String(plan.niceness) } : plan.env,
    // Not detached: in a session of its own Linux would weigh the child as a group, and its niceness would count for nothing.
    stdio: ["ignore", output, output, "ipc"],
  });
  if (typeof output === "number") closeSync(output);
  return child;
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return openSync(file, size > largestLogBytes ? "w" : "a");
}
