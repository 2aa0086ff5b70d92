import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { closeDatabase, openDatabase } from "./client.ts";
import { closeToOthers } from "./data-directory.ts";
import { onReadOnlyDisk } from "./database.fixture.ts";
import { migrate } from "./migrate.ts";

let directory: string;
let umask: number;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "rankloop-data-"));
  umask = process.umask(0o022);
});
afterEach(() => {
  process.umask(umask);
  rmSync(directory, { recursive: true, force: true });
});

const modeOf = (place: string) => (statSync(path.join(directory, place)).mode & 0o777).toString(8);
function write(place: string, mode = 0o644): void {
  mkdirSync(path.dirname(path.join(directory, place)), { recursive: true, mode: 0o755 });
  writeFileSync(path.join(directory, place), place);
  chmodSync(path.join(directory, place), mode);
}

test("a data folder that an earlier version left open is closed, with all that is Rankloop's in it", () => {
  const files = ["rankloop.sqlite", "rankloop.sqlite-wal", "session-secret", "logs/web.log", "models/a/config.json"];
  for (const file of files) write(file);
  write("notes/mine.txt");
  write("run-me", 0o755);
  chmodSync(directory, 0o755);
  closeToOthers(directory);
  for (const folder of ["", "logs", "models", "models/a"]) expect([folder, modeOf(folder)]).toEqual([folder, "700"]);
  for (const file of files) expect([file, modeOf(file)]).toEqual([file, "600"]);
  // Somebody's own, who took their home for the data folder.
  expect([modeOf("notes"), modeOf("notes/mine.txt"), modeOf("run-me")]).toEqual(["755", "644", "755"]);
});

test("what is written from then on is closed as well: the database, its log, and what else comes", async () => {
  const data = path.join(directory, "new");
  closeToOthers(data);
  const file = path.join(data, "rankloop.sqlite");
  await migrate(file);
  openDatabase(file);
  mkdirSync(path.join(data, "runs"));
  writeFileSync(path.join(data, "runs", "log"), "");
  const names = readdirSync(data, { recursive: true }).map(String);
  expect(names.sort()).toEqual(["rankloop.sqlite", "rankloop.sqlite-shm", "rankloop.sqlite-wal", "runs", "runs/log"]);
  for (const name of ["", ...names]) expect([name, statSync(path.join(data, name)).mode & 0o077]).toEqual([name, 0]);
  closeDatabase(openDatabase(file));
});

test("a link out of the folder is not followed", () => {
  write("elsewhere/model.bin");
  const data = path.join(directory, "data");
  mkdirSync(data);
  symlinkSync(path.join(directory, "elsewhere"), path.join(data, "models"));
  closeToOthers(data);
  expect([modeOf("elsewhere"), modeOf("elsewhere/model.bin")]).toEqual(["755", "644"]);
});

test("everyone's folder is no data folder", () => {
  chmodSync(directory, 0o1777);
  expect(() => closeToOthers(directory)).toThrow("is everyone's: set RANKLOOP_DATA to a folder of its own.");
  expect(statSync(directory).mode & 0o7777).toBe(0o1777);
});

test("a disk that can only be read is one sentence, wherever it is met first", async ({ skip }) => {
  const met = await onReadOnlyDisk(async (disk) => {
    const file = path.join(disk, "rankloop.sqlite");
    await migrate(file);
    closeDatabase(openDatabase(file));
    return async (inReadOnly) => {
      const cannot = "can only be read: make it and its disk writable, then try again.";
      inReadOnly();
      expect(() => closeToOthers(disk)).toThrow(`${disk} cannot hold the data: it is on a disk that can only be read.`);
      expect(() => openDatabase(file)).toThrow(`${file} ${cannot}`);
      await expect(migrate(file)).rejects.toThrow(`${file} ${cannot}`);
      await expect(migrate(`${file}.new`)).rejects.toThrow(`${file}.new ${cannot}`);
    };
  });
  if (!met) skip("This user may not mount a tmpfs, which is how the test gets such a disk.");
});
