// Lists of prompts: narrowed by words and by what is known of each, in either order, page by page, and counted.
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  addTinyModels,
  type Installation,
  plain,
  ranked,
  readyComparison,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { submitRanking } from "../ranking/submit.ts";
import type { PromptFilter } from "../vocabulary/shapes.ts";
import { archivePrompt, editPrompt, removePrompt } from "./prompt-changes.ts";
import { countPrompts, createPrompt, listPrompts } from "./prompts.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
});
afterEach(() => installation.remove());

const texts = async (filter: PromptFilter) => {
  const { labeler } = installation.as;
  const { items } = await listPrompts(labeler, { ...filter, limit: 100 });
  expect(await countPrompts(labeler, filter)).toEqual({ count: items.length, more: false });
  return items.map(({ text }) => text);
};

test("every word typed is in what is found, if only as its beginning, in capitals or not", async () => {
  const written = [
    "What do otters eat?",
    "Otter-proof my pond, e.g. with nets.",
    "Écrivez à l'été: où vont les loutres?",
    "カワウソは何を食べますか",
    "Mail otter@example.org about v2.5",
    "Шта једе видра?",
    "“Beavers”—or muskrats’ 3 m² dens…🦫 lodges",
    "ऊदबिलाव क्या खाते हैं?",
  ] as const;
  const [eat, pond, french, japanese, mail, serbian, beavers, hindi] = written;
  for (const text of written) await createPrompt(installation.as.labeler, plain(text));
  expect(await texts({ search: "otter" })).toEqual([mail, pond, eat]);
  expect(await texts({ search: "OTTERS  what" })).toEqual([eat]);
  expect(await texts({ search: "otter@example.org" })).toEqual([mail]);
  expect(await texts({ search: "v2.5" })).toEqual([mail]);
  expect(await texts({ search: "otter-proof" })).toEqual([pond]);
  expect(await texts({ search: "l'été" })).toEqual([french]);
  expect(await texts({ search: "食べ" })).toEqual([japanese]);
  expect(await texts({ search: "видра" })).toEqual([serbian]);
  expect(await texts({ search: "ШТА" })).toEqual([serbian]);
  expect(await texts({ search: "écri" })).toEqual([french]);
  for (const search of ["beavers", "muskrats’ m²", "dens", "lodges", "“beav"])
    expect([search, await texts({ search })]).toEqual([search, [beavers]]);
  expect(await texts({ search: "ऊदबिलाव खाते" })).toEqual([hindi]);
  expect(await texts({ search: "tters" })).toEqual([]);
  // Nothing to look for is everything.
  expect(await texts({ search: " ?! " })).toHaveLength(written.length);
});

test("no text that is typed is an error", async () => {
  await createPrompt(installation.as.labeler, plain("What do otters eat?"));
  const typed = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), fc.constantFrom(...operators));
  await fc.assert(
    fc.asyncProperty(typed, async (search) => {
      await listPrompts(installation.as.labeler, { search, limit: 5 });
    }),
    { numRuns: 60 },
  );
});
const operators = [
  '"',
  "a AND",
  "NOT otters",
  "otters*",
  "text:otters",
  "a OR b",
  "^what",
  "(what",
  "'",
  "\\",
  "a & | !",
  "\0",
  "%",
  "NEAR(what eat)",
];

test("what is edited, archived or deleted is found as it is now", async () => {
  const { labeler } = installation.as;
  const { id } = await createPrompt(labeler, plain("What do otters eat?"));
  const other = await createPrompt(labeler, plain("Where do otters sleep?"));
  await editPrompt(labeler, { id, ...plain("What do badgers eat?") });
  expect(await texts({ search: "otters" })).toEqual([other.text]);
  expect(await texts({ search: "badgers" })).toEqual(["What do badgers eat?"]);
  await archivePrompt(labeler, { id, archived: true });
  expect(await texts({ search: "badgers" })).toEqual([]);
  expect(await texts({ search: "badgers", state: "archived" })).toEqual(["What do badgers eat?"]);
  await removePrompt(labeler, { id });
  expect(await texts({ state: "archived" })).toEqual([]);
  expect(await texts({ search: "eat" })).toEqual([]);
});

test("a list is narrowed by what is known of each prompt, and all of it has to be so", async () => {
  const { labeler, other } = installation.as;
  await addTinyModels(installation);
  const answered = await createPrompt(labeler, plain("Asked and answered", "chat"));
  await readyComparison(labeler, answered.id, ["a", "b"]);
  await createPrompt(other, plain("Only written", "chat", "A demonstration."));
  await createPrompt(labeler, plain("Written too", "summarization"));
  expect(await texts({ useCase: "chat" })).toEqual(["Only written", "Asked and answered"]);
  expect(await texts({ useCase: "chat", by: "labeler" })).toEqual(["Asked and answered"]);
  expect(await texts({ by: "nobody" })).toEqual([]);
  expect(await texts({ kind: "few-shot" })).toEqual([]);
  expect(await texts({ state: "unanswered" })).toEqual(["Written too", "Only written"]);
  expect(await texts({ state: "undemonstrated" })).toEqual(["Written too", "Asked and answered"]);
  expect(await texts({ state: "wanting" })).toEqual(["Asked and answered"]);
  expect(await texts({ state: "ranked" })).toEqual([]);
  // Also where it has several sets of answers, a prompt comes once, and is ranked when all of them are.
  await readyComparison(labeler, answered.id, ["c", "d"]);
  expect(await texts({ state: "wanting" })).toEqual(["Asked and answered"]);
  for (const left of [["Asked and answered"], []]) {
    const assignment = await nextAssignment(labeler);
    await submitRanking(labeler, { id: assignment?.id ?? "", ...ranked("A>B") });
    expect(await texts({ state: "wanting" })).toEqual(left);
    expect(await texts({ state: "wanting", search: "asked" })).toEqual(left);
  }
  expect(await texts({ state: "ranked" })).toEqual(["Asked and answered"]);
  expect(await texts({ state: "ranked", useCase: "chat" })).toEqual(["Asked and answered"]);
  expect(await texts({ search: "written", state: "unanswered", useCase: "chat" })).toEqual(["Only written"]);
});

test("a list that is searched goes page by page in either order, each prompt once", async () => {
  const { labeler } = installation.as;
  for (let i = 0; i < 7; i++) await createPrompt(labeler, plain(`${i % 2 ? "owl" : "otter"} ${i}`));
  for (const order of ["newest", "oldest"] as const) {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listPrompts(labeler, { search: "otter", order, limit: 3, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map((one) => one.text));
      cursor = page.next ?? undefined;
    } while (cursor);
    const inOrder = ["otter 0", "otter 2", "otter 4", "otter 6"];
    expect(seen).toEqual(order === "oldest" ? inOrder : inOrder.toReversed());
  }
});
