// How it ends: a launcher that is told to stop, and a worker that outlives its own.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../db/client.ts";
import { inTests } from "../db/database.fixture.ts";
import { listModels } from "../db/queries/models.ts";
import { getTrainingRun } from "../db/queries/training-runs.ts";
import { hashFile } from "../models/train/run-state.ts";
import { expect, test } from "./fixtures.ts";
import { createAdmin } from "./people.ts";
import { childrenOf, standStill } from "./server.ts";
import { rank, shippedModelId, startTraining, writeAndGenerate } from "./work.ts";

test("a launcher stops by itself, event streams and all, and a second one is refused", async ({ launch }) => {
  const server = await launch();
  const admin = await createAdmin(server.address);
  const said = server.said().split("\n");
  expect(said).toContain("  Whoever opens it first makes the admin's account: do it now.");
  expect(said.slice(-3)).toEqual([`  Everything is kept in ${server.data}.`, "  Ctrl-C stops it.", ""]);
  await expect(launch(server.data)).rejects.toThrow(new RegExp(`Rankloop already runs on .* at ${server.address}`));
  // Whose parent has ended before it looks for it, too.
  const orphan = launch(undefined, undefined, { RANKLOOP_ENDS_WITH_PARENT: "1" });
  await expect(orphan).rejects.toThrow("The launcher ended with 0");

  const [comparison] = await writeAndGenerate(admin, 1, { k: 2, maxTokens: 4 });
  // A plain connection that never ends by itself, as an open page holds one.
  const modelId = await shippedModelId(admin);
  const long = await admin.api.comparisons.create({ promptId: comparison!.prompt.id, modelId, k: 9, maxTokens: 200 });
  const watching = (async () => {
    for await (const _ of await admin.api.comparisons.watch({ id: long.id }));
  })().catch(() => {});
  const children = Object.values(childrenOf(server)).filter((pid) => pid !== undefined);
  expect(children).toHaveLength(3);
  const before = performance.now();
  // Whoever does not stop by itself is killed after ten minutes: long after this test's own time.
  await server.stop();
  await watching;
  console.log(`figure: launcher stopped with a stream open in ${Math.round(performance.now() - before)} ms`);
  expect(children.filter((pid) => !hasEnded(pid))).toEqual([]);
});

test("a worker that was stopped while its successor ended the run writes nothing over it", async ({ launch }) => {
  test.setTimeout(600_000);
  let server = await launch();
  const admin = await createAdmin(server.address);
  await writeAndGenerate(admin, 14, { k: 2, maxTokens: 4 });
  await rank(admin, 14);
  const id = await startTraining(admin, { epochs: 20 });
  const worker = childrenOf(server).training!;
  standStill(server.file, worker);
  await server.kill();
  server = await launch(server.data, Number(new URL(server.address).port));

  const db = openDatabase(server.file);
  try {
    // Without waiting for a lease: who holds the launcher's lock knows that nobody else may hold a job.
    await expect.poll(async () => (await getTrainingRun(db, id))?.state, { timeout: 400_000 }).toBe("done");
    const { directory } = (await listModels(inTests(db))).find((model) => model.id === id)!;
    const file = join(server.data, "models", directory, "model.safetensors");
    const written = await hashFile(file);

    process.kill(worker, "SIGCONT");
    await expect.poll(() => hasEnded(worker), { timeout: 120_000 }).toBe(true);
    expect(await hashFile(file)).toBe(written);
    expect(readdirSync(join(server.data, "models"))).toEqual([directory]);
    expect(readdirSync(join(server.data, "runs", id)).sort()).toEqual(["comparisons.jsonl", "tensorboard"]);
    expect((await getTrainingRun(db, id))?.state).toBe("done");
  } finally {
    await closeDatabase(db);
  }
});

/** Also where nobody has asked yet how it ended. */
function hasEnded(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}
