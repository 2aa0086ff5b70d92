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
import { archivePrompt, archivePrompts, editPrompt, removePrompt, removePrompts } from "./prompt-changes.ts";
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

test("many are archived and come back at once, and those of others stay", async () => {
  const [one, two] = [await written("One"), await written("Two")];
  const others = (await createPrompt(as.labeler, plain("Another's"))).id;
  const ids = [one, two, others, "nothing"];
  const sentence = "This prompt is somebody else's: its author may change it, or a lead.";
  const left = [{ id: others, reason: sentence }];
  expect(await archivePrompts(as.writer, { ids, archived: true })).toEqual({ done: 2, left });
  expect(await inUse()).toEqual([others]);
  const archived = await contentsOf(installation.db);
  expect(await archivePrompts(as.writer, { ids, archived: true })).toEqual({ done: 2, left });
  expect(await contentsOf(installation.db)).toEqual(archived);
  expect(await archivePrompts(as.reviewer, { ids, archived: false })).toEqual({ done: 3, left: [] });
  expect(await inUse()).toEqual([others, two, one]);
});

test("of many that are deleted, those on which people have built are archived, and those at work stay", async () => {
  const [bare, answered, ranked_, shown] = [
    await written("Bare"),
    await written("Answered"),
    await written("Ranked"),
    await written("Demonstrated by another"),
  ];
  await createDemonstration(as.writer, { promptId: bare, text: "One's own." });
  await createDemonstration(as.labeler, { promptId: shown, text: "Another's." });
  await readyComparison(as.writer, ranked_, ["Fish.", "Sand."]);
  const assignment = await nextAssignment(as.labeler);
  await submitRanking(as.labeler, { id: assignment?.id ?? "", ...ranked("A>B") });
  await readyComparison(as.writer, answered, ["Fish.", "Sand."]);
  const held = await written("Held");
  await readyComparison(as.writer, held, ["Fish.", "Sand."]);
  const { comparisonList } = await getPrompt(as.writer, { id: held });
  await nextAssignment(as.labeler, { comparisonId: comparisonList[0]?.id ?? "" });
  const generating = await written("Generating");
  await createComparison(as.writer, { ...settings, promptId: generating, k: 2 });
  const elsewhere = { ...as.reviewer, project: "elsewhere" };
  const ids = [bare, answered, ranked_, shown, held, generating, "nothing"];
  expect(await removePrompts(elsewhere, { ids })).toEqual({ deleted: 0, archived: 0, left: [] });
  expect(await archivePrompts(elsewhere, { ids, archived: true })).toEqual({ done: 0, left: [] });

  const outcome = await removePrompts(as.reviewer, { ids });
  expect(outcome).toMatchObject({ deleted: 2, archived: 2 });
  expect(new Map(outcome.left.map(({ id, reason }) => [id, reason]))).toEqual(
    new Map([
      [held, "Somebody is ranking answers to this prompt just now: delete it later."],
      [generating, "Answers to this prompt are being written: stop them first."],
    ]),
  );
  expect(await inUse()).toEqual([generating, held]);
  const { items } = await listPrompts(as.writer, { limit: 30, state: "archived" });
  expect(items.map(({ id }) => id)).toEqual([shown, ranked_]);
  expect(items[1]).toMatchObject({ comparisons: 1 });
  const before = await contentsOf(installation.db);
  expect(await removePrompts(as.reviewer, { ids })).toEqual({ deleted: 0, archived: 2, left: outcome.left });
  expect(await contentsOf(installation.db)).toEqual(before);
});

test("who does not lead deletes what nobody has answered, and the rest is archived", async () => {
  const [bare, answered] = [await written("Bare"), await written("Answered")];
  await readyComparison(as.writer, answered, ["Fish.", "Sand."]);
  expect(await removePrompts(as.writer, { ids: [bare, answered] })).toEqual({ deleted: 1, archived: 1, left: [] });
});
