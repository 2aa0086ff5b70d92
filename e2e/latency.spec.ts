// Twenty people ask for their next assignment again and again while a model answers and another one trains.
// Asserts that no call fails and no two hold the same; the times are printed (the bound: p99 under 50 ms).
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "./fixtures.ts";
import { createPerson } from "./people.ts";
import { rank, startTraining, writeAndGenerate } from "./work.ts";

const people = 20;
const callsEach = 100;

test("the next assignment comes quickly while models answer and train", async ({ server, admin }) => {
  test.setTimeout(240_000);
  const labelers = await Promise.all(
    Array.from({ length: people }, () => createPerson(server.address, admin, "labeler")),
  );
  await writeAndGenerate(admin, people + 10, { k: 2, maxTokens: 8 });
  await rank(admin, 6);
  await startTraining(admin, { epochs: 100 });

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
      for (let call = 0; call < callsEach; call++) {
        const before = performance.now();
        const assignment = await api.assignments.next();
        times.push(performance.now() - before);
        const task = assignment?.candidates[0]?.id;
        expect(task).toBeDefined();
        expect(holders.get(task ?? ""), "held by somebody else").toBeUndefined();
        holders.set(task ?? "", username);
        await pause(50 * Math.random());
        // Before the release: after it the next one may have the task before this line runs.
        holders.delete(task ?? "");
        await api.assignments.release({ id: assignment?.id ?? "" });
      }
    }),
  );
  calling = false;
  await generating;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.ceil(times.length * share) - 1]!.toFixed(1);
  console.log(
    `figure: next assignment, ${people} people, ${times.length} calls: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`,
  );
  expect(times).toHaveLength(people * callsEach);
});
