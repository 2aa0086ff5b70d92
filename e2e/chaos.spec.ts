// Everything that befalls a machine, in rounds, while people work: processes are killed and stopped, the disk is full, another
// program locks the database, the clock stands two days ahead and is set back, strangers knock, clients leave their streams,
// a backup is made. What was acknowledged stays stored, once;
// nobody is answered with a server error that has no name; all work goes on to its end. Three rounds here, 20 in
// `npm run chaos`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { checkDatabase, closeDatabase, openDatabase } from "../db/client.ts";
import { getComparison } from "../db/queries/comparisons.ts";
import { getPrompt } from "../db/queries/prompts.ts";
import { getTrainingRun } from "../db/queries/training-runs.ts";
import { mountSmallDisk } from "../db/small-disk.fixture.ts";
import { expect, test } from "./fixtures.ts";
import { Load, wholeLoop } from "./load.ts";
import { createAdmin, createPerson } from "./people.ts";
import { childrenOf, newDataDirectory, rankloop, removeDataDirectory } from "./server.ts";
import { leftStreams, malformedRequests, unwantedUpgrades } from "./strangers.ts";
import { rank, shippedModelId, startTraining, writeAndGenerate } from "./work.ts";

const rounds = process.env.npm_lifecycle_event === "chaos" ? 20 : 3;
const root = join(import.meta.dirname, "..");
const diskMegabytes = 512;
const clockAhead = {
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, "clock-ahead.mjs"))}`,
  CHAOS_CLOCK_AHEAD_MS: String(2 * 86_400_000),
};
type Child = "web" | "candidates" | "training";

test("whatever befalls the machine, nothing acknowledged is lost and all work goes on", async ({ launch }) => {
  test.setTimeout(300_000 + rounds * 300_000);
  const disk = mountSmallDisk(diskMegabytes);
  const data = disk ? join(disk.path, "data") : newDataDirectory();
  mkdirSync(data, { recursive: true });
  let server = await launch(data);
  const port = Number(new URL(server.address).port);
  const admin = await createAdmin(server.address);
  const people = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const person = await createPerson(server.address, admin, "labeler");
      return { ...person, id: (await person.api.accounts.me())?.id ?? "" };
    }),
  );
  const watchers = [
    await createPerson(server.address, admin, "labeler"),
    await createPerson(server.address, admin, "labeler"),
  ];
  // Some to train on, and some to rank from the first moment on.
  await writeAndGenerate(admin, 14, { k: 2, maxTokens: 4 });
  await rank(admin, 6);
  const db = openDatabase(server.file);
  const runs = [await startTraining(admin, { epochs: 15 })];
  const load = new Load(people, db, wholeLoop(await shippedModelId(admin)));
  const backAfter = new Map<string, number[]>();
  const figures: string[] = [];
  /** Of what comes in each round, the latest. */
  const latest = new Map<string, string>();
  let longestLog = 0;
  const logLook = setInterval(() => {
    longestLog = Math.max(longestLog, statSync(`${server.file}-wal`, { throwIfNoEntry: false })?.size ?? 0);
  }, 100);

  const signal = (child: Child, what: NodeJS.Signals) => {
    const pid = childrenOf(server)[child];
    if (pid) process.kill(pid, what);
  };
  /** From the end of what befell it until somebody's new work is stored. */
  const untilBack = async (what: string, since = performance.now()) => {
    const before = load.acknowledged.prompts.size;
    await until(() => load.acknowledged.prompts.size > before, `somebody's work stored after: ${what}`);
    backAfter.set(what, [...(backAfter.get(what) ?? []), performance.now() - since]);
  };
  const relaunch = async (what: string, env?: Record<string, string>) => {
    const since = performance.now();
    server = await launch(data, port, env);
    await untilBack(what, since);
  };

  const kill = async (victim: Child | "launcher") => {
    if (victim === "launcher") {
      await server.kill();
      return relaunch("launcher killed and started again");
    }
    const killed = childrenOf(server)[victim];
    const since = performance.now();
    signal(victim, "SIGKILL");
    // Answers that were on their way are the old one's.
    await until(() => !killed || childrenOf(server)[victim] !== killed, `another process as ${victim}`);
    await pause(50);
    await untilBack(`${victim} killed`, since);
  };
  const stop = async (child: Child) => {
    signal(child, "SIGSTOP");
    await pause(2_000);
    signal(child, "SIGCONT");
    await untilBack(`${child} stopped for 2 s`);
  };
  const fillDisk = async () => {
    if (!disk) return;
    const web = childrenOf(server).web!;
    const [cpuBefore, startedAt] = [cpuMs(web), performance.now()];
    disk.fill();
    let [reads, slowest] = [0, 0];
    const refused = load.refused[507] ?? 0;
    const readSome = async () => {
      const asked = performance.now();
      await admin.api.prompts.list({ limit: 5 });
      expect((await fetch(`${server.address}/sign-in`)).status).toBeLessThan(500);
      reads += 2;
      slowest = Math.max(slowest, performance.now() - asked);
    };
    // Some writes still find room in pages that are free; the disk is full when one was refused.
    await until(async () => {
      await readSome();
      return performance.now() - startedAt > 3_000 && (load.refused[507] ?? 0) > refused;
    }, "a write refused for the full disk");
    const busy = Math.round((100 * (cpuMs(web) - cpuBefore)) / (performance.now() - startedAt));
    // Still the same process: nothing that was logged has ended it.
    expect(childrenOf(server).web).toBe(web);
    disk.free();
    await untilBack("disk was full");
    const log = statSync(join(data, "logs", "web.log"), { throwIfNoEntry: false })?.size ?? 0;
    figures.push(
      `full disk: ${reads} reads answered, two in ${Math.round(slowest)} ms at most, web process at ${busy} % of a core, its log ${log} bytes`,
    );
  };
  const lockDatabase = async () => {
    const locker = spawn(process.execPath, ["--input-type=module", "-e", lockerScript, server.file], { cwd: root });
    const ended = once(locker, "exit").then(([code]) => Promise.reject(new Error(`The locker ended with ${code}.`)));
    await Promise.race([once(locker.stdout, "data"), ended]);
    ended.catch(() => {});
    await pause(7_000);
    locker.kill("SIGKILL");
    await untilBack("database locked for 7 s");
  };
  const knock = async () => {
    latest.set("upgrades", await unwantedUpgrades(server, 500));
    latest.set("malformed", await malformedRequests(server, 20));
  };
  const leaveStreams = async () => {
    latest.set("streams", await leftStreams(server, admin, watchers, 1));
  };
  const backUp = async () => {
    const before = [...load.acknowledged.prompts.keys()];
    const place = newDataDirectory();
    const { file, bytes } = JSON.parse(await rankloop(data, "database", "backup", join(place, "backup"), "--json"));
    const copy = openDatabase(file);
    checkDatabase(copy);
    const missing: string[] = [];
    for (const id of before) if ((await getPrompt(copy, id)) === null) missing.push(id);
    expect(missing, "prompts that are not in the backup").toEqual([]);
    closeDatabase(copy);
    removeDataDirectory(place);
    latest.set(
      "backup",
      `a backup made meanwhile: ${bytes} bytes, with all ${before.length} prompts acknowledged before`,
    );
  };
  const setClockBack = async () => {
    // Before somebody answers again: whoever asks first may be given what another held two days ago.
    await server.stop();
    await load.forgetHolders();
    await relaunch("stopped and started, clock two days ahead", clockAhead);
    const web = childrenOf(server).web;
    await server.kill();
    // It goes on for a moment without its launcher, and by its clock whatever the next one leases has run out long ago.
    await until(() => web === undefined || isGone(web), "the end of the web server whose clock was ahead");
    await load.forgetHolders();
    await relaunch("killed and started, clock set back by two days");
  };

  try {
    for (let round = 0; round < rounds; round++) {
      const last = await getTrainingRun(db, runs.at(-1)!);
      if (last?.state === "done") runs.push(await startTraining(admin, { epochs: 15 }));
      const victims = [
        "web",
        (["launcher", "training", "candidates"] as const)[round % 3]!,
        (["training", "candidates", "launcher"] as const)[round % 3]!,
      ] as const;
      const stopped = (["web", "training", "candidates"] as const)[round % 3]!;
      const all: [what: string, befall: () => Promise<void>][] = [
        ...victims.map((victim): [string, () => Promise<void>] => [`kill ${victim}`, () => kill(victim)]),
        [`stop ${stopped}`, () => stop(stopped)],
        ["fill the disk", fillDisk],
        ["lock the database", lockDatabase],
        ["set the clock ahead and back", setClockBack],
        ["send what is no request", knock],
        ["leave streams", leaveStreams],
        ["make a backup", backUp],
      ];
      for (const [what, befall] of all.sort(() => Math.random() - 0.5)) {
        // Shown when the journey fails or is ended: what it was at.
        console.log(`round ${round + 1} of ${rounds}: ${what}`);
        await befall();
      }
      await load.check();
    }
    await load.stop();
    await load.check();
    const { prompts, rankings, comparisons, drafts } = load.acknowledged;
    expect(Math.min(prompts.size, rankings.size, drafts.size)).toBeGreaterThan(3);
    const states = () => Promise.all([...comparisons].map(async (id) => (await getComparison(db, id))?.state));
    const generating = async () => (await states()).filter((state) => state === "generating");
    await expect.poll(generating, { timeout: 600_000 }).toEqual([]);
    expect((await states()).filter((state) => state !== "ready")).toEqual([]);
    for (const id of runs) {
      const end = async () => {
        const run = await getTrainingRun(db, id);
        return run?.state === "failed" ? `failed: ${run.error}` : run?.state;
      };
      await expect.poll(end, { timeout: 600_000 }).toBe("done");
    }
    figures.unshift(
      `${rounds} rounds of chaos under load: ${prompts.size} prompts with demonstrations, ${rankings.size} rankings and ` +
        `${drafts.size} people's drafts acknowledged and all there once; ${comparisons.size} comparisons and ${runs.length} runs done; ` +
        `refused ${load.refused[507] ?? 0} times for the full disk, ${load.refused[503] ?? 0} for the locked database`,
      disk
        ? `the full disk: a tmpfs of ${diskMegabytes} MB, mounted by the test and filled to ENOSPC`
        : "no full disk: this user may not mount a tmpfs",
    );
    expect(longestLog).toBeLessThan(64e6);
    figures.push(...latest.values(), `the write-ahead log had at most ${(longestLog / 1e6).toFixed(1)} MB`);
    for (const [what, ms] of backAfter) {
      figures.push(`answers again, ${what}: median ${median(ms)} ms, at most ${Math.round(Math.max(...ms))} ms`);
    }
    for (const figure of figures) console.log(`figure: ${figure}`);
  } finally {
    clearInterval(logLook);
    await load.stop().catch(() => {});
    closeDatabase(db);
    await server.stop();
    disk?.unmount();
  }
});

/** Waits until `done`; for what hangs there is an end, long before the journey's own. */
async function until(done: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const since = performance.now();
  while (!(await done())) {
    if (performance.now() - since > 240_000) throw new Error(`Waited four minutes in vain for ${what}.`);
    await pause(5);
  }
}

/** Has this process ended? Its parent may not have asked how. */
function isGone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length === 0;
  } catch {
    return true;
  }
}

const lockerScript = `
  import Database from "better-sqlite3";
  const database = new Database(process.argv[1]);
  database.pragma("busy_timeout = 60000");
  database.exec("begin immediate");
  console.log("locked");
  setInterval(() => {}, 1000);`;

const median = (values: number[]) => Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!);

/** CPU time of a process so far; Linux counts it in hundredths of a second. */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
