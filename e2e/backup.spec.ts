// The database under load: its write-ahead log stays short, a backup made meanwhile has all that was acknowledged, and is put
// back in another place. Prints the figures.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { clientOf, signIn } from "../lib/api/session.ts";
import { expect, test } from "./fixtures.ts";
import { createAdmin, createPerson, password } from "./people.ts";
import { newDataDirectory, rankloop } from "./server.ts";
import { plain, promptText, writeAndGenerate } from "./work.ts";

test("the log stays short under load, and a backup made meanwhile holds what was acknowledged", async ({ launch }) => {
  // Twenty MB through the API, then two more starts: on a busy machine the first alone takes minutes.
  test.setTimeout(600_000);
  const server = await launch();
  const admin = await createAdmin(server.address);
  const people = await Promise.all(Array.from({ length: 8 }, () => createPerson(server.address, admin, "writer")));
  const acknowledged: string[] = [];
  const log = `${server.file}-wal`;
  let largest = 0;
  let written = 0;
  let open = true;
  // Workers write beside them.
  const answers = writeAndGenerate(admin, 4, { k: 4, maxTokens: 64 });
  const working = people.map(async ({ api }) => {
    while (open) {
      // A prompt must leave the model room for an answer; what people answer may be long.
      const demonstration = "It has a long tail. ".repeat(900);
      acknowledged.push((await api.prompts.create(plain(promptText(), "open QA", demonstration))).id);
      written += demonstration.length;
      largest = Math.max(largest, statSync(log).size);
    }
  });
  await expect.poll(() => written, { timeout: 120_000 }).toBeGreaterThan(20e6);
  const before = [...acknowledged];
  const file = join(server.data, "backup.sqlite");
  const said = JSON.parse(await rankloop(server.data, "database", "backup", file, "--json"));
  open = false;
  await Promise.all([...working, answers]);
  const size = statSync(server.file).size;
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(
    `figure: ${acknowledged.length} prompts, database ${mb(size)}, log at most ${mb(largest)}, backup ${mb(said.bytes)} after ${before.length} prompts`,
  );
  expect(largest).toBeLessThan(64e6);
  await expect.poll(() => statSync(log).size).toBeLessThanOrEqual(16e6);
  for (const name of readdirSync(server.data, { recursive: true }).map(String)) {
    expect([name, statSync(join(server.data, name)).mode & 0o077]).toEqual([name, 0]);
  }

  const elsewhere = newDataDirectory();
  await rankloop(elsewhere, "database", "restore", file);
  // It removes the directory in the end.
  const copy = await launch(elsewhere);
  expect(await clientOf(copy.address, admin.cookies).accounts.me()).toBeNull();
  const api = clientOf(copy.address, await signIn(copy.address, admin.username, password));
  for (const id of before.slice(-20)) expect((await api.prompts.get({ id })).id).toBe(id);
  const { prompts } = await api.progress.overview();
  expect(prompts).toBeGreaterThanOrEqual(before.length);
});
