import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bySystem, changeOnce } from "../../db/change.ts";
import type { Database } from "../../db/client.ts";
import { temporaryDatabase } from "../../db/database.fixture.ts";
import { isDone } from "../../db/requests.ts";
import { beingWritten } from "../../models/gpt/directory.ts";
import { writeLines } from "../worker/write-lines.ts";
import { deleteOld, requestsKeptMs, sweepLeftovers } from "./housekeeping.ts";

let db: Database;
let directory: string;
let remove: () => void;
beforeEach(async () => {
  ({ db, directory, remove } = await temporaryDatabase());
});
afterEach(() => remove());

/** A process that writes lines into `folder` and never ends by itself. */
async function writer(folder: string, name: string) {
  const script = `
    import { writeLines } from ${JSON.stringify(join(import.meta.dirname, "..", "worker", "write-lines.ts"))};
    async function* lines() {
      yield "begun";
      console.log("begun");
      await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
    }
    await writeLines(${JSON.stringify(join(folder, name))}, lines());`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return {
    temporary: `.${name}${beingWritten.replace(/\d+$/, String(child.pid))}`,
    kill: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

const own = ["runs/a", "models"];

test.each(own)(
  "what a killed process was writing in %s is gone after the next start, a running one's stays",
  async (at) => {
    const folder = join(directory, at);
    mkdirSync(folder, { recursive: true });
    const [killed, running] = [await writer(folder, "one.jsonl"), await writer(folder, "two.jsonl")];
    try {
      await killed.kill();
      expect(readdirSync(folder).sort()).toEqual([killed.temporary, running.temporary].sort());
      await sweepLeftovers(directory);
      expect(readdirSync(folder)).toEqual([running.temporary]);
    } finally {
      await running.kill();
    }
  },
);

test("an export from the shell takes away what a killed one left beside its file, and nothing of a running one", async () => {
  const folder = join(directory, "exports");
  const [killed, running] = [await writer(folder, "one.jsonl"), await writer(folder, "two.jsonl")];
  try {
    await killed.kill();
    expect(existsSync(join(folder, killed.temporary))).toBe(true);
    async function* line() {
      yield "{}";
    }
    await writeLines(join(folder, "three.jsonl"), line());
    expect(readdirSync(folder).sort()).toEqual([running.temporary, "three.jsonl"].sort());
  } finally {
    await running.kill();
  }
});

test("requests are known for a week, so that their keys do not pile up for ever", async () => {
  const request = { actorId: "ada", key: "k", fingerprint: "f" };
  const carriedOut = () => changeOnce({ ...bySystem(db), request }, async () => ({}));
  const made = Date.now();
  await carriedOut();
  await deleteOld(db, made + requestsKeptMs);
  expect(await isDone(db, request)).toBe(true);
  await deleteOld(db, Date.now() + requestsKeptMs + 1);
  expect(await isDone(db, request)).toBe(false);
});
