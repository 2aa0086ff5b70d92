// For tests: a real SQLite file in a directory of its own, with the few rows most tests stand on.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { count, eq, getTableName, is, sql } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { messagesOf, type PromptContent, promptText } from "../lib/vocabulary/conversation.ts";
import type { Role } from "../lib/vocabulary/labeling.ts";
import type { PersonScope } from "./change.ts";
import { closeDatabase, type Database, driverOf, isPostgres, type Orm, openDatabase, ormOf } from "./client.ts";
import { newId } from "./id.ts";
import { migrate } from "./migrate.ts";
import { dropDatabaseOf, newDatabaseOn } from "./postgres-server.fixture.ts";
import * as schema from "./schema/index.ts";
import { addJob as insert, type Work } from "./steps/jobs.ts";
import { addPrompt as insertPrompt } from "./steps/prompts.ts";

const { candidate, comparison, member, model, modelMetric, project, prompt, session, user } = schema;

export interface TemporaryDatabase {
  db: Database;
  directory: string;
  /** Closes it and deletes its directory. */
  remove: () => void;
}

/** The id of the project that most tests are in. */
export const testProject = "practice";

/** The bytes of a migrated SQLite file, which each test writes anew: migrations take longer than most tests. */
let migrated: Promise<Buffer> | undefined;

async function migratedBytes(): Promise<Buffer> {
  const directory = mkdtempSync(path.join(tmpdir(), "rankloop-db-"));
  try {
    const file = path.join(directory, "rankloop.sqlite");
    await migrate(file);
    closeDatabase(openDatabase(file));
    return readFileSync(file);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A database, and the project that most tests are in. */
export const inTests = (db: Database) => ({ db, project: testProject });

/**
 * A migrated database in a directory of its own: a SQLite file, or one on the server that db/postgres-server.fixture.ts started.
 * @param how.project false: there is no project in it
 */
export async function temporaryDatabase(how = { project: true }): Promise<TemporaryDatabase> {
  const directory = mkdtempSync(path.join(tmpdir(), "rankloop-db-"));
  // Every project of the tests hears of the server, and one of them means it.
  const server = process.env.RANKLOOP_TEST_ENGINE === "postgres" ? process.env.RANKLOOP_TEST_POSTGRES : undefined;
  const address = server ? await newDatabaseOn(server) : path.join(directory, "rankloop.sqlite");
  if (!server) {
    migrated ??= migratedBytes();
    writeFileSync(address, await migrated, { mode: 0o600 });
  }
  const db = openDatabase(address);
  if (how.project) await addProject(db, testProject);
  return {
    db,
    directory,
    remove: () => {
      const closed = closeDatabase(db);
      // Hundreds of them would take minutes to delete when the server ends.
      if (server) void Promise.resolve(closed).then(() => dropDatabaseOf(address));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Runs `body` while no process is inside of a change of this file. A server locks rows alone: nobody is waited for there. */
export function whileNobodyWrites(file: string, body: () => void): void {
  if (isPostgres(file)) {
    body();
    return;
  }
  const lock = new BetterSqlite3(file, { timeout: 60_000 });
  try {
    lock.transaction(body).immediate();
  } finally {
    lock.close();
  }
}

/** A project without anything in it. */
export async function addProject(db: Database, id = newId(), name = id): Promise<string> {
  await ormOf(db).insert(project).values({ id, name, createdAt: 0 }).run();
  return id;
}

/** Somebody in the project that most tests are in; an "admin" looks after the installation as well. */
export async function addUser(
  db: Database,
  username: string,
  role: Role = "labeler",
  projectId = testProject,
): Promise<string> {
  return insertUser(ormOf(db), username, role, projectId);
}

/** The scope of a change by somebody. */
export const by = (
  db: Database,
  id: string,
  now = Date.now(),
  role: Role = "labeler",
  project = testProject,
): PersonScope => ({
  db,
  project,
  actor: { kind: "user", id, role },
  now,
});

/** `addUser` within a change. */
export async function insertUser(
  orm: Orm,
  username: string,
  role: Role = "labeler",
  projectId = testProject,
): Promise<string> {
  const id = newId();
  const at = new Date();
  const email = `${username}@rankloop.invalid`;
  const account = { name: username, username, email, role: role === "admin" ? ("admin" as const) : ("user" as const) };
  await orm
    .insert(user)
    .values({ id, ...account, createdAt: at, updatedAt: at })
    .run();
  await orm.insert(member).values({ projectId, userId: id, role, joinedAt: at.getTime() }).run();
  return id;
}

/** A trained model of the list; its directory would be <data>/models/<id>. */
export async function addModel(
  db: Database,
  kind: "lm" | "reward" = "lm",
  id = newId(),
  metrics: Record<string, number> = {},
): Promise<string> {
  await ormOf(db)
    .insert(model)
    .values({
      id,
      projectId: testProject,
      name: `${kind} model`,
      kind,
      origin: "trained",
      directory: id,
      parameters: 1,
      context: 128,
      createdAt: 0,
    })
    .run();
  for (const [name, value] of Object.entries(metrics)) {
    await ormOf(db).insert(modelMetric).values({ modelId: id, name, value }).run();
  }
  return id;
}

/** Adds a prompt: a question, or turns. @returns its id */
export async function addPrompt(
  db: Database,
  prompt: PromptContent = "What do otters eat?",
  projectId = testProject,
): Promise<string> {
  const messages = messagesOf(prompt);
  const row = {
    projectId,
    kind: "plain",
    messages,
    text: promptText(messages),
    useCase: "open QA",
    split: "train",
  } as const;
  return insertPrompt(ormOf(db), row, { authorId: null, now: 0 });
}

/** A comparison of K candidates, to be ranked once or as often as wanted; without texts they wait to be generated, with texts they are done and ready. */
export async function addComparison(
  db: Database,
  input: {
    promptId: string;
    modelId: string;
    createdBy: string;
    k?: number;
    texts?: string[];
    wanted?: number;
    projectId?: string;
    /** What the answer in a place is drawn from, where it is something else. */
    drawn?: (position: number) => Partial<typeof candidate.$inferInsert>;
  },
): Promise<{ id: string; candidates: string[] }> {
  const { promptId, modelId, createdBy, texts } = input;
  const k = texts?.length ?? input.k ?? 4;
  const id = newId();
  const orm = ormOf(db);
  await orm
    .insert(comparison)
    .values({
      id,
      projectId: input.projectId ?? testProject,
      promptId,
      k,
      state: texts ? "ready" : "generating",
      stillWanted: input.wanted ?? 1,
      wanted: input.wanted,
      createdBy,
      createdAt: 0,
    })
    .run();
  const candidates = await Array.fromAsync({ length: k }, async (_, position) => {
    const candidateId = newId();
    const text = texts?.[position];
    await orm
      .insert(candidate)
      .values({
        id: candidateId,
        comparisonId: id,
        position,
        modelId,
        temperature: 1,
        topP: 1,
        maxTokens: 32,
        seed: position,
        state: text === undefined ? "waiting" : "done",
        text: text ?? "",
        finish: text === undefined ? null : "stop",
        ...input.drawn?.(position),
      })
      .run();
    return candidateId;
  });
  return { id, candidates };
}

type DistributiveOmit<T, Name extends PropertyKey> = T extends unknown ? Omit<T, Name> : never;

/** How far the reward model's heads disagree on each comparison that it has scored, by id. */
export async function disagreementsOf(db: Database): Promise<Map<string, number>> {
  const rows = await ormOf(db)
    .select({ id: comparison.id, disagreement: comparison.disagreement })
    .from(comparison)
    .all();
  return new Map(rows.flatMap(({ id, disagreement }) => (disagreement === null ? [] : [[id, disagreement]])));
}

/** How many prompts there are of each text, in all projects. */
export async function promptsByText(db: Database): Promise<Map<string, number>> {
  const rows = await ormOf(db).select({ text: prompt.text, count: count() }).from(prompt).groupBy(prompt.text).all();
  return new Map(rows.map((row) => [row.text, row.count]));
}

/** Adds a waiting job without a verb that asked for it. */
export async function addJob(
  db: Database,
  work: DistributiveOmit<Work, "projectId"> & { projectId?: string },
  now = Date.now(),
): Promise<string> {
  return (await insert(ormOf(db), { projectId: testProject, ...work }, now)).id;
}

/** Ends the sessions of someone: they expire, or the account is banned. */
export async function closeSessions(db: Database, username: string, how: "expire" | "ban"): Promise<void> {
  const orm = ormOf(db);
  if (how === "ban") {
    await orm.update(user).set({ banned: true }).where(eq(user.username, username)).run();
    return;
  }
  const owner = orm.select({ id: user.id }).from(user).where(eq(user.username, username));
  await orm
    .update(session)
    .set({ expiresAt: new Date(0) })
    .where(eq(session.userId, owner))
    .run();
}

/** The user name of each session in the database. */
export async function sessionsOf(db: Database): Promise<string[]> {
  const rows = await ormOf(db)
    .select({ username: user.username })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .all();
  return rows.map(({ username }) => username);
}

/** The column of session tokens as it is stored. */
export async function storedTokens(db: Database): Promise<string[]> {
  return (await ormOf(db).select({ token: session.token }).from(session).all()).map(({ token }) => token);
}

/** One statement in the words that both engines know. @returns rows, a value for each column */
export async function runSql(db: Database, text: string): Promise<unknown[][]> {
  const statement = sql.raw(text);
  if (/^select/i.test(text)) return ormOf(db).values(statement);
  await ormOf(db).run(statement);
  return [];
}

/** All rows of all tables, by the tables' names in SQL, to see whether anything has changed. */
export async function contentsOf(db: Database): Promise<Record<string, Record<string, unknown>[]>> {
  const tables = Object.values(schema).filter((one) => is(one, SQLiteTable));
  const rows = await Promise.all(
    tables.map(async (table) => {
      const all: Record<string, unknown>[] = await ormOf(db).select().from(table).all();
      // PostgreSQL gives them in any order.
      return [getTableName(table), sortedBy(all, (row) => JSON.stringify(row))] as const;
    }),
  );
  return Object.fromEntries(rows);
}

const sortedBy = <T>(rows: T[], keyOf: (row: T) => string): T[] =>
  rows
    .map((row) => [keyOf(row), row] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row);

/**
 * Mounts a small tmpfs, for a test about disks that can only be read.
 * @param prepare gets its path while it can still be written; what it returns is called with the switch to reading only
 * @returns false where this user may mount nothing: then nothing was called
 */
export async function onReadOnlyDisk(
  prepare: (disk: string) => Promise<(becomeReadOnly: () => void) => Promise<void>>,
): Promise<boolean> {
  const disk = mkdtempSync(path.join(tmpdir(), "rankloop-disk-"));
  const mount = (...args: string[]) => spawnSync("mount", args, { stdio: "ignore" }).status === 0;
  if (!mount("-t", "tmpfs", "-o", "size=16m", "tmpfs", disk)) {
    rmSync(disk, { recursive: true });
    return false;
  }
  try {
    const then = await prepare(disk);
    await then(() => {
      if (!mount("-o", "remount,ro", disk)) throw new Error("The tmpfs does not become read-only.");
    });
    return true;
  } finally {
    spawnSync("umount", [disk]);
    rmSync(disk, { recursive: true });
  }
}

/** Limits the file to a few more pages, as on a disk with hardly any room left. */
export function limitDatabase(db: Database): void {
  const pages = Number(driverOf(db).pragma("page_count", { simple: true }));
  driverOf(db).pragma(`max_page_count = ${pages + 8}`);
}

/** Makes SQLite refuse every write, with the code it has for a read-only disk. */
export function onlyReading(db: Database): void {
  driverOf(db).pragma("query_only = ON");
}
