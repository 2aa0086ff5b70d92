// `npm start`: the web server, a worker for candidates and a worker for training, started, kept up and stopped together.
// `--dev` serves the pages with `next dev`.
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkpointLog, openDatabase } from "../../db/client.ts";
import { deleteExpiredSessions } from "../../db/queries/sessions.ts";
import { pageAddress } from "./address.ts";
import { type ChildPlan, startChildren } from "./children.ts";
import { prepareData } from "./first-start.ts";
import { isLock, takeLock } from "./lock.ts";
import { choosePort, defaultPort } from "./port.ts";

const root = join(import.meta.dirname, "..", "..");
const dev = process.argv.includes("--dev");

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

async function main(): Promise<void> {
  const data = resolve(root, process.env.RANKLOOP_DATA ?? "data");
  mkdirSync(data, { recursive: true });
  const lock = takeLock(join(data, "launcher.lock"));
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
  const port = await choosePort(host, process.env.RANKLOOP_PORT);
  const address = pageAddress(host, port);
  process.env.RANKLOOP_DATA = data;
  for (const problem of await prepareData()) console.error(problem);

  keepDatabaseShort();
  const children = startChildren(plans(data, host, port, address), (sentence) => console.error(sentence));
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void children.stop().then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  if (process.env.npm_lifecycle_event || process.env.RANKLOOP_ENDS_WITH_PARENT) whenOrphaned(stop);

  await answers(address);
  if (stopping) return;
  lock.tell(address);
  console.log(`Rankloop is ready: ${address}`);
}

function plans(data: string, host: string, port: number, address: string): ChildPlan[] {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    RANKLOOP_ADDRESS: address,
    RANKLOOP_LAUNCH: randomUUID(),
    NEXT_TELEMETRY_DISABLED: "1",
    NODE_ENV: dev ? "development" : "production",
  };
  const log = (name: string) => join(data, "logs", `${name}.log`);
  const worker = (file: string) => [join(root, "lib", "worker", file)];
  return [
    {
      name: "The web server",
      args: [join(root, "app", "server.ts"), host, String(port), ...(dev ? ["--dev"] : [])],
      env,
      log: dev ? undefined : log("web"),
    },
    // Models give way to people: labeling stays quick while they answer and train.
    { name: "The worker for candidates", args: worker("generate.ts"), env, log: log("candidates"), niceness: 10 },
    { name: "The worker for training", args: worker("train.ts"), env, log: log("training"), niceness: 19 },
  ];
}

/** Here, where nobody waits for an answer. A try that fails (a full disk) is followed by another. */
function keepDatabaseShort(): void {
  const db = openDatabase();
  setInterval(() => void checkpointLog(db).catch(() => {}), 1_000).unref();
  const forgetSessions = () => void deleteExpiredSessions(db, Date.now()).catch(() => {});
  forgetSessions();
  setInterval(forgetSessions, 60 * 60_000).unref();
}

/**
 * npm hands SIGTERM to the shell between, which ends without a word to us, and a program that started us may be killed:
 * our parent is then another one.
 */
function whenOrphaned(stop: () => void): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), 500).unref();
}

/** Resolves when the pages answer, whatever they answer. */
async function answers(address: string): Promise<void> {
  for (;;) {
    const reply = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(5_000) }).catch(() => null);
    if (reply) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
