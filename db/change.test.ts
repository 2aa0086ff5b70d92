import { eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bySystem, change, changeOnce, type PersonScope, textHash } from "./change.ts";
import { type Database, isPostgres, ormOf } from "./client.ts";
import { temporaryDatabase, testProject } from "./database.fixture.ts";
import { event, setting } from "./schema/index.ts";

let db: Database;
let remove: () => void;
let ada: PersonScope;
beforeEach(async () => {
  ({ db, remove } = await temporaryDatabase());
  ada = { db, project: testProject, actor: { kind: "user", id: "ada", role: "reviewer" }, now: 7 };
});
afterEach(() => remove());

const events = () => ormOf(db).select().from(event).all();
const rename = { verb: "model.rename", subject: "m", before: { name: "a" }, after: { name: "b" } } as const;

test("an event says who did what to what, in what capacity and when, and stands or falls with its change", async () => {
  await change(ada, async (_tx, tell) => tell({ ...rename, partOf: "p" }));
  await change({ ...ada, actor: { kind: "worker", id: "w1" }, now: 8 }, async (_tx, tell) => tell(rename));
  await change(bySystem(db, 9), async (_tx, tell) => tell({ ...rename, before: null }));
  const failing = change(ada, async (tx, tell) => {
    await tell(rename);
    await tx.insert(setting).values({ name: "a", value: "1" }).run();
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await events()).toEqual([
    {
      seq: 1,
      at: 7,
      projectId: testProject,
      actorId: "ada",
      capacity: "reviewer",
      verb: "model.rename",
      subjectKind: "model",
      subjectId: "m",
      partOf: "p",
      before: '{"name":"a"}',
      after: '{"name":"b"}',
    },
    expect.objectContaining({ at: 8, actorId: "w1", capacity: "worker", partOf: null }),
    expect.objectContaining({ at: 9, actorId: null, capacity: "system", before: null }),
  ]);
});

test("what changes nothing is not told", async () => {
  await change(ada, async (_tx, tell) => tell({ ...rename, after: { name: "a" } }));
  expect(await events()).toEqual([]);
});

test("a request that is sent twice is told once", async () => {
  const request = { actorId: "ada", key: "k", fingerprint: "f" };
  const once = () => changeOnce({ ...ada, request }, async (_tx, tell) => tell(rename).then(() => ({ id: "m" })));
  expect([await once(), await once()]).toEqual([{ id: "m" }, { id: "m" }]);
  expect(await events()).toHaveLength(1);
});

test("events are only ever added, even by SQL", async () => {
  await change(ada, async (_tx, tell) => tell(rename));
  const before = await events();
  const onSqlite = [
    "insert or replace into event select * from event",
    "replace into event (seq, at, capacity, verb, subject_kind, subject_id) values (1, 1, 'system', 'x.y', 'x', 'y')",
  ];
  for (const statement of [
    "update event set verb = 'model.delete'",
    "delete from event",
    ...(isPostgres(db.file) ? ["truncate event"] : onSqlite),
  ]) {
    await expect(ormOf(db).run(sql.raw(statement)), statement).rejects.toThrow("Events are kept as they are.");
  }
  await expect(ormOf(db).delete(event).where(eq(event.seq, 1)).run()).rejects.toThrow("Events are kept as they are.");
  expect(await events()).toEqual(before);
});

test("of a text the hash is told, as sha256sum prints it", () => {
  expect(textHash("abc")).toBe("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
