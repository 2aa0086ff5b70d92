// SIGKILL to the web server, the workers and the launcher at random moments, while people write, generate and rank and
// a model trains. Nothing that was acknowledged may be lost, nothing handed out twice, and all jobs go on to their end.
import { setTimeout as pause } from "node:timers/promises";
import { closeDatabase, openDatabase } from "../db/client.ts";
import { getComparison } from "../db/queries/comparisons.ts";
import { demonstrationsOf } from "../db/queries/demonstrations.ts";
import { getDraft } from "../db/queries/drafts.ts";
import { getPrompt } from "../db/queries/prompts.ts";
import { getTrainingRun } from "../db/queries/training.ts";
import { expect, test } from "./fixtures.ts";
import { createAdmin, createPerson, type Person } from "./people.ts";
import { childrenOf } from "./server.ts";
import { plain, promptText, rank, shippedModelId, startTraining, submission, writeAndGenerate } from "./work.ts";

const victims = [
  "web",
  "candidates",
  "launcher",
  "web",
  "training",
  "launcher",
  "candidates",
  "web",
  "training",
  "launcher",
] as const;

test("killed at any moment, nothing acknowledged is lost and all work goes on", async ({ launch }) => {
  test.setTimeout(240_000);
  let server = await launch();
  const port = Number(new URL(server.address).port);
  const admin = await createAdmin(server.address);
  const people = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const person = await createPerson(server.address, admin, "labeler");
      return { ...person, id: (await person.api.people.me())?.id ?? "" };
    }),
  );
  // Some to train on, and some to rank from the first moment on.
  await writeAndGenerate(admin, 14, { k: 2, maxTokens: 4 });
  await rank(admin, 6);
  // Two steps an epoch: it is still at it when the last one is killed, and ends soon after.
  const runId = await startTraining(admin, { epochs: 25 });

  const kept = {
    prompts: [] as string[],
    demonstrations: [] as string[],
    comparisons: [] as string[],
    rankings: new Map<string, string>(),
    /** Person → the number of the last save. */
    drafts: new Map<string, number>(),
  };
  const saved = new Map<string, number>();
  /** Person → comparisons whose answers were not there yet. */
  const waiting = new Map<string, string[]>();
  const holders = new Map<string, string>();
  const problems: string[] = [];
  let open = true;
  const modelId = await shippedModelId(admin);
  const working = people.map((person) => whileOpen(() => workOnce(person)));

  const db = openDatabase(server.file);
  const stepNow = async () => (await getTrainingRun(db, runId))?.step ?? 0;
  // A run that gets no further in three starts is given up, by design; and a worker whose launcher is gone may be too busy
  // to give its run back in time.
  let furthest = 0;
  let deathsSince = 0;
  const letTrainingGetOn = async () => {
    if (deathsSince === 2) await expect.poll(stepNow, { timeout: 60_000 }).toBeGreaterThan(furthest);
    const step = await stepNow();
    deathsSince = step > furthest ? 1 : deathsSince + 1;
    furthest = Math.max(furthest, step);
  };
  for (const victim of victims) {
    await pause(300 + 900 * Math.random());
    if (victim === "launcher" || victim === "training") await letTrainingGetOn();
    if (victim === "launcher") {
      await server.kill();
      server = await launch(server.data, port);
    } else {
      const pid = childrenOf(server)[victim];
      if (pid) process.kill(pid, "SIGKILL");
    }
  }
  open = false;
  await Promise.all(working);
  expect(problems).toEqual([]);
  expect(Math.min(kept.prompts.length, kept.demonstrations.length, kept.rankings.size)).toBeGreaterThan(3);

  try {
    for (const id of kept.prompts) {
      expect(await getPrompt(db, id), `prompt ${id}`).not.toBeNull();
      expect(await demonstrationsOf(db, id), `demonstration of ${id}`).toHaveLength(1);
    }
    for (const { username, id } of people) {
      const draft = await getDraft(db, { ownerId: id, subject: "prompt" });
      const { saves } = JSON.parse(draft?.content ?? "{}");
      // A later one may be there too, whose answer was lost.
      expect(saves, `draft of ${username}`).toBeGreaterThanOrEqual(kept.drafts.get(username) ?? 0);
    }
    await expect
      .poll(
        async () =>
          (await Promise.all(kept.comparisons.map((id) => stateOf(id)))).filter((state) => state === "generating"),
        { timeout: 60_000 },
      )
      .toEqual([]);
    for (const [rankingId, comparisonId] of kept.rankings) {
      const stored = (await getComparison(db, comparisonId))?.rankings.map(({ id }) => id);
      expect(stored, `rankings of ${comparisonId}`).toEqual([rankingId]);
    }
    const states = await Promise.all(kept.comparisons.map((id) => stateOf(id)));
    expect(states.filter((state) => state !== "ready" && state !== "ranked")).toEqual([]);
    await expect.poll(async () => (await getTrainingRun(db, runId))?.state, { timeout: 120_000 }).toBe("done");
  } finally {
    closeDatabase(db);
  }
  console.log(
    `figure: ${victims.length} kills under load: ${kept.prompts.length} prompts, ${kept.demonstrations.length} demonstrations, ` +
      `${kept.rankings.size} rankings and the drafts of ${kept.drafts.size} people acknowledged and all there`,
  );

  async function stateOf(id: string): Promise<string | undefined> {
    return (await getComparison(db, id))?.state;
  }

  /** Calls that fail while the server is away count for nothing; whatever is answered counts. */
  async function whileOpen(once: () => Promise<void>): Promise<void> {
    while (open) await once().catch(() => pause(50));
  }

  async function workOnce(person: Person): Promise<void> {
    const saves = 1 + (saved.get(person.username) ?? 0);
    saved.set(person.username, saves);
    await person.api.drafts.save({ subject: "prompt", basedOn: 0, writer: person.username, content: { saves } });
    kept.drafts.set(person.username, saves);

    const prompt = await person.api.prompts.create(plain(promptText(), "open QA", "Fish."));
    kept.prompts.push(prompt.id);
    kept.demonstrations.push(prompt.id);
    // Always some to be generated, and never more than a slow machine ends in time.
    const asked = waiting.get(person.username) ?? [];
    waiting.set(person.username, asked);
    while (asked[0] && (await stateOf(asked[0])) !== "generating") asked.shift();
    if (asked.length < 10) {
      const started = await person.api.comparisons.create({ promptId: prompt.id, modelId, k: 2, maxTokens: 6 });
      kept.comparisons.push(started.id);
      asked.push(started.id);
    }

    const assignment = await person.api.assignments.next();
    if (!assignment) return;
    hold(assignment.comparisonId, person);
    const ahead = await person.api.assignments.next({ after: assignment.id });
    if (ahead) hold(ahead.comparisonId, person);
    const { rankingId, comparisonId } = await person.api.rankings.submit({
      id: assignment.id,
      ...submission(assignment, "A>B"),
    });
    kept.rankings.set(rankingId, comparisonId);
  }

  function hold(comparisonId: string, { username }: Person): void {
    const holder = holders.get(comparisonId);
    if (holder && holder !== username) problems.push(`${comparisonId} is held by ${holder} and by ${username}`);
    holders.set(comparisonId, username);
  }
});

test("a launcher stops within seconds, event streams and all, and a second one is refused", async ({ launch }) => {
  const server = await launch();
  const admin = await createAdmin(server.address);
  await expect(launch(server.data)).rejects.toThrow(new RegExp(`Rankloop already runs on .* at ${server.address}`));

  const [comparison] = await writeAndGenerate(admin, 1, { k: 2, maxTokens: 4 });
  // A plain connection that never ends by itself, as an open page holds one.
  const modelId = await shippedModelId(admin);
  const long = await admin.api.comparisons.create({ promptId: comparison!.prompt.id, modelId, k: 9, maxTokens: 200 });
  const watching = (async () => {
    for await (const _ of await admin.api.comparisons.watch({ id: long.id }));
  })().catch(() => {});
  const tookMs = await server.stop();
  await watching;
  expect(tookMs).toBeLessThan(6_000);
});
