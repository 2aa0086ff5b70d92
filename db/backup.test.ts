// Backups of a real file, made while another process writes into it, and put back.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { backUp, restore } from "./backup.ts";
import { checkDatabase, closeDatabase, type Database, driverOf, openDatabase } from "./client.ts";
import { addUser, temporaryDatabase } from "./database.fixture.ts";
import { migrate } from "./migrate.ts";

let db: Database;
let directory: string;
let remove: () => void;
beforeEach(async () => {
  ({ db, directory, remove } = await temporaryDatabase());
});
afterEach(() => remove());

const at = (name: string) => path.join(directory, name);
const now = Date.UTC(2026, 10, 29, 12);
function usersIn(file: string): string[] {
  const copy = openDatabase(file);
  checkDatabase(copy);
  const names = driverOf(copy).prepare<[], string>("select username from user order by username").pluck().all();
  closeDatabase(copy);
  return names;
}

test("a backup holds what was committed before it, though another process writes without a pause", async () => {
  const here = (name: string) => JSON.stringify(path.join(import.meta.dirname, name));
  const script = `
    import { writeSync } from "node:fs";
    const { openDatabase, transaction } = await import(${here("client.ts")});
    const { insertUser } = await import(${here("database.fixture.ts")});
    const db = openDatabase(${JSON.stringify(db.file)});
    // Two together, always: a copy with one of them was not made at one moment.
    for (let i = 0; i < 50_000; i++) {
      await transaction(db, async (tx) => { await insertUser(tx, "a" + i); await insertUser(tx, "b" + i); });
      writeSync(1, i + "\\n");
    }`;
  const writer = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(writer, "close");
  let said = -1;
  const lines = createInterface({ input: writer.stdout });
  lines.on("line", (line) => {
    said = Number(line);
  });
  for (let i = 1; i <= 5; i++) {
    const before = said;
    while (said < before + 20) await once(lines, "line");
    const acknowledged = said;
    await backUp(db, at(`copy-${i}`));
    const names = new Set(usersIn(at(`copy-${i}`)));
    expect(names.size % 2).toBe(0);
    for (let n = 0; n <= acknowledged; n++) expect(names.has(`a${n}`) && names.has(`b${n}`)).toBe(true);
    expect(statSync(at(`copy-${i}`)).mode & 0o777).toBe(0o600);
  }
  expect(writer.exitCode).toBeNull();
  writer.kill("SIGKILL");
  await ended;
});

test("a plain copy lacks the newest work, a backup is one file with all of it, and no file is written over", async () => {
  await addUser(db, "ada");
  copyFileSync(db.file, at("plain"));
  await backUp(db, at("backup"));
  expect(usersIn(at("plain"))).toEqual([]);
  expect(readdirSync(directory).filter((name) => name.startsWith("backup"))).toEqual(["backup"]);
  expect(usersIn(at("backup"))).toEqual(["ada"]);
  await addUser(db, "bob");
  await expect(backUp(db, at("backup"))).rejects.toThrow(`${at("backup")} is there already: name a file that is not.`);
  expect(usersIn(at("backup"))).toEqual(["ada"]);
  await expect(backUp(db, at("nowhere/backup"))).rejects.toThrow(/no such file or directory/);
});

test("what is put back takes the database's place, which is kept beside it; everyone signs in anew", async () => {
  const id = await addUser(db, "ada");
  driverOf(db).prepare("insert into session values ('s', 'hash', ?, 9e15, null, null, null, 1, 1)").run(id);
  await backUp(db, at("backup"));
  await addUser(db, "bob");
  const { file } = db;
  closeDatabase(db);
  const { people, former } = await restore(at("backup"), { file, now });
  expect([people, former]).toEqual([1, `${file}.before-2026-11-29T12-00-00-000Z`]);
  db = openDatabase(file);
  expect(usersIn(at("backup"))).toEqual(["ada"]);
  expect(driverOf(db).prepare("select username from user").pluck().all()).toEqual(["ada"]);
  expect(driverOf(db).prepare("select count(*) from session").pluck().get()).toBe(0);
  expect(driverOf(db).prepare("select verb, capacity, at from event").raw().all()).toEqual([
    ["database.restore", "system", now],
  ]);
  expect(usersIn(former!)).toEqual(["ada", "bob"]);
  const left = readdirSync(directory).filter((name) => name.includes("restored"));
  expect([left, statSync(file).mode & 0o777]).toEqual([[], 0o600]);
});

test("what is no backup changes nothing", async () => {
  await addUser(db, "ada");
  await backUp(db, at("backup"));
  const newer = openDatabase(at("newer"), { create: true });
  driverOf(newer).exec("create table migration (hash text primary key, applied_at integer not null)");
  driverOf(newer).exec("insert into migration values ('of the future', 1)");
  closeDatabase(newer);
  writeFileSync(at("empty"), "");
  writeFileSync(at("text"), "Dear diary, ".repeat(1_000));
  copyFileSync(at("backup"), at("cut"));
  truncateSync(at("cut"), 100_000);
  const bytes = () => [readFileSync(db.file), readFileSync(`${db.file}-wal`)];
  const before = bytes();
  for (const [name, why] of [
    ["missing", /no such file/],
    ["empty", /empty is empty/],
    ["text", /text is damaged, or no backup: choose another\./],
    ["cut", /cut is damaged, or no backup: choose another\./],
    ["newer", /newer was written by a newer version of Rankloop/],
  ] as const) {
    await expect(restore(at(name), { file: db.file, now })).rejects.toThrow(why);
  }
  expect(bytes()).toEqual(before);
  expect(readdirSync(directory).filter((name) => /restored|before/.test(name))).toEqual([]);
});

test("a database that is damaged, empty or gone can be replaced by a backup", async () => {
  await addUser(db, "ada");
  await backUp(db, at("backup"));
  for (const [name, bytes] of [
    ["damaged", "no database".repeat(1_000)],
    ["empty", ""],
    ["gone", null],
  ] as const) {
    const file = at(`${name}.sqlite`);
    if (bytes !== null) writeFileSync(file, bytes);
    const { former } = await restore(at("backup"), { file, now });
    expect(usersIn(file)).toEqual(["ada"]);
    expect(former === null ? null : readFileSync(former, "utf8")).toBe(bytes);
    await migrate(file);
    closeDatabase(openDatabase(file));
  }
  expect(existsSync(at("gone.sqlite"))).toBe(true);
});
