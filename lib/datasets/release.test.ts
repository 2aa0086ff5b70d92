// Releases: made again byte for byte after everything that people do to data; and a sentence where they cannot be.
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  addTinyModels,
  type Installation,
  plain,
  ranked,
  readyComparison,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { updateSettings } from "../project/settings.ts";
import { nextAssignment, skipAssignment } from "../ranking/assignments.ts";
import { submitRanking } from "../ranking/submit.ts";
import { renameModel } from "../training/model-changes.ts";
import { archivePrompt } from "../writing/prompt-changes.ts";
import { createPrompt } from "../writing/prompts.ts";
import { outSets } from "./choices.ts";
import { noTally, planOf } from "./export.ts";
import { createRelease, readManifest, verifyRelease } from "./release.ts";
import { dataCard } from "./release-card.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
  await updateSettings(installation.as.admin, { rateFirst: false });
});
afterEach(() => installation.remove());

async function rank(text: string, notation: string): Promise<{ promptId: string; id: string }> {
  const { admin, labeler } = installation.as;
  const { id: promptId } = await createPrompt(admin, plain(text, "chat", `${text} Yes.`));
  await readyComparison(admin, promptId, ["a", "bb", "ccc"]);
  const { id } = (await nextAssignment(labeler))!;
  await submitRanking(labeler, { id, ...ranked(notation), ratings: [] });
  return { promptId, id };
}

async function skip(text: string): Promise<void> {
  const { admin, labeler } = installation.as;
  const { id: promptId } = await createPrompt(admin, plain(text));
  await readyComparison(admin, promptId, ["a", "b"]);
  await skipAssignment(labeler, { id: (await nextAssignment(labeler))!.id, reason: "unclear" });
}

test("every set is made again byte for byte after re-rankings, more rankings, new and archived prompts", async () => {
  const { engineer, admin, labeler } = installation.as;
  const first = await rank("One?", "A>B=C");
  await skip("Unclear?");
  const folders = outSets.map((dataset) => ({ dataset, folder: join(installation.directory, `kept-${dataset}`) }));
  for (const { dataset, folder } of folders) {
    await createRelease(engineer, { name: "kept", asked: { dataset }, folder, now: installation.clock.now });
  }
  const kept = folders.find(({ dataset }) => dataset === "comparisons")!;
  expect((await readManifest(kept.folder)).counts).toMatchObject({ read: 1, strict: 2, tied: 1, lines: 2 });
  const card = readFileSync(join(kept.folder, "README.md"), "utf8");
  expect(card).toContain("| 3 | 1 | 2 | 1 |");
  expect(card).toContain("| chat | 1 | 100.0 |");

  installation.clock.now += 1_000;
  await skip("Unclear, too?");
  await submitRanking(labeler, { id: first.id, ...ranked("C>B>A"), ratings: [], revises: 1 });
  await rank("Two?", "A>B>C");
  await archivePrompt(admin, { id: first.promptId, archived: true });
  for (const { dataset, folder } of folders) {
    expect(await verifyRelease(engineer, folder, await readManifest(folder)), dataset).toEqual([]);
  }
});

test("a sentence says why a release is not the same", async () => {
  const { engineer, admin } = installation.as;
  await rank("One?", "A>B=C");
  const folder = join(installation.directory, "kept");
  const said = await createRelease(engineer, {
    name: "kept",
    asked: { dataset: "rankings" },
    folder,
    now: installation.clock.now,
  });
  await renameModel(admin, { id: "tiny-lm", name: "renamed" });
  expect(await verifyRelease(engineer, folder, said)).toEqual([expect.stringMatching(/a name, .* was changed since/)]);
  appendFileSync(join(folder, said.files[0].name), "\n");
  rmSync(join(folder, "README.md"));
  expect((await verifyRelease(engineer, folder, said)).slice(0, 2)).toEqual([
    "rankings-all.jsonl was changed after the release was made.",
    "README.md is not there any more.",
  ]);
  const elsewhere = { db: engineer.db, project: "another" };
  expect(await verifyRelease(elsewhere, folder, said)).toContainEqual(
    expect.stringContaining("1 of its 1 rankings are gone"),
  );
});

test("counting for the card hears a stop", async () => {
  await rank("One?", "A>B=C");
  const card = dataCard(
    installation.as.engineer,
    "kept",
    planOf({ dataset: "rankings" }),
    noTally(),
    AbortSignal.abort(),
  );
  await expect(card).rejects.toThrow(/abort/i);
});
