// The launcher's child processes: started, started again with growing pauses when they crash, stopped all together.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setImmediate as letOthersRun } from "node:timers/promises";
import { type Log, openLog } from "./log.ts";

export interface ChildPlan {
  /** For people: "the web server". */
  name: string;
  /** Arguments of node: a script and its own arguments. */
  args: string[];
  env: NodeJS.ProcessEnv;
  /** The file its output goes to; absent: the launcher's own output. */
  log?: string;
  /** Its niceness as of `nice`: at 19 everything else goes first. */
  niceness?: number;
  /** How long it may take to finish what is under way after SIGTERM, ms; absent = as long as `stop` waits. */
  graceMs?: number;
  /** Called when something else killed it (SIGKILL, the system out of memory). It starts again only when this has resolved. */
  killed?: () => Promise<void>;
}

export interface Children {
  /** Process ids of those running now, by name. */
  pids(): Record<string, number>;
  /**
   * SIGTERM to all, SIGKILL to whoever is left after `withinMs`; resolves when none is left. Called again it waits no
   * longer.
   */
  stop(withinMs?: number): Promise<void>;
}

const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** A child that ran this long has recovered: its next crash counts as a first one. */
const recoveredAfterMs = 30_000;
/** How long a child may take to stop: a step of training takes minutes on a slow machine, and a checkpoint comes after it. */
const stopWithinMs = 10 * 60_000;
/** Signals of crashes, by which a process ends itself. All other signals were sent to it. */
const ofCrashes = new Set<NodeJS.Signals>(["SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP"]);
const preload = join(import.meta.dirname, "child-preload.ts");

/** Starts every plan and keeps it running. `say` is told about crashes, one sentence each. */
export function startChildren(plans: ChildPlan[], say: (sentence: string) => void): Children {
  const running = new Map<string, ChildProcess>();
  const logs = new Map<string, Log>();
  const pauses = new Set<NodeJS.Timeout>();
  let stopping = false;
  let emptied = () => {};

  const start = (plan: ChildPlan, crashes: number) => {
    const startedAt = Date.now();
    const child = spawnChild(plan);
    running.set(plan.name, child);
    if (plan.log) {
      const log = logs.get(plan.log) ?? openLog(plan.log);
      logs.set(plan.log, log);
      for (const stream of [child.stdout, child.stderr]) if (stream) log.read(stream);
    }
    child.once("exit", (code, signal) => {
      running.delete(plan.name);
      if (stopping) {
        if (running.size === 0) emptied();
        return;
      }
      const told = signal && !ofCrashes.has(signal) ? plan.killed?.() : undefined;
      const count = Date.now() - startedAt > recoveredAfterMs ? 0 : crashes;
      const pauseMs = Math.min(firstPauseMs * 2 ** count, longestPauseMs);
      const reason = signal ?? `exit code ${code}`;
      say(`${plan.name} ended (${reason}) and is started again${plan.log ? `; its log: ${plan.log}` : ""}.`);
      const pause = setTimeout(() => {
        pauses.delete(pause);
        void Promise.resolve(told).then(() => stopping || start(plan, count + 1));
      }, pauseMs);
      pauses.add(pause);
    });
  };
  for (const plan of plans) start(plan, 0);

  const signalAll = (signal: NodeJS.Signals) => {
    for (const child of running.values()) child.kill(signal);
  };
  return {
    pids: () => Object.fromEntries([...running].map(([name, child]) => [name, child.pid ?? 0])),
    async stop(withinMs = stopWithinMs) {
      if (stopping) return signalAll("SIGKILL");
      stopping = true;
      for (const pause of pauses) clearTimeout(pause);
      if (running.size > 0) {
        const late = setTimeout(() => signalAll("SIGKILL"), withinMs);
        await new Promise<void>((resolve) => {
          emptied = resolve;
          signalAll("SIGTERM");
        });
        clearTimeout(late);
        // What they wrote last is still in the pipe.
        await letOthersRun();
      }
      for (const log of logs.values()) log.flush();
    },
  };
}

function spawnChild(plan: ChildPlan): ChildProcess {
  const output = plan.log ? "pipe" : "inherit";
  const env = { ...plan.env };
  if (plan.niceness) env.RANKLOOP_NICENESS = String(plan.niceness);
  if (plan.graceMs) env.RANKLOOP_GRACE_MS = String(plan.graceMs);
  return spawn(process.execPath, ["--import", preload, ...plan.args], {
    env,
    // Not detached: in a session of its own Linux would weigh the child as a group, and its niceness would count for nothing.
    stdio: ["ignore", output, output, "ipc"],
  });
}
