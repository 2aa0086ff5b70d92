// What only a server can do: changes at once, collisions, numbers that follow the order of commits.
import { randomBytes } from "node:crypto";
import { chownSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import { eq, sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import pg from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  closeDatabase,
  type Database,
  databaseAddress,
  driverOf,
  nameOf,
  openDatabase,
  ormOf,
  transaction,
} from "../client.ts";
import {
  addPrompt as addAnyPrompt,
  addComparison,
  addJob,
  addModel,
  addUser,
  by,
  contentsOf,
  runSql,
  temporaryDatabase,
  testProject,
} from "../database.fixture.ts";
import { diskTroubleOf, inWords } from "../disk-trouble.ts";
import { migrate } from "../migrate.ts";
import journal from "../migrations-postgres/meta/_journal.json" with { type: "json" };
import { dropDatabaseOf, newDatabaseOn, serverUser } from "../postgres-server.fixture.ts";
import { claimAssignment } from "../queries/assignments.ts";
import { claimJob } from "../queries/jobs.ts";
import * as schema from "../schema/index.ts";
import { mountSmallDisk } from "../small-disk.fixture.ts";
import { addPrompt } from "../steps/prompts.ts";
import { currentWatermark } from "../steps/watermark.ts";
import * as tables from "./postgres-tables.ts";

let db: Database;
let directory: string;
let remove: () => void;
beforeEach(async () => {
  ({ db, directory, remove } = await temporaryDatabase());
});
afterEach(() => remove());

const { setting } = schema;
const put = (name: string, value: string) => ormOf(db).insert(setting).values({ name, value }).run();
const settingOf = async (name: string) =>
  (await ormOf(db).select().from(setting).where(eq(setting.name, name)).get())?.value;

test("the migrations are written for the schema as it is, every table of it", async () => {
  const place = String(journal.entries.at(-1)?.idx).padStart(4, "0");
  const snapshot = await import(`../migrations-postgres/meta/${place}_snapshot.json`, { with: { type: "json" } });
  const now = generateDrizzleJson({ ...tables }, undefined, undefined, "snake_case");
  expect(await generateMigration(snapshot.default, now)).toEqual([]);
  expect(Object.keys(tables).filter((name) => name !== "tables")).toEqual(Object.keys(tables.tables).toSorted());
});

test("of changes that collide each is made as if it were alone", async () => {
  await put("count", "0");
  const increment = () =>
    transaction(db, async (tx) => {
      const row = await tx.select().from(setting).where(eq(setting.name, "count")).get();
      await tx
        .update(setting)
        .set({ value: String(Number(row?.value) + 1) })
        .where(eq(setting.name, "count"))
        .run();
    });
  await Promise.all(Array.from({ length: 20 }, increment));
  expect(await settingOf("count")).toBe("20");
});

test("a change that throws leaves nothing behind, and its connection is as good as new", async () => {
  for (let i = 0; i < 30; i++) {
    const failing = transaction(db, async (tx) => {
      await tx.insert(setting).values({ name: "a", value: "1" }).run();
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
  }
  await put("b", "1");
  expect(await ormOf(db).select().from(setting).all()).toEqual([{ name: "b", value: "1" }]);
});

test("one that is held open delays nobody who changes something else, and is seen by nobody", async () => {
  const held = Promise.withResolvers<void>();
  const wrote = Promise.withResolvers<void>();
  const open = transaction(db, async (tx) => {
    await tx.insert(setting).values({ name: "held", value: "1" }).run();
    wrote.resolve();
    await held.promise;
  });
  await wrote.promise;
  await transaction(db, async (tx) => tx.insert(setting).values({ name: "other", value: "1" }).run());
  expect(await settingOf("held")).toBeUndefined();
  held.resolve();
  await open;
  expect(await settingOf("held")).toBe("1");
});

test("with one transaction held open, claims of other comparisons complete, and the one it holds is passed over", async () => {
  const { people, comparisons } = await toRank(3, 3);
  const held = Promise.withResolvers<void>();
  const wrote = Promise.withResolvers<void>();
  let tries = 0;
  const open = transaction(db, async (tx) => {
    tries++;
    const row = { id: "first", comparisonId: comparisons[0]!, labelerId: people[0]!, leaseUntil: 2_000, createdAt: 0 };
    await tx
      .insert(schema.assignment)
      .values({ projectId: testProject, ...row, state: "held" })
      .run();
    wrote.resolve();
    await held.promise;
  });
  await wrote.promise;
  const claimed = [await claim(people[1]!), await claim(people[2]!)];
  held.resolve();
  await open;
  expect([claimed, tries]).toEqual([comparisons.slice(1), 1]);
});

test("of a hundred that claim at once each gets another comparison, and nobody goes without", async () => {
  const { people, comparisons } = await toRank(100, 100);
  const claimed = await Promise.all(people.map(claim));
  expect(claimed.toSorted()).toEqual(comparisons.toSorted());
});

test("with three rankings wanted of one comparison, three of four who claim at once are served", async () => {
  const { people, comparisons } = await toRank(4, 1, 3);
  const claimed = await Promise.all(people.map(claim));
  expect(claimed.filter((id) => id === comparisons[0])).toHaveLength(3);
  expect(claimed.filter((id) => id === undefined)).toHaveLength(1);
});

test("each job is taken once by workers that look for one at once, past one that a transaction has locked", async () => {
  const ids: string[] = [];
  for (let i = 0; i < 40; i++) ids.push(await addJob(db, { kind: "generate", subjectId: `${i}` }, 0));
  const held = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const open = transaction(db, async (tx) => {
    await tx.update(schema.job).set({ notBefore: 1 }).where(eq(schema.job.id, ids[0]!)).run();
    locked.resolve();
    await held.promise;
  });
  await locked.promise;
  const claimAs = (workerId: string) => claimJob(db, { kinds: ["generate"], workerId, leaseMs: 1_000, now: 1 });
  const taken: string[] = [];
  const worker = async (name: string) => {
    while (taken.length < 39) {
      const job = await claimAs(name);
      if (job) taken.push(job.id);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, i) => worker(`worker-${i}`)));
  expect(taken.toSorted()).toEqual(ids.slice(1).toSorted());
  held.resolve();
  await open;
  expect((await claimAs("another"))?.id).toBe(ids[0]);
});

/** So many labelers, and comparisons that wait to be ranked, the oldest first. */
async function toRank(count: number, many: number, wanted = 1) {
  const people: string[] = [];
  for (let i = 0; i < count; i++) people.push(await addUser(db, `labeler-${i}`));
  const promptId = await addAnyPrompt(db);
  const modelId = await addModel(db);
  const comparisons: string[] = [];
  for (let i = 0; i < many; i++) {
    const made = { promptId, modelId, createdBy: people[0]!, texts: ["Sand.", "Fish."], wanted };
    comparisons.push((await addComparison(db, made)).id);
  }
  return { people, comparisons };
}

const claim = async (labelerId: string): Promise<string | undefined> =>
  (await claimAssignment(by(db, labelerId, 1_000), { rateFirst: false, leaseMs: 1_000 }))?.comparisonId;

test("rows that are read up to a number have it in the order they are committed in", async () => {
  const row = {
    projectId: testProject,
    kind: "plain",
    messages: [{ role: "user", content: "Why?" }],
    text: "Why?",
    useCase: "open QA",
  } as const;
  const add = (tx: Parameters<typeof addPrompt>[0]) =>
    addPrompt(tx, { ...row, split: "train" }, { authorId: null, now: 0 });
  const held = Promise.withResolvers<void>();
  const wrote = Promise.withResolvers<void>();
  const first = transaction(db, async (tx) => {
    const id = await add(tx);
    wrote.resolve();
    await held.promise;
    return id;
  });
  await wrote.promise;
  let isSecondDone = false;
  const second = transaction(db, add).then((id) => {
    isSecondDone = true;
    return id;
  });
  // Until the server says that the second waits for the first.
  for (;;) {
    const waiting = await ormOf(db).all<[number]>(
      sql.raw("select 1 from pg_locks where locktype = 'advisory' and not granted"),
    );
    if (waiting.length > 0) break;
  }
  const before = await currentWatermark(ormOf(db));
  expect([isSecondDone, before.prompt]).toEqual([false, 0]);
  held.resolve();
  const ids = [await first, await second];
  const rows = await ormOf(db).select({ id: schema.prompt.id }).from(schema.prompt).orderBy(schema.prompt.seq).all();
  expect(rows.map(({ id }) => id)).toEqual(ids);
});

test("a connection that is lost within a change undoes it and is one sentence; the next one is another", async () => {
  const lost = transaction(db, async (tx) => {
    await tx.insert(setting).values({ name: "a", value: "1" }).run();
    const [pid] = (await tx.values<[number]>(sql.raw("select pg_backend_pid()")))[0] ?? [];
    await killer(`select pg_terminate_backend(${pid})`);
    await tx.insert(setting).values({ name: "b", value: "1" }).run();
  });
  const error = await lost.catch((error: unknown) => error);
  expect([diskTroubleOf(error), (error as Error).message]).toEqual(["unreachable", "The database does not answer."]);
  await put("c", "1");
  expect(await ormOf(db).select().from(setting).all()).toEqual([{ name: "c", value: "1" }]);
});

test("on a full disk a change is refused as one, and changes nothing; with room again work goes on", async (context) => {
  const disk = mountSmallDisk(64);
  if (!disk) return context.skip("this user may not mount a tmpfs, and no other way gives a real ENOSPC here");
  const name = `disk_${randomBytes(4).toString("hex")}`;
  if (serverUser !== undefined) chownSync(disk.path, serverUser, serverUser);
  await killer(`create tablespace ${name} location '${disk.path}'`);
  const address = await newDatabaseOn(process.env.RANKLOOP_TEST_POSTGRES ?? "", { tables: true, tablespace: name });
  const full = openDatabase(address);
  try {
    let writes = 0;
    const write = () =>
      transaction(full, async (tx) => {
        writes++;
        // Two rows, so that the first may find room where the second finds none.
        for (const half of ["a", "b"])
          await tx
            .insert(setting)
            .values({ name: `${writes}${half}`, value: randomBytes(6_000).toString("base64") })
            .run();
      });
    const rows = async () => (await runSql(full, "select name from setting")).length;
    await write();
    disk.fill();
    let stored = 1;
    let error: unknown;
    while (error === undefined) {
      await write().then(
        () => stored++,
        (reason) => {
          error = reason;
        },
      );
    }
    expect([diskTroubleOf(error), (error as { code?: string }).code]).toEqual(["full", "53100"]);
    expect(inWords(error, nameOf(full))).toMatchObject({
      message: expect.stringMatching(
        /^postgres:\/\/\S+ cannot grow, because its disk is full: make room, then try again\.$/,
      ),
    });
    expect(await rows()).toBe(2 * stored);
    disk.free();
    await write();
    expect(await rows()).toBe(2 * stored + 2);
  } finally {
    await closeDatabase(full);
    await dropDatabaseOf(address);
    await killer(`drop tablespace ${name}`);
    disk.unmount();
  }
});

test("a wrong password, an address that is none, and a migration that fails half-way are one sentence each", async () => {
  const elsewhere = (change: (url: URL) => void) => {
    const url = new URL(db.file);
    change(url);
    return url.href;
  };
  await expect(migrate(elsewhere((url) => (url.pathname = "/nowhere")))).rejects.toThrow(
    /^postgres:\/\/\S+\/nowhere cannot be reached: database "nowhere" does not exist$/,
  );
  await expect(migrate(elsewhere((url) => (url.username = "eve")))).rejects.toThrow(
    /^postgres:\/\/\S+ cannot be reached: role "eve" does not exist$/,
  );
  vi.stubEnv("RANKLOOP_DATABASE", "mysql://ada@host/rankloop");
  expect(() => databaseAddress()).toThrow("RANKLOOP_DATABASE is no address like postgres://user:password@host/name.");
  vi.unstubAllEnvs();
  // As a version before this one would have left it, had it known these tables: the second migration cannot be applied.
  await runSql(db, "delete from migration where applied_at = (select max(applied_at) from migration)");
  const before = await contentsOf(db);
  const applied = await runSql(db, "select hash from migration");
  await expect(migrate(db.file)).rejects.toThrow(/already exists$/);
  expect(await contentsOf(db)).toEqual(before);
  expect(await runSql(db, "select hash from migration")).toEqual(applied);
});

/** From another connection. */
async function killer(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: db.file });
  await client.connect();
  await client.query(text);
  await client.end();
}

test("a server that is not there, and one that a later version has written, are one sentence each", async () => {
  const nowhere = "postgres://ada:secret@127.0.0.1:1/rankloop";
  await expect(migrate(nowhere)).rejects.toThrow(
    /^postgres:\/\/127\.0\.0\.1:1\/rankloop cannot be reached: .*ECONNREFUSED/,
  );
  await ormOf(db).run(sql.raw("insert into migration values ('of the future', 1)"));
  await expect(migrate(db.file)).rejects.toThrow(/written by a newer version of Rankloop: use that one\.$/);
  expect(openDatabase(db.file)).toBe(db);
});

/** What brings a database of that engine to the version before projects. */
const beforeProjects = (engine: "migrations" | "migrations-postgres") => {
  const all = readMigrationFiles({ migrationsFolder: path.join(import.meta.dirname, "..", engine) });
  return all.slice(0, engine === "migrations" ? 15 : 5);
};

test("a server's database of the version before projects becomes what a file with the same rows becomes", async () => {
  const file = openDatabase(path.join(directory, "before.sqlite"), { create: true });
  const sqlite = driverOf(file);
  sqlite.pragma("foreign_keys = OFF");
  sqlite.exec(gunzipSync(readFileSync(path.join(import.meta.dirname, "..", "before-projects.sql.gz"))).toString());
  const applied = Number(sqlite.prepare("select count(*) from migration").pluck().get());
  for (const { sql: statements, hash } of beforeProjects("migrations").slice(applied)) {
    for (const statement of statements) sqlite.exec(statement);
    sqlite.prepare("insert into migration values (?, 1)").run(hash);
  }
  sqlite.exec(
    "insert into api_token (id, name, hash, scope, user_id, created_at) select 't', 'T', 'h', 'serving', id, 1 from user limit 1",
  );

  const address = await newDatabaseOn(db.file, { tables: false });
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  await client.query("create table migration (hash text primary key, applied_at bigint not null)");
  for (const { sql: statements, hash } of beforeProjects("migrations-postgres")) {
    for (const statement of statements) await client.query(statement);
    await client.query("insert into migration values ($1, 1)", [hash]);
  }
  // In any order: references are as whole as they were in the file.
  await client.query("set session_replication_role = replica");
  const names = sqlite
    .prepare<[], string>("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all()
    .filter((name) => name !== "migration");
  const then = new Map(names.map((name) => [name, sqlite.prepare<[], object>(`select * from "${name}"`).all()]));
  for (const [name, rows] of then) {
    await client.query(`delete from "${name}"`);
    for (const row of rows) {
      const columns = Object.keys(row);
      const places = columns.map((_, i) => `$${i + 1}`).join();
      await client.query(`insert into "${name}" ("${columns.join('","')}") values (${places})`, Object.values(row));
    }
  }
  await client.end();
  await closeDatabase(file);

  await migrate(file.file);
  await migrate(address);
  const [here, there] = [openDatabase(file.file), openDatabase(address)];
  const contents = await contentsOf(there);
  expect(contents).toEqual(await contentsOf(here));
  expect(contents.project).toMatchObject([{ id: "first", seq: 1 }]);
  for (const [name, rows] of then) {
    if (name === "setting") continue;
    expect([name, contents[name]?.length]).toEqual([name, rows.length]);
    expect([name, rows.length > 0]).toEqual([name, true]);
  }
  await expect(runSql(there, "delete from event")).rejects.toThrow("Events are kept as they are.");
  await closeDatabase(here);
  await closeDatabase(there);
  await dropDatabaseOf(address);
});
