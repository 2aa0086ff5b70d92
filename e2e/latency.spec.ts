// Twenty people ask for their next assignment, and for the one after it, again and again, and save drafts between, while
// a model answers and another one trains.
// Asserts that no call fails and no two hold the same; the times are printed (the goal: p99 under 50 ms).
import { setTimeout as pause } from "node:timers/promises";
import { getTrainingRun } from "../db/queries/training-runs.ts";
import type { Assignment } from "../lib/vocabulary/shapes.ts";
import { expect, test } from "./fixtures.ts";
import { percentiles } from "./load.ts";
import { createPerson } from "./people.ts";
import { rank, startTraining, writeAndGenerate } from "./work.ts";

const people = 20;
/** Two calls each. */
const rounds = 25;

test("the next assignment comes quickly while models answer and train", async ({ server, admin, db }) => {
  const labelers = await Promise.all(
    Array.from({ length: people }, () => createPerson(server.address, admin, "labeler")),
  );
  await writeAndGenerate(admin, 2 * people + 10, { k: 2, maxTokens: 8 });
  await rank(admin, 6);
  const training = await startTraining(admin, { epochs: 100 });

  // Long answers, one after the other, for as long as the calls go on.
  let calling = true;
  const generating = (async () => {
    while (calling) await writeAndGenerate(admin, 1, { k: 9, maxTokens: 64 });
  })();
  const times: number[] = [];
  const holders = new Map<string, string>();
  await Promise.all(
    labelers.map(async ({ api, username }) => {
      await pause(500 * Math.random()); // people do not all begin in the same millisecond
      for (let round = 0; round < rounds; round++) {
        const first = await timed(() => api.assignments.next());
        const ahead = await timed(() => api.assignments.next({ after: first.id }));
        const both = [first, ahead];
        for (const { comparisonId } of both) {
          expect(holders.get(comparisonId), "held by somebody else").toBeUndefined();
          holders.set(comparisonId, username);
        }
        await api.drafts.save({
          subject: `ranking:${first.comparisonId}`,
          basedOn: 0,
          writer: username,
          content: { notes: "x".repeat(2_000) },
        });
        await pause(100 * Math.random());
        for (const { id, comparisonId } of both) {
          // Before the release: after it the next one may have the task before this line runs.
          holders.delete(comparisonId);
          await api.assignments.release({ id });
        }
      }
    }),
  );
  calling = false;
  await generating;
  expect((await getTrainingRun(db, training))?.state, "a model trained all the while").toBe("running");
  // Nothing of it is left to slow the journeys after this one.
  await admin.api.training.stop({ id: training });
  expect(times).toHaveLength(2 * people * rounds);
  console.log(`figure: next assignment, ${people} people, ${times.length} calls: ${percentiles(times)}`);

  async function timed(call: () => Promise<Assignment | null>): Promise<Assignment> {
    const before = performance.now();
    const assignment = await call();
    times.push(performance.now() - before);
    expect(assignment).not.toBeNull();
    return assignment!;
  }
});
