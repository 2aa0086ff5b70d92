import { execFileSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from "drizzle-kit/api";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  checkDatabase,
  checkNodeVersion,
  checkpointLog,
  closeDatabase,
  type Database,
  driverOf,
  type Orm,
  openDatabase,
  ormOf,
  transaction,
} from "./client.ts";
import { addComparison, addModel, addPrompt, addUser, temporaryDatabase, testProject } from "./database.fixture.ts";
import { migrate } from "./migrate.ts";
import journal from "./migrations/meta/_journal.json" with { type: "json" };
import { anyPerson } from "./queries/people.ts";
import * as schema from "./schema/index.ts";

let db: Database;
let remove: () => void;
beforeEach(async () => {
  ({ db, remove } = await temporaryDatabase());
});
afterEach(() => remove());

describe("the connection", () => {
  test("waits for others, checks references and syncs every commit", () => {
    const pragma = (name: string) => driverOf(db).pragma(name, { simple: true });
    expect([pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys"), pragma("busy_timeout")]).toEqual([
      "wal",
      2,
      1,
      // Not SQLite's own way of waiting, which stops the thread.
      0,
    ]);
    expect(openDatabase(db.file)).toBe(db);
  });

  test("leaves the log to checkpointLog, after which the file alone holds what was committed", async () => {
    for (let i = 0; i < 400; i++) await addUser(db, `u${i}`);
    const logged = () => statSync(`${db.file}-wal`).size;
    expect(driverOf(db).pragma("wal_autocheckpoint", { simple: true })).toBe(0);
    expect(logged()).toBeGreaterThan(1_000 * 4096);
    await checkpointLog(db);
    const before = logged();
    await addUser(db, "after"); // goes to the start of the log again
    expect(logged()).toBe(before);
    copyFileSync(db.file, `${db.file}.alone`);
    const alone = openDatabase(`${db.file}.alone`);
    expect((await ormOf(alone).select().from(schema.user).all()).length).toBeGreaterThanOrEqual(400);
    closeDatabase(alone);
  });

  test("a file without a byte is no new database, and one that is missing is not made", async () => {
    for (const [name, bytes, why] of [
      [
        "empty",
        "",
        /is empty, though Rankloop never leaves it so: put a backup in its place with "rankloop database restore FILE"/,
      ],
      ["text", "Dear diary, ".repeat(1_000), /is damaged: put a backup in its place/],
    ] as const) {
      const file = path.join(path.dirname(db.file), name);
      writeFileSync(file, bytes);
      expect(() => openDatabase(file)).toThrow(why);
      await expect(migrate(file)).rejects.toThrow(why);
      expect(readFileSync(file, "utf8")).toBe(bytes);
    }
    const missing = path.join(path.dirname(db.file), "missing");
    expect(() => openDatabase(missing)).toThrow(`There is no ${missing}.`);
    writeFileSync(`${missing}-wal`, "what was written last");
    await expect(migrate(missing)).rejects.toThrow(/its write-ahead log is there: put a backup in its place/);
    expect(existsSync(missing)).toBe(false);
    rmSync(`${missing}-wal`);
    await migrate(missing);
    expect(await anyPerson(openDatabase(missing))).toBe(false);
    closeDatabase(openDatabase(missing));
  });

  test("another program's file is left as it is", async () => {
    const file = path.join(path.dirname(db.file), "other.sqlite");
    const other = openDatabase(file, { create: true });
    driverOf(other).exec("create table recipe (name text)");
    closeDatabase(other);
    await expect(migrate(file)).rejects.toThrow(
      `${file} is no database of Rankloop: move it away, or set RANKLOOP_DATA.`,
    );
    const after = openDatabase(file);
    expect(driverOf(after).prepare("select name from sqlite_master").pluck().all()).toEqual(["recipe"]);
    closeDatabase(after);
  });

  test("a page that was overwritten is found, and the file is named with what to do", async () => {
    for (let i = 0; i < 500; i++) await addUser(db, `u${i}`);
    checkDatabase(db);
    await checkpointLog(db);
    const { file } = db;
    const size = statSync(file).size;
    copyFileSync(file, `${file}.hurt`);
    const handle = openSync(`${file}.hurt`, "r+");
    writeSync(handle, Buffer.alloc(8_192, 7), 0, 8_192, 4_096 * Math.floor(size / 4_096 / 2));
    closeSync(handle);
    const hurt = openDatabase(`${file}.hurt`);
    const sentence = `${file}.hurt is damaged: put a backup in its place with "rankloop database restore FILE".`;
    expect(() => checkDatabase(hurt)).toThrow(sentence);
    closeDatabase(hurt);
  });

  test("an old Node is named before the driver would end the process", () => {
    expect(() => checkNodeVersion("20.19.2")).toThrow(/Rankloop needs Node 22 or newer, and this is Node 20\.19\.2/);
    expect(() => checkNodeVersion()).not.toThrow();
  });

  test("a change that throws leaves nothing behind", async () => {
    await expect(
      transaction(db, async (tx) => {
        await tx.insert(schema.setting).values({ name: "a", value: "1" }).run();
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await ormOf(db).select().from(schema.setting).all()).toEqual([]);
  });

  test("whoever reads or writes at any await of a change sees nothing of it, or all", async () => {
    const names = async () => (await ormOf(db).select().from(schema.setting).all()).map(({ name }) => name).sort();
    const put = async (orm: Orm, name: string) => orm.insert(schema.setting).values({ name, value: "1" }).run();
    const within = async (tx: Orm) => (await tx.select().from(schema.setting).all()).map(({ name }) => name).sort();
    const half = Promise.withResolvers<void>();
    const seenBeside = Promise.withResolvers<void>();
    const seen: string[][] = [];
    const whole = transaction(db, async (tx) => {
      await put(tx, "first half");
      half.resolve();
      await seenBeside.promise;
      await put(tx, "second half");
      expect(await within(tx)).toEqual(["first half", "second half"]);
    });
    await half.promise;
    seen.push(await names());
    const others = Promise.all([
      put(ormOf(db), "beside it"),
      transaction(db, async (tx) => seen.push(await within(tx))),
    ]);
    await new Promise((resolve) => setTimeout(resolve));
    seen.push(await names());
    seenBeside.resolve();
    await Promise.all([whole, others]);
    expect(seen).toEqual([[], [], ["beside it", "first half", "second half"]]);
  });

  test("a change that reads or writes past its tx is refused, and leaves nothing behind", async () => {
    const refused = "Within a change everything is read and written over its tx.";
    const row = { name: "a", value: "1" };
    const past = [
      () => transaction(db, async () => {}),
      () => ormOf(db).select().from(schema.setting).all(),
      () => ormOf(db).insert(schema.setting).values(row).run(),
    ];
    for (const step of past) {
      const changed = transaction(db, async (tx) => {
        await tx.insert(schema.setting).values(row).run();
        await step();
      });
      await expect(changed).rejects.toThrow(refused);
    }
    expect(await ormOf(db).select().from(schema.setting).all()).toEqual([]);
  });

  test("another process that holds the lock delays a change, and nobody who reads", async () => {
    const other = new BetterSqlite3(db.file);
    other.exec("begin immediate");
    const written = transaction(db, async (tx) => tx.insert(schema.setting).values({ name: "a", value: "1" }).run());
    expect(await ormOf(db).select().from(schema.setting).all()).toEqual([]);
    other.exec("rollback");
    other.close();
    expect((await written).changes).toBe(1);
  });

  test("text comes back as it was: NUL, control characters, unnormalized accents, emoji, HTML", async () => {
    const text = "\u0000a\u0007\u001b[31m\r\n\u2028 e\u0301 \u{1f9a6} <script>alert(1)</script>\u0000";
    const id = await addPrompt(db, text);
    const row = await ormOf(db).select().from(schema.prompt).where(eq(schema.prompt.id, id)).get();
    expect(row?.text).toBe(text);
  });
});

describe("the constraints", () => {
  test("one live assignment per comparison and person; known states; a reason for each skip", async () => {
    const [ada, bob] = [await addUser(db, "ada"), await addUser(db, "bob")];
    const made = { promptId: await addPrompt(db), modelId: await addModel(db), createdBy: ada, texts: ["a", "b"] };
    const [one, two] = [await addComparison(db, made), await addComparison(db, made)];
    const hold = async (id: string, comparisonId: string, labelerId: string) =>
      ormOf(db)
        .insert(schema.assignment)
        .values({ id, projectId: testProject, comparisonId, labelerId, state: "held", leaseUntil: 0, createdAt: 0 })
        .run();
    await hold("1", one.id, ada);
    await expect(hold("2", one.id, ada)).rejects.toThrow(/UNIQUE/);
    await hold("2", one.id, bob);
    await hold("3", two.id, ada);
    await expect(hold("4", "nowhere", bob)).rejects.toThrow(/FOREIGN KEY/);
    const exec = (statement: string) => () => driverOf(db).exec(statement);
    expect(exec("update assignment set state = 'skipped', ended_at = 1")).toThrow(/assignment_skip_reason/);
    expect(exec("update assignment set state = 'lost', ended_at = 1")).toThrow(/assignment_state_known/);
    expect(exec("update comparison set k = 10")).toThrow(/comparison_k/);
    expect(exec("update candidate set state = 'done', finish = null")).toThrow(/candidate_done/);
    expect(exec("update user set role = 'king'")).toThrow(/user_role/);
    expect(
      exec(
        `insert into ranking (id, project_id, assignment_id, comparison_id, labeler_id, k, strict, tied, submitted_at)
         values ('r', '${testProject}', '1', '${one.id}', '${ada}', 3, 2, 0, 0)`,
      ),
    ).toThrow(/ranking_pairs/);
  });
});

describe("migrations", () => {
  test("are written for the schema as it is", async () => {
    const last = journal.entries.at(-1);
    const snapshot = await import(`./migrations/meta/${String(last?.idx).padStart(4, "0")}_snapshot.json`, {
      with: { type: "json" },
    });
    const now = await generateSQLiteDrizzleJson(schema, undefined, "snake_case");
    expect(await generateSQLiteMigration(snapshot.default, now)).toEqual([]);
  });

  test("several processes may start at once, and a second start changes nothing", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "rankloop-migrate-"));
    const file = path.join(directory, "rankloop.sqlite");
    const script = `const { migrate } = await import(${JSON.stringify(path.join(import.meta.dirname, "migrate.ts"))});
      await migrate(${JSON.stringify(file)});`;
    const { spawn } = await import("node:child_process");
    const codes = await Promise.all(
      Array.from(
        { length: 3 },
        () =>
          new Promise((resolve) => {
            spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" }).on("close", resolve);
          }),
      ),
    );
    expect(codes).toEqual([0, 0, 0]);
    execFileSync(process.execPath, ["--input-type=module", "-e", script]);
    rmSync(directory, { recursive: true });
  });

  test("a file of a newer version is refused and left as it is", async () => {
    driverOf(db).exec("insert into migration values ('of the future', 1)");
    await expect(migrate(db.file)).rejects.toThrow(/written by a newer version/);
    expect(driverOf(db).pragma("foreign_keys", { simple: true })).toBe(1);
  });
});
