// PostgreSQL: a pool of connections, changes as serialisable transactions that are run again where two of them collide.
// Processes on several machines may work in one database: claims pass over what another transaction has locked, and NOTIFY
// tells of changes.
import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { SQLiteAsyncDialect, type SQLiteColumn, type SQLiteInsertConfig } from "drizzle-orm/sqlite-core";
import pg from "pg";
import { unreachableCode } from "../disk-trouble.ts";
import {
  type Durability,
  type Engine,
  type Fill,
  type Orm,
  ormOver,
  pastChange,
  type RunStatement,
  type Search,
  skipLocked,
  Turns,
  valuesOfList,
} from "./orm.ts";

/** How long, and how often at least, a change is tried again while others collide with it. */
const patienceMs = 30_000;
const patienceTries = 20;

/** By which the connections of a process are known to others. */
const processName = `rankloop ${process.pid}@${hostname()}`.slice(0, 63);

/** Nobody waits longer for a notice: time alone makes a job free, and a connection may be lost without a word. */
const longestQuietMs = 1_000;

/** Two changes that could not both be true one after the other; a deadlock, which PostgreSQL ends. */
const collisions = new Set(["40001", "40P01"]);

/** A row that is there already: of two changes that both looked before they inserted it, the second may hear this. */
const isThere = "23505";

/** SQLite's flavour of drizzle with PostgreSQL's words where the two differ. */
class PostgresDialect extends SQLiteAsyncDialect {
  override escapeParam(place: number): string {
    return `$${place + 1}`;
  }

  override sqlToQuery(...args: Parameters<SQLiteAsyncDialect["sqlToQuery"]>) {
    const query = super.sqlToQuery(...args);
    const text = withPlainTarget(query.sql)
      .replaceAll(skipLocked, skipLocked.slice(2, -2))
      .replaceAll(`${valuesOfList}(`, "json_array_elements_text(");
    return { ...query, sql: text };
  }

  /** A serial number is left out in SQLite by null. */
  override buildInsertQuery(config: SQLiteInsertConfig) {
    const { table, values } = config;
    if (!Array.isArray(values)) return super.buildInsertQuery(config);
    const columns = (table as unknown as Record<symbol, Record<string, SQLiteColumn>>)[columnsOf] ?? {};
    const serial = Object.entries(columns).filter(([, column]) => "autoIncrement" in column && column.autoIncrement);
    const rows = values.map((row) => ({
      ...Object.fromEntries(serial.map(([name]) => [name, sql`default`])),
      ...row,
    }));
    return super.buildInsertQuery({ ...config, values: rows });
  }
}

/** SQLite takes the columns of a conflict with the name of their table, PostgreSQL alone. */
const withPlainTarget = (text: string): string =>
  text.replace(/ on conflict \([^)]*\)/, (target) => target.replace(/"\w+"\."/g, '"'));

const columnsOf = Symbol.for("drizzle:Columns");

/** Counts and sums are of 8 bytes or more there, and come as text; of a condition SQLite says 0 or 1. */
const types = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === pg.types.builtins.INT8 || oid === pg.types.builtins.NUMERIC) return Number;
    if (oid === pg.types.builtins.BOOL) return (text: string) => (text === "t" ? 1 : 0);
    return pg.types.getTypeParser(oid, format as "text");
  },
};

export class PostgresEngine implements Engine {
  /** Reads what is committed; a single write through it is a change of its own. */
  readonly orm: Orm;
  readonly pool: pg.Pool;
  readonly #dialect = new PostgresDialect({ casing: "snake_case" });
  readonly #durability: Durability;
  readonly #changing = new AsyncLocalStorage<true>();
  readonly #afterCollision = new Turns();
  readonly #notices: Notices;
  #closed: Promise<unknown> | undefined;
  /** One for each connection, so that a query is built once for it. */
  readonly #orms = new WeakMap<pg.PoolClient, Orm>();

  constructor(address: string, durability: Durability) {
    this.#durability = durability;
    this.pool = new pg.Pool({ connectionString: address, application_name: processName, types, max: 20 });
    this.#notices = new Notices(address);
    // Of a connection that is lost while nobody uses it: the next one who asks gets another.
    this.pool.on("error", () => {});
    // And while somebody does, who then hears it from their statement: an event that nobody hears would end the process.
    this.pool.on("connect", (client) => client.on("error", () => {}));
    const run = statementsOver(this.pool);
    this.orm = ormOver(
      async (...statement) => {
        if (this.#changing.getStore()) throw new Error(pastChange);
        return run(...statement);
      },
      { dialect: this.#dialect },
    );
  }

  async change<T>(body: (tx: Orm) => Promise<T>, durability: Durability): Promise<T> {
    if (this.#changing.getStore()) throw new Error(pastChange);
    try {
      return await this.#once(body, durability);
    } catch (error) {
      if (!collisions.has(codeOf(error) ?? "") && codeOf(error) !== isThere) throw error;
    }
    // Of this process one at a time tries again: a hundred at once would collide with each other until none is left in time.
    return this.#afterCollision.take(async () => {
      const until = Date.now() + patienceMs;
      for (let tries = 1; ; tries++) {
        try {
          return await this.#once(body, durability);
        } catch (error) {
          // Also on a machine where a try takes seconds there are some.
          if (!collisions.has(codeOf(error) ?? "") || (Date.now() > until && tries >= patienceTries)) throw error;
        }
        await sleep(1 + Math.random() * 19);
      }
    });
  }

  async #once<T>(body: (tx: Orm) => Promise<T>, durability: Durability): Promise<T> {
    const client = await this.pool.connect().catch(throwTrouble);
    try {
      return await this.#over(client, body, durability);
    } finally {
      client.release();
    }
  }

  async #over<T>(client: pg.PoolClient, body: (tx: Orm) => Promise<T>, durability: Durability): Promise<T> {
    // A whole table that is read collides with whoever writes a row of it; as long as there are no statistics, all are read whole.
    await client.query("begin isolation level serializable; set local enable_seqscan = off").catch(throwTrouble);
    try {
      if ([durability, this.#durability].includes("checkpoint"))
        await client.query("set local synchronous_commit = off");
      const result = await this.#changing.run(true, body, this.#ormOf(client));
      await client.query("commit").catch(throwTrouble);
      return result;
    } catch (error) {
      // The connection may be what failed; then the server has undone it already.
      await client.query("rollback").catch(() => {});
      throw error;
    }
  }

  #ormOf(client: pg.PoolClient): Orm {
    const known = this.#orms.get(client);
    if (known) return known;
    const orm = ormOver(statementsOver(client), { fill: fillOver(client), dialect: this.#dialect });
    this.#orms.set(client, orm);
    return orm;
  }

  async snapshot<T>(body: (orm: Orm) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      await client.query("begin isolation level repeatable read read only");
      return await body(this.#ormOf(client));
    } finally {
      await client.query("rollback").catch(() => {});
      client.release();
    }
  }

  search(words: readonly string[]): Search {
    const wanted = words.map((word) => `'${word}':*`).join(" & ");
    // In the words of the index prompt_words.
    const holds = sql`words_of(prompt.text) @@ to_tsquery('simple', ${wanted})`;
    return {
      from: sql`prompt`,
      where: holds,
      holds,
      seq: sql`prompt.seq`,
    };
  }

  refill<T>(tables: readonly string[], body: (tx: Orm) => Promise<T>): Promise<T> {
    return this.change(async (tx) => {
      for (const name of tables) await tx.run(sql.raw(`alter table "${name}" disable trigger user`));
      const result = await body(tx);
      for (const name of tables) {
        await tx.run(sql.raw(`alter table "${name}" enable trigger user`));
        // Of what is numbered by itself the next comes after the last.
        const [serial] = await tx.values<[string | null]>(
          sql`select case when exists (select 1 from information_schema.columns where table_schema = current_schema
            and table_name = ${name} and column_name = 'seq') then pg_get_serial_sequence(quote_ident(${name}), 'seq') end`,
        );
        if (serial?.[0])
          await tx.values(
            sql`select setval(${serial[0]}, coalesce(max(seq), 1), max(seq) is not null) from ${sql.identifier(name)}`,
          );
      }
      return result;
    }, "commit");
  }

  notices(of: string, _everyMs: number, signal?: AbortSignal): AsyncGenerator<void, void, undefined> {
    return this.#notices.of(of, signal);
  }

  async others(): Promise<number> {
    const [row] = await this.orm.values<[number]>(
      sql`select count(distinct application_name) from pg_stat_activity where datname = current_database()
        and application_name like 'rankloop %' and application_name <> ${processName}`,
    );
    return row?.[0] ?? 0;
  }

  /** PostgreSQL tidies up by itself. */
  async tidy(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed ??= Promise.all([this.#notices.close(), this.pool.end()]);
    await this.#closed;
  }
}

/** What NOTIFY of the triggers in db/migrations-postgres tells: the ids of rows that have changed. */
class Notices {
  readonly #address: string;
  readonly #waiting = new Map<string, Set<() => void>>();
  #listening: Promise<pg.Client> | undefined;

  constructor(address: string) {
    this.#address = address;
  }

  async *of(id: string, signal?: AbortSignal): AsyncGenerator<void, void, undefined> {
    let notice = Promise.withResolvers<void>();
    const wake = () => notice.resolve();
    const mine = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, mine.add(wake));
    signal?.addEventListener("abort", wake);
    try {
      while (!signal?.aborted) {
        // Before the look that follows, so that nothing falls between the two.
        await this.#listen();
        notice = Promise.withResolvers();
        if (signal?.aborted) return;
        yield;
        const late = setTimeout(wake, longestQuietMs);
        await notice.promise;
        clearTimeout(late);
      }
    } finally {
      signal?.removeEventListener("abort", wake);
      mine.delete(wake);
      if (mine.size === 0) this.#waiting.delete(id);
    }
  }

  /** Where no connection is to be had, whoever waits looks from time to time. */
  async #listen(): Promise<void> {
    this.#listening ??= this.#connect();
    await this.#listening.catch(() => {
      this.#listening = undefined;
    });
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.#address, application_name: processName, keepAlive: true });
    client.on("notification", ({ payload }) => {
      for (const wake of this.#waiting.get(payload ?? "") ?? []) wake();
    });
    const lost = () => {
      this.#listening = undefined;
      // What was told meanwhile nobody has heard.
      for (const wakes of this.#waiting.values()) for (const wake of wakes) wake();
    };
    client.on("error", lost);
    await client.connect();
    await client.query("listen rankloop");
    client.on("end", lost);
    return client;
  }

  async close(): Promise<void> {
    const client = await this.#listening?.catch(() => undefined);
    await client?.end();
  }
}

/** Statements that a connection has once prepared it keeps by their names. */
function statementsOver(connection: pg.Pool | pg.PoolClient): RunStatement {
  const names = new Map<string, string>();
  const nameOf = (text: string) => {
    const known = names.get(text);
    if (known) return known;
    const name = createHash("sha256").update(text).digest("hex").slice(0, 32);
    // Lists of ids make some that never come again.
    if (names.size < 500) names.set(text, name);
    return name;
  };
  return async (text, params, method) => {
    const statement = { text, values: params, rowMode: "array" as const };
    const name = text.length < 2_000 ? nameOf(text) : undefined;
    const { rows, rowCount, fields } = await connection
      .query(name ? { ...statement, name } : statement)
      .catch(throwTrouble);
    if (fields.length === 0) return { changes: rowCount ?? 0, rows: [] };
    return { rows: method === "get" ? rows[0] : rows, changes: rowCount ?? 0 };
  };
}

const arrays: Record<string, string> = { text: "text[]", integer: "bigint[]", real: "double precision[]" };

/** One statement, whatever the number of rows: each column comes as an array. */
const fillOver =
  (client: pg.PoolClient): Fill =>
  async ({ table, columns, rows }) => {
    const names = columns.map(({ name }) => `"${name}"`).join();
    const lists = columns.map(({ type }, at) => `$${at + 1}::${arrays[type]}`).join();
    const values = columns.map((_, at) => rows.map((row) => row[at]));
    const text = `insert into "${table}" (${names}) select * from unnest(${lists})`;
    await client.query(text, values).catch(throwTrouble);
  };

/** Of connections that fail or are ended, by the system's code or the server's; of one that ends by itself pg says it in words. */
const lostConnection = /^(E[A-Z_]+|57P0[123]|53300|08\d\d\d)$/;

function throwTrouble(error: unknown): never {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (!lostConnection.test(code) && !/^(Connection terminated|Client has encountered a connection error)/.test(message))
    throw error;
  throw Object.assign(new Error("The database does not answer.", { cause: error }), { code: unreachableCode });
}

const codeOf = (error: unknown): string | undefined => (error instanceof pg.DatabaseError ? error.code : undefined);
