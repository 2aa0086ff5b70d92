import { asc } from "drizzle-orm";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Database, ormOf } from "../client.ts";
import { addComparison, addModel, addPrompt, addUser, temporaryDatabase, testProject } from "../database.fixture.ts";
import { newId } from "../id.ts";
import { assignment, ranking } from "../schema/index.ts";
import { latestVersion } from "./rankings.ts";

let db: Database;
let remove: () => void;
let labelerId: string;
let made: { promptId: string; modelId: string; createdBy: string };
beforeEach(async () => {
  ({ db, remove } = await temporaryDatabase());
  labelerId = await addUser(db, "ada");
  made = { promptId: await addPrompt(db), modelId: await addModel(db), createdBy: labelerId };
});
afterEach(() => remove());

test("of each ranking the latest version counts, at any moment of its history", async () => {
  const orm = ormOf(db);
  const assignments = await Array.fromAsync([0, 1, 2], async () => {
    const comparisonId = (await addComparison(db, { ...made, texts: ["a", "b"] })).id;
    const id = newId();
    await orm
      .insert(assignment)
      .values({
        id,
        projectId: testProject,
        comparisonId,
        labelerId,
        state: "submitted",
        leaseUntil: 0,
        createdAt: 0,
        endedAt: 0,
      })
      .run();
    return { id, comparisonId };
  });
  const counted = async (through?: number) =>
    orm
      .select({ seq: ranking.seq, assignmentId: ranking.assignmentId, version: ranking.version })
      .from(ranking)
      .where(latestVersion(through))
      .orderBy(asc(ranking.seq))
      .all();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 12 }), async (order) => {
      await orm.delete(ranking).run();
      const history: { seq: number; assignmentId: string; version: number }[] = [];
      const latest = (through: number) =>
        assignments
          .flatMap(({ id }) => history.findLast((one) => one.assignmentId === id && one.seq <= through) ?? [])
          .toSorted((a, b) => a.seq - b.seq);
      for (const which of order) {
        const { id: assignmentId, comparisonId } = assignments[which]!;
        const version = history.filter((one) => one.assignmentId === assignmentId).length + 1;
        const row = {
          id: newId(),
          projectId: testProject,
          assignmentId,
          comparisonId,
          labelerId,
          version,
          k: 2,
          strict: 1,
          tied: 0,
        };
        const { seq } = await orm
          .insert(ranking)
          .values({ ...row, submittedAt: 0 })
          .returning({ seq: ranking.seq })
          .get();
        history.push({ seq, assignmentId, version });
      }
      expect(await counted()).toEqual(latest(Number.POSITIVE_INFINITY));
      for (const { seq } of history) expect(await counted(seq)).toEqual(latest(seq));
    }),
    { numRuns: 50 },
  );
});
