// Steps of a change: pieces that run inside one transaction. Only db/queries and db/steps call them.
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Orm } from "../client.ts";
import { candidate, comparison } from "../schema/index.ts";

/** Raises the revision of a comparison, by which its watchers see that it changed. */
export async function touchComparison(orm: Orm, comparisonId: string): Promise<void> {
  await orm
    .update(comparison)
    .set({ revision: sql`${comparison.revision} + 1` })
    .where(eq(comparison.id, comparisonId))
    .run();
}

/** The text as it can be stored: half a surrogate pair is no UTF-8, and PostgreSQL takes no NUL. Both become U+FFFD. */
export const storable = (text: string): string => text.toWellFormed().replaceAll("\0", "\ufffd");

/** A row that somebody else's server filled, as it can be stored. */
export const storableFields = <Row extends object>(row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === "string" ? storable(value) : value]),
  ) as Row;

/** Notes on unfinished candidates why they are tried again; it stays until the next try writes something. */
export async function noteFailedTry(orm: Orm, comparisonId: string, error: string): Promise<void> {
  await orm.update(candidate).set({ error }).where(unfinished(comparisonId)).run();
  await touchComparison(orm, comparisonId);
}

/** Ends the candidates that nobody will finish any more. */
export async function abandonCandidates(
  orm: Orm,
  comparisonId: string,
  end: { state: "stopped" } | { state: "failed"; error: string },
): Promise<void> {
  await orm.update(candidate).set(end).where(unfinished(comparisonId)).run();
}

const unfinished = (comparisonId: string) =>
  and(eq(candidate.comparisonId, comparisonId), inArray(candidate.state, ["waiting", "streaming"]));

type Settled = "generating" | "ready" | "failed" | "stopped";

/**
 * Sets the state of a comparison from its candidates: all done → ready, any under way → generating.
 * @returns the state of the candidates
 */
export async function settleComparison(orm: Orm, comparisonId: string): Promise<Settled> {
  const states = (
    await orm.select({ state: candidate.state }).from(candidate).where(eq(candidate.comparisonId, comparisonId)).all()
  ).map((row) => row.state);
  let state: Settled = "stopped";
  if (states.some((s) => s === "waiting" || s === "streaming")) state = "generating";
  else if (states.every((s) => s === "done")) state = "ready";
  else if (states.includes("failed")) state = "failed";
  await orm.update(comparison).set({ state }).where(eq(comparison.id, comparisonId)).run();
  await touchComparison(orm, comparisonId);
  return state;
}
