// SQLite: one connection writes, one change at a time, and another one reads what is committed, so that nobody sees half a
// change while its body awaits.
import { AsyncLocalStorage } from "node:async_hooks";
import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import BetterSqlite3 from "better-sqlite3";
import { sql } from "drizzle-orm";
import {
  type Durability,
  type Engine,
  type Fill,
  type Orm,
  ormOver,
  pastChange,
  type RunStatement,
  type Search,
  Turns,
} from "./orm.ts";

/** How long a change waits for another process that writes, before it is given up. */
const patienceMs = 5_000;

/** Prepared statements kept per connection; lists of ids make some that never come again. */
const statementsKept = 500;

/** The size of the log, in bytes, above which writers wait until all of it is in the database file. */
const logBytes = 16_000_000;

export class SqliteEngine implements Engine {
  readonly writer: BetterSqlite3.Database;
  /** Reads what is committed; a single write through it is a change of its own. */
  readonly orm: Orm;
  readonly #file: string;
  readonly #tx: Orm;
  readonly #turns = new Turns();
  readonly #changing = new AsyncLocalStorage<true>();
  #reader: BetterSqlite3.Database | undefined;

  /** @param durability of single statements */
  constructor(file: string, durability: Durability) {
    this.#file = file;
    this.writer = new BetterSqlite3(file);
    try {
      this.#prepare(durability);
    } catch (error) {
      this.writer.close();
      throw error;
    }
    const write = statements(() => this.writer);
    const read = statements(() => this.#reading());
    this.#tx = ormOver(write, { fill: fillOver(this.writer) });
    this.orm = ormOver(async (text, params, method) => {
      this.#refuseWithin();
      return /^\s*(select|with)\b/i.test(text)
        ? read(text, params, method)
        : this.#turns.take(() => whenUnlocked(() => write(text, params, method)));
    });
  }

  #refuseWithin(): void {
    if (this.#changing.getStore()) throw new Error(pastChange);
  }

  #prepare(durability: Durability): void {
    // Before journal_mode: two processes that open a new file together both want to switch it.
    this.writer.pragma(`busy_timeout = ${patienceMs}`);
    this.writer.pragma("journal_mode = WAL");
    this.writer.pragma(`synchronous = ${durability === "checkpoint" ? "NORMAL" : "FULL"}`);
    // Whoever answers people leaves it to checkpointLog: copying the log into the file costs an fsync or two.
    if (durability !== "checkpoint") this.writer.pragma("wal_autocheckpoint = 0");
    this.writer.pragma("foreign_keys = ON");
    this.writer.pragma("cache_size = -16000");
    // From here on `whenUnlocked` waits, and lets the thread go on.
    this.writer.pragma("busy_timeout = 0");
  }

  #reading(): BetterSqlite3.Database {
    if (this.#reader) return this.#reader;
    this.#reader = new BetterSqlite3(this.#file, { readonly: true });
    this.#reader.pragma(`busy_timeout = ${patienceMs}`);
    this.#reader.pragma("cache_size = -32000");
    return this.#reader;
  }

  /**
   * Run an atomic change. BEGIN IMMEDIATE, so that what it reads is still true when it writes. Another process that holds
   * the lock delays this change and nobody's reads.
   */
  async change<T>(body: (tx: Orm) => Promise<T>, durability: Durability): Promise<T> {
    this.#refuseWithin();
    return this.#turns.take(async () => {
      const before = this.writer.pragma("synchronous", { simple: true });
      if (durability === "checkpoint") this.writer.pragma("synchronous = NORMAL");
      try {
        await whenUnlocked(async () => this.writer.exec("begin immediate"));
        const result = await this.#changing.run(true, body, this.#tx);
        this.writer.exec("commit");
        return result;
      } finally {
        if (this.writer.inTransaction) this.writer.exec("rollback");
        this.writer.pragma(`synchronous = ${before}`);
      }
    });
  }

  async snapshot<T>(body: (orm: Orm) => Promise<T>): Promise<T> {
    const reader = new BetterSqlite3(this.#file, { readonly: true });
    try {
      reader.exec("begin");
      return await body(ormOver(statements(() => reader)));
    } finally {
      reader.close();
    }
  }

  search(words: readonly string[]): Search {
    const match = sql`prompt_words match ${words.map((word) => `"${word}"*`).join(" ")}`;
    return {
      // In this order alone matches come one by one, and a page of the newest is read of a million without the others.
      from: sql`prompt_words cross join prompt on prompt.seq = prompt_words.rowid`,
      where: match,
      holds: sql`exists (select 1 from prompt_words where ${match} and prompt_words.rowid = prompt.seq)`,
      seq: sql`prompt_words.rowid`,
    };
  }

  refill<T>(_tables: readonly string[], body: (tx: Orm) => Promise<T>): Promise<T> {
    return this.change(body, "commit");
  }

  /** SQLite knows of none: the launcher's lock does. */
  async others(): Promise<number> {
    return 0;
  }

  /** SQLite tells other processes nothing, and one indexed read costs some microseconds. */
  async *notices(_of: string, everyMs: number, signal?: AbortSignal): AsyncGenerator<void, void, undefined> {
    while (!signal?.aborted) {
      yield;
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  /**
   * Copies what the write-ahead log holds into the database file; readers and writers of other processes go on meanwhile.
   * Where some write without a pause that never comes to an end, and the log would grow for ever: so that a long one is cut
   * while they wait, for as long as the last of it takes.
   */
  tidy(): Promise<void> {
    return this.#turns.take(async () => {
      this.writer.pragma("wal_checkpoint(PASSIVE)");
      const { size = 0 } = statSync(`${this.#file}-wal`, { throwIfNoEntry: false }) ?? {};
      if (size <= logBytes) return;
      // Who waits here for a slow reader keeps the writers waiting: rather another try a little later.
      this.writer.pragma("busy_timeout = 1000");
      try {
        this.writer.pragma("wal_checkpoint(TRUNCATE)");
      } finally {
        this.writer.pragma("busy_timeout = 0");
      }
    });
  }

  /** Leaves no log beside the file. */
  asOneFile(): void {
    this.#reader?.close();
    this.#reader = undefined;
    this.writer.pragma("journal_mode = DELETE");
  }

  close(): void {
    this.#reader?.close();
    this.writer.close();
  }
}

/** Runs statements on a connection, each prepared once. */
function statements(connection: () => BetterSqlite3.Database): RunStatement {
  const kept = new Map<string, BetterSqlite3.Statement<unknown[]>>();
  const statement = (text: string) => {
    const open = connection();
    const known = kept.get(text);
    const prepared = known?.database === open ? known : open.prepare<unknown[]>(text);
    kept.delete(text);
    kept.set(text, prepared);
    const [oldest] = kept.keys();
    if (kept.size > statementsKept && oldest !== undefined) kept.delete(oldest);
    return prepared;
  };
  return async (text, params, method) => {
    const prepared = statement(text);
    if (!prepared.reader) return { changes: prepared.run(...params).changes };
    prepared.raw(true);
    return { rows: method === "get" ? prepared.get(...params) : prepared.all(...params) };
  };
}

/** A statement of one row, prepared once and run for each. */
function fillOver(writer: BetterSqlite3.Database): Fill {
  const kept = new Map<string, BetterSqlite3.Statement<unknown[]>>();
  return async ({ table, columns, rows }) => {
    const names = columns.map(({ name }) => `"${name}"`).join();
    const text = `insert into "${table}" (${names}) values (${columns.map(() => "?").join()})`;
    const insert = kept.get(text) ?? writer.prepare<unknown[]>(text);
    kept.set(text, insert);
    for (const row of rows) insert.run(row);
  };
}

const isBusy = (error: unknown) => error instanceof BetterSqlite3.SqliteError && error.code.startsWith("SQLITE_BUSY");

/** Waits for a lock without blocking the thread, as SQLite's own way of waiting would. */
async function whenUnlocked<T>(work: () => Promise<T>): Promise<T> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error;
      await sleep(1 + Math.random() * 9);
    }
  }
}
