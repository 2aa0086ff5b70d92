// Many people claim, save drafts and submit at once: undisturbed, and while the web process, a worker and the launcher are
// killed three times; on PostgreSQL on two machines as well. Nothing is handed out twice, nothing acknowledged is lost, each
// job is taken once. `npm run bench` has 200 clients on 2,000 comparisons for 60 s each, and prints how long calls took; in
// `npm test` it is a few.
import { setTimeout as pause } from "node:timers/promises";
import { closeDatabase, type Database, openDatabase } from "../db/client.ts";
import { addComparison, addPrompt, runSql } from "../db/database.fixture.ts";
import { clientOf } from "../lib/api/session.ts";
import { expect, test } from "./fixtures.ts";
import { Load, percentiles, type Turn } from "./load.ts";
import { createAdmin, createPerson, type Person } from "./people.ts";
import { childrenOf, newDataDirectory, shareModels } from "./server.ts";
import { answered as generated, plain, promptText, shippedModelId } from "./work.ts";

const isBench = process.env.npm_lifecycle_event === "bench";
const { clients, comparisons, seconds } = isBench
  ? { clients: 200, comparisons: 2_000, seconds: 60 }
  : { clients: 12, comparisons: 60, seconds: 3 };
/** How long somebody reads: all comparisons last for about as long as a stretch does. */
const readingMs = (1_000 * seconds * clients) / comparisons;

test(`${clients} clients claim, save drafts and submit`, async ({ launch, engine }) => {
  test.setTimeout(isBench ? 3_600_000 : 900_000);
  const first = await launch();
  const db = openDatabase(first.file, { durable: "checkpoint" });
  const admin = await createAdmin(first.address);
  const modelId = await shippedModelId(admin);
  const people = await Promise.all(
    Array.from({ length: clients }, async () => {
      const person = await createPerson(first.address, admin, "labeler");
      return { ...person, id: (await person.api.accounts.me())?.id ?? "" };
    }),
  );
  const answered = new Map<string, number[]>();
  const timed = async <T>(what: string, call: Promise<T>): Promise<T> => {
    const before = performance.now();
    const answer = await call;
    const times = answered.get(what) ?? [];
    answered.set(what, times);
    times.push(performance.now() - before);
    return answer;
  };
  const ranking: Turn = async (load, person) => {
    const assignment = await timed("claim", load.claim(person));
    if (!assignment) return pause(readingMs);
    await timed("claim ahead", load.claim(person, assignment.id));
    for (let part = 0; part < 3; part++) {
      await pause((readingMs / 3) * 2 * Math.random());
      await timed("save a draft", load.saveDraft(person, `ranking:${assignment.comparisonId}`));
    }
    await timed("submit", load.submit(person, assignment));
  };
  const calls = () => [...answered.values()].reduce((sum, times) => sum + times.length, 0);

  /** One stretch of work, with some answers to generate beside it. */
  const stretch = async (what: string, workers: typeof people, disturb: () => Promise<void>) => {
    answered.clear();
    await addComparisons(db, { modelId, createdBy: people[0]!.id });
    const asked = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const { id: promptId } = await admin.api.prompts.create(plain(promptText()));
        return admin.api.comparisons.create({ promptId, modelId, k: 2, maxTokens: 64 });
      }),
    );
    const load = new Load(workers, db, ranking);
    await Promise.all([pause(1_000 * seconds), disturb()]);
    await load.stop();
    await load.check();
    // A web process that a killed launcher left may answer once more, and be gone before the next one listens.
    for (const { id } of asked) await expect(() => generated(admin, id)).toPass({ timeout: 300_000 });
    expect(await runSql(db, twice)).toEqual([]);
    expect(load.acknowledged.rankings.size).toBeGreaterThan(0);
    const times = [...answered].map(([name, all]) => `${name} ${percentiles(all)}`);
    console.log(
      `figure: ${engine}, ${clients} clients, ${what}: ${load.acknowledged.rankings.size} rankings, ${times.join("; ")}`,
    );
  };

  let server = first;
  /** Resolves when somebody has been answered again. */
  const again = async () => {
    const before = calls();
    await expect.poll(calls, { timeout: 300_000 }).toBeGreaterThan(before + clients / 4);
  };
  const kill = async (child: "web" | "candidates") => {
    const pid = childrenOf(server)[child];
    if (pid) process.kill(pid, "SIGKILL");
    await expect.poll(() => [undefined, pid].includes(childrenOf(server)[child]), { timeout: 300_000 }).toBe(false);
    await again();
  };
  const killThreeTimes = async () => {
    for (let round = 0; round < 3; round++) {
      await kill("web");
      await kill("candidates");
      await server.kill();
      server = await launch(first.data, Number(new URL(first.address).port));
      await again();
    }
  };

  await stretch("undisturbed", people, async () => {});
  expect(await runSql(db, "select id from job where attempts > 1")).toEqual([]);
  await stretch("web, worker and launcher killed three times", people, killThreeTimes);
  if (engine === "postgres") {
    const data = newDataDirectory();
    shareModels(first.data, data);
    const second = await launch(data, undefined, { RANKLOOP_DATABASE: first.file });
    const there = (person: Person) => ({ ...person, api: clientOf(second.address, person.cookies) });
    const onBoth = people.map((person, at) => (at % 2 === 0 ? person : { ...person, ...there(person) }));
    const before = await runSql(db, "select id from job where attempts > 1");
    await stretch("on two machines", onBoth, async () => {});
    expect(await runSql(db, "select id from job where attempts > 1")).toEqual(before);
    await stretch("on two machines, one of them killed three times", onBoth, killThreeTimes);
  }
  expect(await runSql(db, "select id from job where state = 'failed'")).toEqual([]);
  await closeDatabase(db);
});

/** Comparisons that are held by two or ranked by two, though one ranking of each is wanted. */
const twice = `select comparison_id from assignment where state in ('held', 'submitted')
  group by comparison_id having count(*) > 1`;

async function addComparisons(db: Database, made: { modelId: string; createdBy: string }): Promise<void> {
  let promptId = "";
  for (let i = 0; i < comparisons; i++) {
    if (i % 20 === 0) promptId = await addPrompt(db);
    await addComparison(db, { ...made, promptId, texts: [`Sand ${i}.`, `Fish ${i}.`] });
  }
}
