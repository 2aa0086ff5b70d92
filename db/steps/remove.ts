// Deleting rows with everything that refers to them. The schema says what that is, so a table added later is included.
import { and, inArray, is, not } from "drizzle-orm";
import { getTableConfig, type SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Orm } from "../client.ts";
import * as schema from "../schema/index.ts";

const references = Object.values(schema)
  .filter((one) => is(one, SQLiteTable))
  .flatMap((child) =>
    getTableConfig(child).foreignKeys.map((key) => {
      const { columns, foreignColumns, foreignTable } = key.reference();
      const from = columns[0]!;
      const goes = from.notNull || key.onDelete === "cascade";
      return { child, from, to: foreignColumns[0]!, parent: foreignTable, goes };
    }),
  );

/**
 * Deletes the rows of `table` in which `column` has one of these values. Rows whose reference to them may not be null, or
 * that cascade, are deleted first; any other reference to them is set to null.
 */
export async function removeWithAll(
  orm: Orm,
  table: SQLiteTable,
  column: SQLiteColumn,
  values: readonly unknown[],
): Promise<void> {
  // A statement has only so many parameters.
  if (values.length > 1_000) {
    for (let at = 0; at < values.length; at += 1_000)
      await removeWithAll(orm, table, column, values.slice(at, at + 1_000));
    return;
  }
  if (values.length === 0) return;
  const these = inArray(column, [...values]);
  for (const { child, from, to, goes } of references.filter(({ parent }) => parent === table)) {
    const keys = (await orm.select({ key: to }).from(table).where(these).all()).map(({ key }) => key);
    if (goes) await removeWithAll(orm, child, from, keys);
    else if (keys.length > 0) {
      const others = child === table ? not(these) : undefined;
      await orm
        .update(child)
        .set({ [propertyOf(child, from)]: null })
        .where(and(inArray(from, keys), others))
        .run();
    }
  }
  await orm.delete(table).where(these).run();
}

/** What a column is called in the schema. */
const propertyOf = (table: SQLiteTable, column: SQLiteColumn): string =>
  Object.entries(table).find(([, one]) => one === column)?.[0] ?? column.name;
