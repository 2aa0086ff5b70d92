import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../installation.fixture.ts";
import { type Children, startChildren } from "./children.ts";

let dir: string;
let children: Children | undefined;
const said: string[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "rankloop-children-"));
});

afterEach(async () => {
  await children?.stop(100);
  children = undefined;
  said.length = 0;
  rmSync(dir, { recursive: true });
});

function script(name: string, body: string): string {
  const file = join(dir, `${name}.ts`);
  writeFileSync(file, body);
  return file;
}

const tell = (file: string, what = "process.pid") =>
  `require("node:fs").appendFileSync(${JSON.stringify(file)}, ${what} + "\\n");`;
const stay = "setInterval(() => {}, 1000);";
const lines = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
const say = (sentence: string) => said.push(sentence);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a child that is killed is started again, and one that keeps crashing gets longer pauses", async () => {
  const starts = join(dir, "starts");
  const crashes = join(dir, "crashes");
  const log = join(dir, "logs", "crasher.log");
  children = startChildren(
    [
      { name: "The stayer", args: [script("stayer", tell(starts) + stay)], env: process.env },
      {
        name: "The crasher",
        args: [script("crasher", `${tell(crashes, "Date.now()")} throw new Error("broken");`)],
        env: process.env,
        log,
      },
    ],
    say,
  );
  await eventually(() => expect(lines(starts)).toHaveLength(1));
  process.kill(children.pids()["The stayer"]!, "SIGKILL");
  await eventually(() => expect(lines(starts)).toHaveLength(2));
  expect(said).toContain("The stayer ended (SIGKILL) and is started again.");

  await eventually(() => expect(lines(crashes).length).toBeGreaterThanOrEqual(3));
  const at = lines(crashes).map(Number);
  for (const [crash, pauseMs] of [250, 500].entries()) {
    expect(at[crash + 1]! - at[crash]!).toBeGreaterThanOrEqual(pauseMs);
  }
  expect(readFileSync(log, "utf8")).toContain("Error: broken");
});

test("stop ends all of them, those that ignore SIGTERM too, and starts none again", async () => {
  const starts = join(dir, "starts");
  const deaf = `process.on("SIGTERM", () => {}); ${tell(starts)} for (;;) require("node:child_process").spawnSync("sleep", ["1"]);`;
  children = startChildren(
    [
      { name: "The polite one", args: [script("polite", tell(starts) + stay)], env: process.env },
      { name: "The deaf one", args: [script("deaf", deaf)], env: process.env },
    ],
    say,
  );
  await eventually(() => expect(lines(starts)).toHaveLength(2));
  const pids = Object.values(children.pids());
  await children.stop(500);
  expect(pids.filter(isRunning)).toEqual([]);
  expect(lines(starts)).toHaveLength(2);
  expect(said).toEqual([]);
});

test("stopping waits for the step under way, however long it takes, and not for what has a grace", async () => {
  const starts = join(dir, "starts");
  const done = join(dir, "done");
  // As session.run does: the thread is blocked, then what came of it is written, then the process ends by itself.
  const step = `process.on("SIGTERM", () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
      setTimeout(() => { ${tell(done)} process.exit(0); }, 2500);
    }); ${tell(starts)} ${stay}`;
  children = startChildren(
    [
      { name: "The worker", args: [script("worker", step)], env: process.env },
      {
        name: "The web server",
        args: [script("web", step.replaceAll(done, `${done}-web`))],
        env: process.env,
        graceMs: 1,
      },
    ],
    say,
  );
  await eventually(() => expect(lines(starts)).toHaveLength(2));
  const pids = Object.values(children.pids());
  await children.stop();
  expect(lines(done)).toHaveLength(1);
  expect(lines(`${done}-web`)).toEqual([]);
  expect(pids.filter(isRunning)).toEqual([]);
});

test("who asks again to stop waits no longer", async () => {
  const starts = join(dir, "starts");
  const deaf = `process.on("SIGTERM", () => {}); ${tell(starts)} ${stay}`;
  children = startChildren([{ name: "The deaf one", args: [script("deaf", deaf)], env: process.env }], say);
  await eventually(() => expect(lines(starts)).toHaveLength(1));
  const stopped = children.stop();
  void children.stop();
  await stopped;
  expect(isRunning(Number(lines(starts)[0]))).toBe(false);
});

test("it is told of a kill, and not of a crash, and starts the killed one again once that is taken in", async () => {
  const starts = join(dir, "starts");
  const told: string[] = [];
  const takenIn = Promise.withResolvers<void>();
  const plan = (name: string, body: string) => ({
    name,
    args: [script(name, tell(starts) + body)],
    env: process.env,
    killed: () => {
      told.push(name);
      return takenIn.promise;
    },
  });
  children = startChildren([plan("stayer", stay), plan("crasher", "process.abort();")], say);
  await eventually(() => expect(said.some((line) => line.startsWith("crasher ended"))).toBe(true));
  expect(told).toEqual([]);
  process.kill(children.pids().stayer!, "SIGKILL");
  await eventually(() => expect(said).toContain("stayer ended (SIGKILL) and is started again."));
  expect(told).toEqual(["stayer"]);
  // The crasher, which nobody waits for, comes again twice, later each time.
  const crashes = () => said.filter((line) => line.startsWith("crasher ended")).length;
  const before = crashes();
  await eventually(() => expect(crashes()).toBeGreaterThan(before + 1));
  expect(children.pids().stayer).toBeUndefined();
  takenIn.resolve();
  await eventually(() => expect(children?.pids().stayer).toBeGreaterThan(0));
});

test("children of a launcher that is SIGKILLed end by themselves", async () => {
  const starts = join(dir, "starts");
  const stayer = script("stayer", tell(starts) + stay);
  const launcher = script(
    "launcher",
    `const { startChildren } = await import(${JSON.stringify(join(import.meta.dirname, "children.ts"))});
     startChildren([{ name: "The stayer", args: [${JSON.stringify(stayer)}], env: process.env }], console.error);
     export {};`,
  );
  const parent = spawn(process.execPath, [launcher], { stdio: "inherit" });
  await eventually(() => expect(lines(starts)).toHaveLength(1));
  parent.kill("SIGKILL");
  const pid = Number(lines(starts)[0]);
  // It has two seconds to end, and may have to wait for its turn on a busy machine.
  await eventually(() => expect(isRunning(pid)).toBe(false));
});

test("a child starts at the niceness asked for", async () => {
  const out = join(dir, "nice");
  const body = `require("node:fs").writeFileSync(${JSON.stringify(out)}, String(require("node:os").getPriority())); ${stay}`;
  children = startChildren(
    [{ name: "The patient one", args: [script("nice", body)], env: process.env, niceness: 19 }],
    say,
  );
  await eventually(() => expect(lines(out)).toEqual(["19"]));
});
