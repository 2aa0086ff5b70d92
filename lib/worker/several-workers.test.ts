// Several worker processes on one server's database, each started from the shell as on a machine of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addPrompt, runSql } from "../../db/database.fixture.ts";
import {
  addTinyModels,
  eventually,
  type Installation,
  settings,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { createComparison } from "../ranking/generate.ts";

let installation: Installation;
const workers: ChildProcess[] = [];
beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
});
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    if (worker.exitCode === null && worker.signalCode === null) {
      worker.kill("SIGKILL");
      await once(worker, "exit");
    }
  }
  installation.remove();
});

/** `rankloop worker`, with what it says. */
function start(...args: string[]) {
  const { db, directory } = installation;
  const cli = path.join(import.meta.dirname, "..", "cli.mjs");
  const env = { ...process.env, RANKLOOP_DATABASE: db.file, RANKLOOP_DATA: directory };
  const worker = spawn(process.execPath, [cli, "worker", ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
  workers.push(worker);
  let said = "";
  worker.stderr.on("data", (chunk) => {
    said += chunk;
  });
  return { worker, said: () => said, ended: once(worker, "exit").then(([code]) => code) };
}

test("two workers share the jobs, each job is taken once, and each worker stops after the step under way", async () => {
  const { as, db } = installation;
  for (let i = 0; i < 30; i++) await createComparison(as.labeler, { ...settings, promptId: await addPrompt(db), k: 2 });
  const both = [start("--kinds", "generate"), start("--kinds", "generate,try")];
  const jobs = (which: string) => runSql(db, `select worker_id, attempts from job where ${which}`);
  await eventually(async () => expect(await jobs("state = 'done' and kind = 'generate'")).toHaveLength(30));
  const taken = await jobs("kind = 'generate'");
  expect(taken.map(([, attempts]) => attempts)).toEqual(taken.map(() => 1));
  for (const { worker, said, ended } of both) {
    worker.kill("SIGINT");
    expect(await ended).toBe(0);
    expect(said()).toMatch(
      /^Does jobs \(generate.*\) of postgres:\/\/127\.0\.0\.1:\d+\/test_\w+\. Ctrl-C stops it .*\.\n$/,
    );
  }
});

test("what a killed worker held is taken up by another when its lease has run out", async () => {
  const { as, db } = installation;
  const promptId = await addPrompt(db);
  await createComparison(as.labeler, { ...settings, promptId, k: 2 });
  await runSql(db, "update job set state = 'running', worker_id = 'dead', lease_until = 1, attempts = 1");
  start();
  await eventually(async () => expect(await runSql(db, "select state from job")).toContainEqual(["done"]));
});

test("kinds that are none are one sentence", async () => {
  const { said, ended } = start("--kinds", "generate,dance");
  expect(await ended).toBe(2);
  expect(said()).toBe('There are no jobs "dance": they are generate, try, train, score, judge, download.\n');
});
