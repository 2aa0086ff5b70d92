import { afterEach, beforeEach, expect, test } from "vitest";
import { contentsOf, inTests } from "../../db/database.fixture.ts";
import { countTrainingData } from "../../db/queries/training-runs.ts";
import {
  addTinyModels,
  type Installation,
  plain,
  ranked,
  readyComparison,
  settings,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { overview } from "../project/overview.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { createComparison, stopComparison } from "../ranking/generate.ts";
import { submitRanking } from "../ranking/submit.ts";
import { createDemonstration } from "./demonstrations.ts";
import { saveDraft } from "./drafts.ts";
import { archivePrompt, editPrompt, removePrompt } from "./prompt-changes.ts";
import { createPrompt, getPrompt, listPrompts } from "./prompts.ts";

let installation: Installation;
let as: Installation["as"];
beforeEach(async () => {
  installation = await temporaryInstallation();
  ({ as } = installation);
  await addTinyModels(installation);
});
afterEach(() => installation.remove());

const written = async (text = "What do otters eet?") => (await createPrompt(as.writer, plain(text))).id;
const few = {
  kind: "few-shot" as const,
  instruction: "Say the opposite.",
  shots: [{ query: "hot", response: "cold" }],
  query: "up",
  useCase: "rewrite" as const,
};
const inUse = async () => (await listPrompts(as.writer, { limit: 30 })).items.map(({ id }) => id);

test("other words take the place of those before, as long as nobody else has answered", async () => {
  const id = await written();
  await createDemonstration(as.writer, { promptId: id, text: "Fish." });
  const now = await editPrompt(as.writer, { id, ...plain("What do otters eat?", "open QA") });
  expect(now).toMatchObject({ id, text: "What do otters eat?", useCase: "open QA", demonstrations: 1 });
  const parted = await editPrompt(as.writer, { id, ...few });
  expect(parted).toMatchObject({ id, kind: "few-shot", messages: [{ role: "user" }] });
  expect((await getPrompt(as.writer, { id })).fewShot).toMatchObject({
    instruction: "Say the opposite.",
    shots: few.shots,
  });
  expect((await editPrompt(as.writer, { id, ...plain("Why?") })).messages).toEqual([{ role: "user", content: "Why?" }]);
  expect(await inUse()).toEqual([id]);
});

test("where there are answers they are a new version, in the same split, and the one before keeps its answers", async () => {
  const id = await written();
  const before = await readyComparison(as.writer, id, ["Fish.", "Sand."]);
  const now = await editPrompt(as.writer, { id, ...plain("What do otters eat?") });
  expect(now.id).not.toBe(id);
  expect(await getPrompt(as.writer, { id: now.id })).toMatchObject({ revises: id, comparisons: 0 });
  expect(await getPrompt(as.writer, { id })).toMatchObject({
    text: "What do otters eet?",
    revisedBy: now.id,
    comparisonList: [{ id: before.id }],
  });
  const splits = (await contentsOf(installation.db)).prompt?.map((row) => (row as { split: string }).split);
  expect(new Set(splits).size).toBe(1);
  expect(await inUse()).toEqual([now.id]);
  await expect(editPrompt(as.writer, { id, ...plain("Who?") })).rejects.toThrow("There is a newer version");
  const twice = await written("Another one");
  await createDemonstration(as.labeler, { promptId: twice, text: "An answer." });
  expect((await editPrompt(as.writer, { id: twice, ...plain("Another?") })).id).not.toBe(twice);
});

test("archived, a prompt is on no list, handed to nobody, counted nowhere, and comes back whole", async () => {
  const id = await written();
  await readyComparison(as.writer, id, ["Fish.", "Sand."]);
  const figures = async () => {
    const { prompts, comparisonsLeft, waitingForMe } = await overview(as.labeler);
    const practised = (await countTrainingData(inTests(installation.db))).find(
      ({ dataset }) => dataset === "prompts",
    )?.items;
    return [prompts, comparisonsLeft, waitingForMe, practised];
  };
  const before = await figures();
  await archivePrompt(as.writer, { id, archived: true });
  expect(await figures()).toEqual([0, 0, 0, 0]);
  expect(await inUse()).toEqual([]);
  expect((await listPrompts(as.writer, { limit: 30, state: "archived" })).items).toMatchObject([{ id }]);
  expect(await nextAssignment(as.labeler)).toBeNull();
  await expect(createComparison(as.writer, { ...settings, promptId: id, k: 2 })).rejects.toThrow("bring it back first");
  await archivePrompt(as.writer, { id, archived: false });
  expect(await figures()).toEqual(before);
  expect(await nextAssignment(as.labeler)).not.toBeNull();
});

test("deleted, it goes with all that hangs on it and with nothing else", async () => {
  const other = await written("Another one");
  await createDemonstration(as.labeler, { promptId: other, text: "Fish." });
  const empty = await contentsOf(installation.db);

  const id = (await createPrompt(as.writer, { ...few, demonstration: "down" })).id;
  await createDemonstration(as.labeler, { promptId: id, text: "low" });
  const { id: comparisonId } = await readyComparison(as.writer, id, ["down", "left"]);
  const held = (await nextAssignment(as.labeler, { comparisonId }))!;
  for (const subject of [`demonstration:${id}`, `answers:${id}`])
    await saveDraft(as.writer, { subject, basedOn: 0, writer: "w", content: { new: "x" } });
  const goes = () => removePrompt(as.reviewer, { id });
  await expect(goes()).rejects.toThrow("Somebody is ranking answers to this prompt just now");
  await submitRanking(as.labeler, { id: held.id, ...ranked("A>B") });
  const started = await createComparison(as.writer, { ...settings, promptId: id, k: 2 });
  await expect(goes()).rejects.toThrow("Answers to this prompt are being written");
  await stopComparison(as.writer, { id: started.id });
  await expect(removePrompt(as.writer, { id })).rejects.toThrow("only a lead may delete it");
  expect(await getPrompt(as.reviewer, { id })).toMatchObject({ demonstrations: 2, comparisons: 2, rankings: 1 });

  await goes();
  const after = await contentsOf(installation.db);
  // The reward model that waits to judge is nobody's row; events tell of what is gone, and not in its words.
  expect(JSON.stringify(after.event)).not.toMatch(/opposite|"down"|cold/);
  const without = ({ sqlite_sequence: _, event: __, job, ...tables }: typeof after) => ({
    ...tables,
    job: job?.filter((row) => (row as { kind: string }).kind !== "judge"),
  });
  expect(without(after)).toEqual(without(empty));
  await expect(goes()).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("only its author and leads change a prompt", async () => {
  const id = await written();
  const tries = [
    () => editPrompt(as.labeler, { id, ...plain("Mine now") }),
    () => archivePrompt(as.labeler, { id, archived: true }),
    () => removePrompt(as.labeler, { id }),
  ];
  for (const one of tries) await expect(one()).rejects.toMatchObject({ code: "FORBIDDEN", message: /somebody else's/ });
  expect((await getPrompt(as.labeler, { id })).mayChange).toBe(false);
  expect((await getPrompt(as.reviewer, { id })).mayChange).toBe(true);
  await editPrompt(as.reviewer, { id, ...plain("By a lead") });
  await removePrompt(as.writer, { id });
  expect(await inUse()).toEqual([]);
});
