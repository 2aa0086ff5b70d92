// From a file to a server and back: every row as it was, or nothing at all.
import { copyFileSync, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { backUp, copyDatabase, restoreInto } from "./backup.ts";
import { closeDatabase, type Database, openDatabase } from "./client.ts";
import { copyRows, tablesInOrder } from "./copy.ts";
import {
  addComparison,
  addJob,
  addModel,
  addProject,
  addPrompt,
  addUser,
  by,
  contentsOf,
  runSql,
  temporaryDatabase,
  testProject,
} from "./database.fixture.ts";
import { migrate } from "./migrate.ts";
import { claimAssignment } from "./queries/assignments.ts";
import { listAccounts } from "./queries/people.ts";
import { writeProjectSettings } from "./queries/settings.ts";

let server: Database;
let file: Database;
let directory: string;
let remove: () => void;
const dataBefore = process.env.RANKLOOP_DATA;
beforeEach(async () => {
  ({ db: server, directory, remove } = await temporaryDatabase());
  process.env.RANKLOOP_DATA = directory;
  await migrate(path.join(directory, "rankloop.sqlite"));
  file = openDatabase(path.join(directory, "rankloop.sqlite"));
  await addProject(file, testProject);
});
afterEach(async () => {
  await closeDatabase(file);
  await closeDatabase(server);
  if (dataBefore === undefined) delete process.env.RANKLOOP_DATA;
  else process.env.RANKLOOP_DATA = dataBefore;
  remove();
});

/** People, prompts of every script, answers, an assignment, jobs and events, more than one page of some. */
async function work(db: Database): Promise<string> {
  const ada = await addUser(db, "ada", "admin");
  const modelId = await addModel(db, "reward", undefined, { "eval/accuracy": 0.1 + 0.2, "eval/loss": 1e-300 });
  const prompts: string[] = [];
  for (let i = 0; i < 600; i++) prompts.push(await addPrompt(db, `Why ${i}? größe \u{1f9a6} 'quoted' "twice"\n`));
  await addComparison(db, { promptId: prompts[0]!, modelId, createdBy: ada, texts: ["Sand.", "Fish."] });
  await claimAssignment(by(db, ada), { rateFirst: true, leaseMs: 1_000 });
  await addJob(db, { kind: "generate", subjectId: "1" }, 2 ** 41);
  await writeProjectSettings(by(db, ada, 5, "admin"), { rewardModelId: modelId });
  return ada;
}

test("tables come after those they refer to, all of them", () => {
  const names = tablesInOrder.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.indexOf("user")).toBeLessThan(names.indexOf("prompt"));
  expect(names.indexOf("candidate")).toBeLessThan(names.indexOf("ranking_tier"));
  for (const { key } of tablesInOrder) expect(key.length).toBeGreaterThan(0);
});

test("a file goes to a server and back, each row as it was; then both go on with their numbers", async () => {
  await work(file);
  const before = await contentsOf(file);
  const { tables } = await copyDatabase(file, server.file);
  server = openDatabase(server.file);
  expect(await contentsOf(server)).toEqual(before);
  for (const { name, rows } of tables) expect([name, rows]).toEqual([name, before[name]?.length]);
  const back = path.join(directory, "back.sqlite");
  await copyDatabase(server, back);
  const copy = openDatabase(back);
  expect(await contentsOf(copy)).toEqual(before);
  for (const db of [server, copy]) {
    await addPrompt(db, "One more.");
    const [last] = await runSql(db, "select text from prompt where seq = (select max(seq) from prompt)");
    expect(last).toEqual(["One more."]);
  }
  await expect(runSql(server, "delete from event")).rejects.toThrow("Events are kept as they are.");
  await closeDatabase(copy);
});

test("NUL, which earlier versions kept, arrives as U+FFFD, and is told", async () => {
  const id = await addPrompt(file, "a");
  await runSql(file, `update prompt_message set content = 'a' || char(0) || 'b' where prompt_id = '${id}'`);
  expect(await copyDatabase(file, server.file)).toMatchObject({ withoutNul: 1 });
  server = openDatabase(server.file);
  expect((await contentsOf(server)).prompt_message).toMatchObject([{ content: "a\ufffdb" }]);
});

test("what is in use is not overwritten, and a copy that is broken off leaves everything as it was", async () => {
  await work(file);
  await addPrompt(server, "What was there.");
  const before = await contentsOf(server);
  const broken = copyRows(file, server, () => Promise.reject(new Error("The machine has stopped.")));
  await expect(broken).rejects.toThrow("The machine has stopped.");
  expect(await contentsOf(server)).toEqual(before);
  await addUser(server, "grace");
  const used = await contentsOf(server);
  await expect(copyDatabase(file, server.file)).rejects.toThrow(/ is in use already: name an empty database\.$/);
  server = openDatabase(server.file);
  expect(await contentsOf(server)).toEqual(used);
  await expect(copyDatabase(server, file.file)).rejects.toThrow(/ is there already: name a file that is not\.$/);
  await expect(copyDatabase(server, server.file)).rejects.toThrow(/ is to be copied: name another\.$/);
  const nowhere = path.join(directory, "nowhere", "x.sqlite");
  await expect(copyDatabase(server, nowhere)).rejects.toThrow();
  expect(readdirSync(directory).filter((name) => name.includes("tmp"))).toEqual([]);
});

test("a server's backup is one file, made in one moment, and put back it is what was there; what was after is kept", async () => {
  await work(server);
  const backup = path.join(directory, "backup.sqlite");
  await backUp(server, backup);
  const before = await contentsOf(server);
  await addUser(server, "late");
  const { people, former } = await restoreInto(server, backup, 7);
  expect(people).toBe(1);
  const { event: told, ...rest } = await contentsOf(server);
  const { event: toldBefore = [], ...restBefore } = before;
  expect(rest).toEqual(restBefore);
  expect(told).toHaveLength(toldBefore.length + 1);
  const kept = openDatabase(former);
  expect((await listAccounts(kept)).map(({ username }) => username).toSorted()).toEqual(["ada", "late"]);
  await closeDatabase(kept);
  const nothing = path.join(directory, "nothing.sqlite");
  expect(existsSync(nothing)).toBe(false);
  await expect(restoreInto(server, nothing, 8)).rejects.toThrow(/ENOENT/);
});

test("a database that was copied as it stood is put back with what its log holds", async () => {
  await addUser(file, "ada");
  const copied = path.join(directory, "copied.sqlite");
  for (const part of ["", "-wal"]) copyFileSync(file.file + part, copied + part);
  expect((await restoreInto(server, copied, 7)).people).toBe(1);
  expect((await listAccounts(server)).map(({ username }) => username)).toEqual(["ada"]);
});
