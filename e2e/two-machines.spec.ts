// Two launchers on one PostgreSQL server, as on two machines that share the server and the folder of models: two web servers,
// four workers. People work on both while processes of one are killed.
import { closeDatabase, openDatabase } from "../db/client.ts";
import { runSql } from "../db/database.fixture.ts";
import { getTrainingRun } from "../db/queries/training-runs.ts";
import * as session from "../lib/api/session.ts";
import { expect, test } from "./fixtures.ts";
import { Load, wholeLoop } from "./load.ts";
import { createAdmin, createPerson } from "./people.ts";
import { childrenOf, newDataDirectory, shareModels } from "./server.ts";
import { rank, shippedModelId, startTraining, writeAndGenerate } from "./work.ts";

test("two machines on one server: nothing is handed out or done twice, nothing acknowledged is lost", async ({
  launch,
  browser,
}) => {
  test.setTimeout(900_000);
  const first = await launch();
  const data = newDataDirectory();
  shareModels(first.data, data);
  const second = await launch(data, undefined, { RANKLOOP_DATABASE: first.file });

  const admin = await createAdmin(first.address);
  const there = { ...admin, api: session.clientOf(second.address, admin.cookies) };
  await writeAndGenerate(admin, 8, { k: 2, maxTokens: 4 });
  // Made and watched on the other machine, with the session of the first.
  await writeAndGenerate(there, 6, { k: 2, maxTokens: 4 });
  await rank(there, 14);
  const db = openDatabase(first.file);
  const run = await startTraining(there, { epochs: 2 });
  const people = await Promise.all(
    Array.from({ length: 6 }, async (_, at) => {
      const person = await createPerson(first.address, admin, "labeler");
      const api = at % 2 === 0 ? person.api : session.clientOf(second.address, person.cookies);
      return { ...person, api, id: (await person.api.accounts.me())?.id ?? "" };
    }),
  );
  const load = new Load(people, db, wholeLoop(await shippedModelId(admin)));
  await expect.poll(() => load.acknowledged.rankings.size, { timeout: 300_000 }).toBeGreaterThan(10);
  for (const child of ["candidates", "web"] as const) {
    const ranked = load.acknowledged.rankings.size;
    process.kill(childrenOf(second)[child] ?? 0, "SIGKILL");
    await expect.poll(() => load.acknowledged.rankings.size, { timeout: 300_000 }).toBeGreaterThan(ranked + 5);
  }
  await load.stop();
  await load.check();
  await expect.poll(async () => (await getTrainingRun(db, run))?.state, { timeout: 400_000 }).toBe("done");
  // Whoever was killed had one job at most; every other was started once.
  await expect
    .poll(async () => (await runSql(db, "select 1 from job where state in ('waiting', 'running')")).length, {
      timeout: 300_000,
    })
    .toBe(0);
  expect((await runSql(db, "select attempts from job where attempts > 1")).length).toBeLessThanOrEqual(2);
  expect(await runSql(db, "select id from job where state = 'failed'")).toEqual([]);

  const context = await browser.newContext({ baseURL: second.address });
  await context.addCookies(admin.cookies.map((cookie) => ({ ...cookie, url: second.address })));
  const page = await context.newPage();
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Home" })).toBeVisible();
  await context.close();
  console.log(`figure: two machines on one server stored ${load.acknowledged.rankings.size} rankings`);

  await closeDatabase(db);
});
