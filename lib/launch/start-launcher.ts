// A launcher of its own on a data directory of its own, as `npm start` would run it: for programs that use the application
// through its HTTP API, and for tests.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { databaseFileIn } from "../../db/data-directory.ts";

const root = join(import.meta.dirname, "..", "..");
const startMs = 300_000;

export interface Running {
  address: string;
  data: string;
  /** The database: its file, or its address on a server. */
  file: string;
  /** The process id of the launcher itself. */
  pid: number;
  /** The launcher's output so far. */
  said(): string;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<void>;
  /** Sends SIGKILL to the launcher and waits for it alone, not for its children. */
  kill(): Promise<void>;
}

/**
 * Starts a launcher and waits until its pages answer.
 * @param settings for its environment, besides this process's own
 * @param flags of the command line
 * @throws Error with its output when it does not come up
 */
export async function startLauncher(
  data: string,
  port?: number,
  settings: Record<string, string> = {},
  flags: readonly string[] = [],
): Promise<Running> {
  const launch = (name: string) => join(root, "lib", "launch", name);
  const child = spawn(process.execPath, ["--import", launch("quick-start.mjs"), launch("launch.ts"), ...flags], {
    cwd: root,
    env: {
      ...process.env,
      RANKLOOP_DATA: data,
      RANKLOOP_PORT: String(port ?? (await freePort())),
      RANKLOOP_ENDS_WITH_PARENT: String(process.pid),
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const address = await readyAddress(child, () => output).catch(async (error: unknown) => {
    await end(child, "SIGKILL");
    throw error;
  });
  return {
    address,
    data,
    file: settings.RANKLOOP_DATABASE ?? databaseFileIn(data),
    pid: child.pid ?? 0,
    said: () => output,
    stop: () => end(child, "SIGTERM"),
    kill: () => end(child, "SIGKILL"),
  };
}

function readyAddress(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`No address after ${startMs} ms:\n${output()}`)), startMs);
    const look = () => {
      const address = /ready: (http:\/\/\S+)/.exec(output())?.[1];
      if (!address) return;
      clearTimeout(late);
      resolve(address);
    };
    child.stdout?.on("data", look);
    child.once("exit", (code) => {
      clearTimeout(late);
      reject(new Error(`The launcher ended with ${code}:\n${output()}`));
    });
  });
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
