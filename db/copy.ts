// Every row of a database into another, which may be on the other engine: how one moves to a server and back, and how a
// server's database becomes a file and is put back.
import { createHash } from "node:crypto";
import { getTableName, is, sql } from "drizzle-orm";
import { getTableConfig, type SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { type Database, nameOf, type Orm, refilled, snapshotOf } from "./client.ts";
import * as schema from "./schema/index.ts";

type Value = string | number | null;

interface Table {
  name: string;
  columns: string[];
  /** Columns of the primary key, by which pages follow each other. */
  key: string[];
}

/** Parameters of one statement: SQLite takes 32,766. */
const mostParameters = 30_000;
const pageRows = 500;

/** All tables, each after those it refers to. */
export const tablesInOrder: readonly Table[] = inOrder(
  Object.values(schema).flatMap((one) => (is(one, SQLiteTable) ? [one] : [])),
);

function inOrder(tables: SQLiteTable[]): Table[] {
  const placed = new Set<string>();
  const result: Table[] = [];
  while (result.length < tables.length) {
    const next = tables.find((table) => {
      const others = getTableConfig(table).foreignKeys.map((key) => getTableName(key.reference().foreignTable));
      const name = getTableName(table);
      return !placed.has(name) && others.every((other) => other === name || placed.has(other));
    });
    if (!next) throw new Error("Tables refer to each other in a circle: none can be filled first.");
    placed.add(getTableName(next));
    result.push(described(next));
  }
  return result;
}

function described(table: SQLiteTable): Table {
  const { name, columns, primaryKeys } = getTableConfig(table);
  const own = columns.filter(({ primary }) => primary);
  const key = own.length > 0 ? own : (primaryKeys[0]?.columns ?? []);
  return { name, columns: columns.map(inSql), key: key.map((column) => inSql(column as SQLiteColumn)) };
}

/** As drizzle's casing writes it: "createdAt" → "created_at". */
function inSql({ name }: SQLiteColumn): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const identifiers = (names: readonly string[]) =>
  sql.join(
    names.map((name) => sql.identifier(name)),
    sql`, `,
  );

/** The rows of a table, page by page. */
async function* pagesOf(orm: Orm, { name, columns, key }: Table): AsyncGenerator<Value[][], void, undefined> {
  const places = key.map((column) => columns.indexOf(column));
  for (let last: Value[] | undefined; ; ) {
    const values = last?.map((value) => sql`${value}`) ?? [];
    const after = last ? sql`where (${identifiers(key)}) > (${sql.join(values, sql`, `)})` : sql``;
    const rows = await orm.values<Value[]>(
      sql`select ${identifiers(columns)} from ${sql.identifier(name)} ${after} order by ${identifiers(key)} limit ${sql.raw(String(pageRows))}`,
    );
    if (rows.length > 0) yield rows;
    if (rows.length < pageRows) return;
    last = places.map((place) => rows.at(-1)?.[place] ?? null);
  }
}

/** How many rows a table has, and what they say, whatever order they come in: each row is another. */
class Sum {
  rows = 0;
  readonly #hash = Buffer.alloc(32);

  add(row: readonly Value[]): void {
    this.rows++;
    const hash = createHash("sha256").update(JSON.stringify(row)).digest();
    for (let i = 0; i < hash.length; i++) this.#hash[i] = (this.#hash[i] ?? 0) ^ (hash[i] ?? 0);
  }

  toString(): string {
    return `${this.rows} ${this.#hash.toString("hex")}`;
  }
}

export interface Copied {
  tables: { name: string; rows: number }[];
  /** Texts of earlier versions that held NUL, which PostgreSQL cannot keep: it is U+FFFD in the copy. */
  withoutNul: number;
}

/**
 * Fills a database with the rows of another as they are at one moment: whoever works in that one goes on. All or nothing:
 * a copy that was broken off has left no trace, and is begun anew. What the tables held before is gone. Before it counts,
 * the number of rows and a hash of each table are compared.
 * @param after is done to the copy in the same change
 * @throws Error in one sentence where a table has not arrived as it was; the other database is then as before
 */
export async function copyRows(
  from: Database,
  to: Database,
  after: (tx: Orm) => Promise<void> = async () => {},
): Promise<Copied> {
  return snapshotOf(from, (source) =>
    refilled(
      to,
      tablesInOrder.map(({ name }) => name),
      async (tx) => {
        for (const { name } of tablesInOrder.toReversed()) await tx.run(sql`delete from ${sql.identifier(name)}`);
        const copied: Copied = { tables: [], withoutNul: 0 };
        for (const table of tablesInOrder) {
          const read = new Sum();
          for await (const page of pagesOf(source, table)) {
            const rows = page.map((row) => row.map(withoutNul));
            for (const row of rows) read.add(row);
            copied.withoutNul += page.flat().filter((value) => value !== withoutNul(value)).length;
            await insert(tx, table, rows);
          }
          const written = new Sum();
          for await (const page of pagesOf(tx, table)) for (const row of page) written.add(row);
          if (String(read) !== String(written))
            throw new Error(
              `The table ${table.name} has not arrived in ${nameOf(to)} as it is in ${nameOf(from)}: nothing was changed.`,
            );
          copied.tables.push({ name: table.name, rows: read.rows });
        }
        await after(tx);
        return copied;
      },
    ),
  );
}

const withoutNul = (value: Value): Value =>
  typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\ufffd") : value;

async function insert(tx: Orm, { name, columns }: Table, rows: readonly Value[][]): Promise<void> {
  const most = Math.floor(mostParameters / columns.length);
  for (let at = 0; at < rows.length; at += most) {
    const tuples = rows.slice(at, at + most).map(
      (row) =>
        sql`(${sql.join(
          row.map((value) => sql`${value}`),
          sql`, `,
        )})`,
    );
    await tx.run(
      sql`insert into ${sql.identifier(name)} (${identifiers(columns)}) values ${sql.join(tuples, sql`, `)}`,
    );
  }
}
