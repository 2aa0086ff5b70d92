// One drizzle over every engine: queries are written once, in SQLite's flavour of drizzle, and an engine runs their text.
import { getTableColumns, type Placeholder, type SQL, sql } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import type { BaseSQLiteDatabase, SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { getTableConfig, SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { SQLiteRemoteSession, SqliteRemoteDatabase } from "drizzle-orm/sqlite-proxy";

/** Written is the result of a statement without rows. */
export interface Written {
  /** Rows that were inserted, updated or deleted. */
  changes: number;
}

/** Orm is what queries are written with. Every call is awaited, because the engine may be a server. */
export type Orm = BaseSQLiteDatabase<"async", Written>;

/**
 * Run one statement. Rows are arrays, a value for each column: all of them, or for "get" the first alone (undefined
 * where there is none).
 */
export type RunStatement = (
  text: string,
  params: unknown[],
  method: "run" | "all" | "get" | "values",
) => Promise<Partial<Written> & { rows?: unknown }>;

/** Filling is many rows of one table, with the names that it and its columns have in the database. */
export interface Filling {
  table: string;
  columns: readonly { name: string; type: string }[];
  /** A value for each column. */
  rows: readonly (readonly unknown[])[];
}

/** Runs one insert of all these rows. Names are ours, and need no quoting but the engine's. */
export type Fill = (filling: Filling) => Promise<void>;

/** Where a transaction keeps its own: a symbol of the process, because a bundler may load this module twice in one. */
const fillOf = Symbol.for("rankloop.fill");
type Filled = { [fillOf]?: Fill };

/**
 * Inserts many rows with the same fields, in their order. Drizzle builds a statement of them piece by piece, which takes
 * longer than the database takes to run it; here the engine gets the values as they are.
 */
export async function insertRows<T extends SQLiteTable>(
  orm: Orm,
  table: T,
  rows: readonly T["$inferInsert"][],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.entries(getTableColumns(table)).filter(([field]) => field in first);
  const fill = (orm as Filled)[fillOf];
  if (!fill) throw new Error("Rows are inserted through the tx of a change.");
  await fill({
    table: getTableConfig(table).name,
    columns: columns.map(([, column]) => ({
      name: column.keyAsName ? toSnakeCase(column.name) : column.name,
      type: column.getSQLType(),
    })),
    rows: rows.map((row) =>
      columns.map(([field, column]) => {
        const value = (row as Record<string, unknown>)[field] ?? null;
        return value === null ? null : column.mapToDriverValue(value);
      }),
    ),
  });
}

/** What SQLite calls the values of a JSON list; PostgreSQL's engine has another word for it. */
export const valuesOfList = "json_each";

/** A condition: the column has one of these values, however many: they are one parameter, and the statement stays the same. */
export const isAmong = (column: SQLiteColumn, values: readonly string[]): SQL =>
  sql`${column} in (select value from ${sql.raw(valuesOfList)}(${JSON.stringify(values)}))`;

/**
 * `commit`: a change that returned survives SIGKILL and loss of power, for an fsync.
 * `checkpoint`: it survives SIGKILL, and a loss of power may take the last moments.
 */
export type Durability = "commit" | "checkpoint";

/** SQLite, where one change is made at a time, takes it for a comment; PostgreSQL's engine makes SQL of it. */
export const skipLocked = "/* for update skip locked */";

/**
 * As in `.limit(oneUnlocked)`: the first row that no other change has locked, which this one locks. Null says little: the
 * row may be free again in a moment.
 */
export const oneUnlocked = sql`1 ${sql.raw(skipLocked)}` as unknown as Placeholder;

/** A Search is where the prompts are that hold some words: pieces of a query on `prompt` (under that name). */
export interface Search {
  from: SQL;
  where: SQL;
  /** The same asked of one prompt after the other, in a query that finds them in another way. */
  holds: SQL;
  /** The order of writing, by which the index is read: no other column orders as fast. */
  seq: SQL;
}

/** An Engine is what one kind of database does in its own way. */
export interface Engine {
  /** Reads what is committed; a single write through it is a change of its own. Within a change it refuses. */
  readonly orm: Orm;
  /** Runs an atomic change: what it reads is still true when it is committed. `body` may be run again from the start. */
  change<T>(body: (tx: Orm) => Promise<T>, durability: Durability): Promise<T>;
  /** Reads as of one moment, whatever others write meanwhile. */
  snapshot<T>(body: (orm: Orm) => Promise<T>): Promise<T>;
  /** A change that fills these tables from outside: rows come in as they are, numbers and all, and no trigger runs. */
  refill<T>(tables: readonly string[], body: (tx: Orm) => Promise<T>): Promise<T>;
  /** Finds prompts by the beginnings of words, in its full-text index. @param words letters and digits alone */
  search(words: readonly string[]): Search;
  /**
   * Yields at once, and then whenever the rows of this id may have changed, until the signal fires: whoever reads at each
   * misses nothing. "job": whenever one may be free to be taken.
   * @param everyMs between two looks, where nobody tells
   */
  notices(of: string, everyMs: number, signal?: AbortSignal): AsyncGenerator<void, void, undefined>;
  /** How many other processes work in it, where that can be told. */
  others(): Promise<number>;
  /** Shrinks what grows with every change, such as SQLite's log. */
  tidy(): Promise<void>;
  close(): void | Promise<void>;
}

/** The error of a call past the `tx` of a change: a write would wait for its own change for ever, and a read would miss it. */
export const pastChange = "Within a change everything is read and written over its tx.";

/** A session that throws the engine's own errors: those of drizzle would carry people's texts into the logs. */
class PlainSession extends SQLiteRemoteSession<Record<string, never>, Record<string, never>> {
  override prepareQuery(
    ...args: Parameters<SQLiteRemoteSession<Record<string, never>, Record<string, never>>["prepareQuery"]>
  ) {
    const query = super.prepareQuery(...args);
    return Object.assign(query, { queryWithCache: (_text: string, _params: unknown[], run: () => unknown) => run() });
  }
}

/** Column names are written in camelCase in the schema and in snake_case in the database. */
export function ormOver(
  run: RunStatement,
  {
    fill,
    dialect = new SQLiteAsyncDialect({ casing: "snake_case" }),
  }: { fill?: Fill; dialect?: SQLiteAsyncDialect } = {},
): Orm {
  // drizzle's type says that a statement always has rows; its code passes on what it gets.
  const session = new PlainSession(run as never, dialect, undefined);
  const orm = new SqliteRemoteDatabase("async", dialect, session, undefined) as unknown as Orm;
  return fill ? Object.assign(orm, { [fillOf]: fill }) : orm;
}

/** Turns runs changes one after the other: each begins when the one before has ended, with or without an error. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {});
    return mine;
  }
}
