// `npm start`: the web server, a worker for candidates and a worker for training, started, kept up and stopped together.
// `--dev` serves the pages with `next dev`.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { type Database, isShared, openDatabase } from "../../db/client.ts";
import { closeToOthers, launcherLockIn } from "../../db/data-directory.ts";
import { isDiskFull } from "../../db/disk-trouble.ts";
import { releaseJobs } from "../../db/queries/jobs.ts";
import { anyPerson } from "../../db/queries/people.ts";
import { outerAddress } from "../api/origin.ts";
import { trustedProxies } from "../api/peer.ts";
import { makeSetupCode } from "../api/setup-code.ts";
import { workers } from "../worker/lanes.ts";
import { untilNoTrouble } from "../worker/loop.ts";
import { workersOf } from "../worker/process.ts";
import { type ChildPlan, startChildren } from "./children.ts";
import { prepareData } from "./first-start.ts";
import { keepHouse, sweepLeftovers } from "./housekeeping.ts";
import { isLock, takeLock } from "./lock.mjs";
import { choosePort, defaultPort, pageAddress } from "./port.ts";

const root = join(import.meta.dirname, "..", "..");
const dev = process.argv.includes("--dev");
/** The parent process as it names itself, else read first of all: it may be killed while this starts. */
const parent = Number(process.env.RANKLOOP_ENDS_WITH_PARENT ?? process.ppid);

// Whoever started it may have put its output on a disk that is full, or have gone.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

await main().catch((error: unknown) => {
  console.error(sentenceOf(error));
  process.exit(1);
});

async function main(): Promise<void> {
  const data = resolve(root, process.env.RANKLOOP_DATA ?? "data");
  closeToOthers(data);
  const lock = takeLock(launcherLockIn(data));
  if (!isLock(lock)) {
    const where = lock.address ? ` at ${lock.address}` : "";
    throw new Error(
      `Rankloop already runs on ${data}${where} (process ${lock.pid}): stop that one, or set RANKLOOP_DATA.`,
    );
  }
  process.once("exit", lock.release);

  const host = process.env.RANKLOOP_HOST || "127.0.0.1";
  // Before a port is looked for: a host that is none has no free port either, and that would be the wrong sentence.
  pageAddress(host, defaultPort);
  const outer = outerAddress();
  trustedProxies();
  const port = await choosePort(host, process.env.RANKLOOP_PORT);
  const address = pageAddress(host, port);
  process.env.RANKLOOP_DATA = data;
  const setupCode = makeSetupCode();
  process.env.RANKLOOP_SETUP_CODE = setupCode;
  for (const problem of await prepareData()) console.error(problem);

  const db = openDatabase();
  await sweepLeftovers(data);
  // Whoever holds the lock of a file is the only one to start workers: those of earlier launchers are gone, or will find
  // that they have lost their jobs. Of a server others may be at work on their own machines, and leases tell who is gone.
  if (!isShared(db)) await releaseJobs(db, { workers: "", now: Date.now() });
  keepHouse(db);
  const children = startChildren(plans({ data, host, port, address, db }), (sentence) => console.error(sentence));
  let stoppingSince: number | undefined;
  const stop = () => {
    // One Ctrl-C comes twice: from the terminal, and from npm.
    if (stoppingSince !== undefined && performance.now() - stoppingSince < 1_000) return;
    if (stoppingSince === undefined) {
      const wait = "Rankloop is stopping: it finishes the step under way. Ctrl-C again ends it at once.";
      setTimeout(() => console.error(wait), 2_000).unref();
    }
    stoppingSince ??= performance.now();
    void children.stop().then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  if (process.env.npm_lifecycle_event || process.env.RANKLOOP_ENDS_WITH_PARENT) {
    whenOrphaned(() => stoppingSince === undefined && stop());
  }

  await answers(address);
  if (stoppingSince !== undefined) return;
  lock.tell(address);
  console.log(await welcome({ db, data, address, outer, setupCode }));
}

/** Prints the last lines of a start: the address, who becomes admin, where everything is kept, how to stop it. */
async function welcome(start: {
  db: Database;
  data: string;
  address: string;
  outer: URL | null;
  setupCode: string;
}): Promise<string> {
  const lines = [`Everything is kept in ${start.data}.`, "Ctrl-C stops it."];
  if (start.outer) lines.unshift(`People open it at ${start.outer.origin}.`);
  if (!(await anyPerson(start.db))) {
    const code = `Set-up code, asked for from anywhere but this machine: ${start.setupCode}`;
    lines.unshift("Whoever opens it first makes the admin's account: do it now.", code);
  }
  return [`Rankloop is ready: ${start.address}`, ...lines.map((line) => `  ${line}`)].join("\n");
}

interface Place {
  data: string;
  host: string;
  port: number;
  address: string;
  db: Database;
}

function plans({ data, host, port, address, db }: Place): ChildPlan[] {
  const launch = randomUUID();
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    RANKLOOP_ADDRESS: address,
    RANKLOOP_LAUNCH: launch,
    NEXT_TELEMETRY_DISABLED: "1",
    NODE_ENV: dev ? "development" : "production",
  };
  // A data folder may be shared by the machines that share a server: each writes logs of its own.
  const logs = join(data, "logs", ...(isShared(db) ? [hostname()] : []));
  const log = (name: string) => join(logs, `${name}.log`);
  // Models run at a lower priority than people's requests: labeling stays quick while models answer and train.
  const worker = (name: keyof typeof workers, niceness: number): ChildPlan => ({
    name: `The worker for ${name}`,
    args: [join(root, "lib", "worker", "start.ts"), name, workers[name].join()],
    env,
    log: log(name),
    niceness,
    // Also when the disk is full just then: a job that still stood under its dead worker would count the kill as its own fault.
    killed: async () => {
      const release = () => releaseJobs(db, { workers: workersOf(launch, name), now: Date.now() });
      await untilNoTrouble(release).catch((error) => console.error(sentenceOf(error)));
    },
  });
  return [
    {
      name: "The web server",
      args: [join(root, "app", "server.ts"), host, String(port), ...(dev ? ["--dev"] : [])],
      env,
      log: dev ? undefined : log("web"),
      // What is under way there is answered within moments; a page's open connections would keep it for ever.
      graceMs: 2_000,
    },
    worker("candidates", 10),
    worker("training", 19),
  ];
}

/**
 * npm hands SIGTERM to the shell between, which ends without a word to us, and a program that started us may be killed:
 * our parent is then another one.
 */
function whenOrphaned(stop: () => unknown): void {
  setInterval(() => process.ppid !== parent && stop(), 500).unref();
}

/** Resolves when the pages answer at all. */
async function answers(address: string): Promise<void> {
  for (;;) {
    const reply = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(5_000) }).catch(() => null);
    if (reply) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function sentenceOf(error: unknown): string {
  if (isDiskFull(error)) return "The disk is full: make room, then start again.";
  return error instanceof Error ? error.message : String(error);
}
