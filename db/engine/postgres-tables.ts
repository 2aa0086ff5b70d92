// The tables in PostgreSQL's types, made from the one description in db/schema. drizzle-kit writes PostgreSQL's migrations from
// them; queries do not use them.
import { is, SQL } from "drizzle-orm";
import {
  type AnyPgColumn,
  type AnyPgTable,
  bigint,
  check,
  doublePrecision,
  foreignKey,
  index,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { getTableConfig, type SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import * as schema from "../schema/index.ts";

/** The PostgreSQL type of a column. SQLite's integers have 8 bytes, and its reals are double. */
function wordFor(column: SQLiteColumn) {
  switch (column.columnType) {
    case "SQLiteText":
      return text();
    case "SQLiteInteger":
      return column.primary && (column as { autoIncrement?: boolean }).autoIncrement
        ? bigint({ mode: "number" }).generatedByDefaultAsIdentity()
        : bigint({ mode: "number" });
    case "SQLiteTimestamp":
      return bigint({ mode: "number" });
    case "SQLiteBoolean":
      // 0 and 1, as conditions in SQL say it for both.
      return smallint();
    case "SQLiteReal":
      return doublePrecision();
    default:
      throw new Error(`db/engine/postgres-tables.ts has no word for ${column.columnType}.`);
  }
}

function columnFor(column: SQLiteColumn) {
  const word = wordFor(column);
  if (column.primary) word.primaryKey();
  if (column.notNull) word.notNull();
  if (column.isUnique) word.unique(column.uniqueName);
  if (column.default !== undefined)
    word.default((typeof column.default === "boolean" ? Number(column.default) : column.default) as never);
  return word;
}

const made = new Map<SQLiteTable, AnyPgTable>();

function tableFor(table: SQLiteTable): AnyPgTable {
  const { name, columns, indexes, checks, foreignKeys, primaryKeys, uniqueConstraints } = getTableConfig(table);
  /** The same column of another table. */
  const there = (column: SQLiteColumn) => (made.get(column.table) as unknown as PgColumns)[column.name];
  return pgTable(name, Object.fromEntries(columns.map((column) => [column.name, columnFor(column)])), (self) => {
    const here = (column: SQLiteColumn) => (self as unknown as PgColumns)[column.name];
    return [
      ...indexes.map(({ config }) => {
        const on = config.columns.map((one) => (is(one, SQL) ? one : here(one as SQLiteColumn)));
        const built = (config.unique ? uniqueIndex : index)(config.name).on(...(on as [AnyPgColumn]));
        return config.where ? built.where(config.where) : built;
      }),
      ...checks.map(({ name, value }) => check(name, value)),
      ...primaryKeys.map((key) => primaryKey({ columns: key.columns.map(here) as [AnyPgColumn] })),
      ...uniqueConstraints.map((key) => unique(key.name).on(...(key.columns.map(here) as [AnyPgColumn]))),
      ...foreignKeys.map((key) => {
        const { columns, foreignColumns } = key.reference();
        const refers = foreignKey({
          columns: columns.map(here) as [AnyPgColumn],
          foreignColumns: foreignColumns.map(there) as [AnyPgColumn],
        });
        return key.onDelete ? refers.onDelete(key.onDelete) : refers;
      }),
    ];
  });
}

type PgColumns = Record<string, AnyPgColumn>;

for (const table of Object.values(schema)) if (is(table, SQLiteTable)) made.set(table, tableFor(table));

/** By the names that db/schema exports them under. */
export const tables = Object.fromEntries(
  Object.entries(schema).flatMap(([name, table]) => {
    const one = is(table, SQLiteTable) ? made.get(table) : undefined;
    return one ? [[name, one]] : [];
  }),
) as Record<keyof typeof schema, AnyPgTable>;

// drizzle-kit looks for tables among a module's exports.
export const {
  account,
  apiToken,
  assignment,
  candidate,
  candidateCall,
  candidateScore,
  comparison,
  dataSource,
  demonstration,
  draft,
  event,
  guidelines,
  guidelinesRead,
  job,
  member,
  model,
  modelAddress,
  modelDownload,
  modelMetric,
  project,
  projectSetting,
  prompt,
  promptMessage,
  promptShot,
  ranking,
  rankingAgreement,
  rankingGuard,
  rankingPromptFlag,
  rankingTier,
  rating,
  ratingFlag,
  request,
  review,
  scenario,
  session,
  setting,
  signInPlace,
  trainingData,
  trainingPoint,
  trainingRun,
  trial,
  user,
  verification,
} = tables;
