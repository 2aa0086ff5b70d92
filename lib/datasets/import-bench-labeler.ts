// Somebody who works while the bench imports, in a process of their own, as people do while the shell imports: asks for the next
// assignment and for the newest prompts, again and again, and in the end says how long that took.
import { setTimeout as sleep } from "node:timers/promises";
import { closeDatabase, openDatabase } from "../../db/client.ts";
import { inProject } from "../context.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { listPrompts } from "../writing/prompts.ts";

const pauseMs = 20;

const { address, project, actor } = JSON.parse(process.argv[2] ?? "");
const db = openDatabase(address);
const ctx = await inProject({ db, actor }, project);
const waits: Record<string, number[]> = { "next assignment": [], "list of prompts": [] };
let isOver = false;
process.once("message", () => {
  isOver = true;
});

async function timed<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const answer = await ask();
  waits[what]?.push(performance.now() - began);
  return answer;
}

let held: string | undefined;
while (!isOver) {
  const next = await timed("next assignment", () => nextAssignment(ctx, held === undefined ? {} : { after: held }));
  held = next?.id;
  await timed("list of prompts", () => listPrompts(ctx, { limit: 50 }));
  await sleep(pauseMs);
}
await closeDatabase(db);
process.send?.(
  Object.entries(waits).map(([what, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1]?.toFixed(1);
    return `${what} ${sorted.length} times, ${at(0.5)} ms at the median, ${at(0.99)} ms at the 99th percentile`;
  }),
);
