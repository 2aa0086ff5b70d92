import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  addTinyModels,
  type Installation,
  plain,
  ranked,
  readyComparison,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { overview } from "../project/overview.ts";
import { updateSettings } from "../project/settings.ts";
import type { SkipReason } from "../vocabulary/labeling.ts";
import { saveDraft } from "../writing/drafts.ts";
import { createPrompt } from "../writing/prompts.ts";
import { assignmentLeaseMs, getAssignment, nextAssignment, skipAssignment, unskipAssignment } from "./assignments.ts";
import { handOutAgain, listSkipped } from "./skips.ts";
import { submitRanking } from "./submit.ts";
import { viewComparison } from "./view.ts";

let installation: Installation;
let as: Installation["as"];
let comparisons: string[];
beforeEach(async () => {
  installation = await temporaryInstallation();
  as = installation.as;
  await addTinyModels(installation);
  await updateSettings(as.admin, { rateFirst: false });
  comparisons = [];
  for (const question of ["Who?", "Where?", "When?", "Why?"]) {
    const prompt = await createPrompt(as.labeler, plain(question));
    comparisons.push((await readyComparison(as.labeler, prompt.id, ["Sand.", "Fish."])).id);
  }
});
afterEach(() => installation.remove());

type Who = "labeler" | "other" | "annotator";
const claim = async (who: Who, comparisonId: string) => (await nextAssignment(as[who], { comparisonId }))!;
async function skip(who: Who, comparisonId: string, reason: SkipReason = "unclear") {
  installation.clock.now += 1;
  const { id } = await claim(who, comparisonId);
  await skipAssignment(as[who], { id, reason });
  return id;
}
const listed = async (setAside: boolean) => (await listSkipped(as.reviewer, { setAside, limit: 10 })).items;

describe("a skip taken back", () => {
  test("is as if it had not been: held again, with the draft, and counted as before", async () => {
    const { id, comparisonId } = (await nextAssignment(as.labeler))!;
    const content = { likert: [7, 6, 5, 4, 3, 2, 1, 7, 6] };
    await saveDraft(as.labeler, { subject: `ranking:${comparisonId}`, basedOn: 0, writer: "w", content });
    await skipAssignment(as.labeler, { id, reason: "broken" });
    expect(await overview(as.labeler)).toMatchObject({ waitingForMe: 3 });
    expect(await unskipAssignment(as.labeler, { id })).toEqual({ ok: true });
    expect(await unskipAssignment(as.labeler, { id })).toEqual({ ok: true });
    expect(await getAssignment(as.labeler, { id })).toMatchObject({ comparisonId, draft: { content } });
    expect(await overview(as.labeler)).toMatchObject({ waitingForMe: 4 });
    expect(await listed(false)).toEqual([]);
    await expect(submitRanking(as.labeler, { id, ...ranked("A>B"), ratings: [] })).resolves.toMatchObject({
      version: 1,
    });
  });

  test("is a third at hand: the one fetched ahead goes back, the one on the screen stays", async () => {
    const skipped = await skip("labeler", comparisons[0]!);
    const onScreen = (await nextAssignment(as.labeler))!;
    const ahead = (await nextAssignment(as.labeler, { after: onScreen.id }))!;
    await unskipAssignment(as.labeler, { id: skipped });
    expect(await getAssignment(as.labeler, { id: onScreen.id })).toMatchObject({ submitted: null });
    await expect(getAssignment(as.labeler, { id: ahead.id })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("is refused in a sentence once someone else is at it or has ranked it", async () => {
    const id = await skip("labeler", comparisons[0]!);
    const { id: theirs } = await claim("other", comparisons[0]!);
    const back = () => unskipAssignment(as.labeler, { id });
    await expect(back()).rejects.toMatchObject({
      code: "CONFLICT",
      message: "Someone else is ranking these answers by now: your skip stays.",
    });
    await submitRanking(as.other, { id: theirs, ...ranked("A>B"), ratings: [] });
    await expect(back()).rejects.toThrow("These answers have been ranked by now: your skip stays.");
    await expect(unskipAssignment(as.other, { id })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(unskipAssignment(as.other, { id: theirs })).rejects.toThrow("This is no skip any more");
    // Whose lease has run out is at it no more.
    const again = await skip("labeler", comparisons[1]!);
    await claim("other", comparisons[1]!);
    installation.clock.now += assignmentLeaseMs;
    expect(await unskipAssignment(as.labeler, { id: again })).toEqual({ ok: true });
  });
});

describe("a comparison skipped by two", () => {
  test("is off every count and handed to nobody; leads see who skipped it and why", async () => {
    const [one, two] = comparisons as [string, string];
    await skip("labeler", one, "sensitive");
    expect(await overview(as.annotator)).toMatchObject({ comparisonsLeft: 4, waitingForMe: 4 });
    expect(await listed(false)).toMatchObject([{ id: one, skips: [{ labeler: "labeler", reason: "sensitive" }] }]);
    await skip("other", one, "needs expertise");
    await skip("other", two);
    expect(await overview(as.annotator)).toMatchObject({ comparisonsLeft: 3, waitingForMe: 3, setAside: 0 });
    expect(await overview(as.reviewer)).toMatchObject({ comparisonsLeft: 3, setAside: 1 });
    expect((await nextAssignment(as.annotator))?.comparisonId).toBe(two);
    expect((await listed(false)).map(({ id }) => id)).toEqual([two]);
    expect(await listed(true)).toMatchObject([
      {
        id: one,
        promptText: "Who?",
        useCase: "chat",
        k: 2,
        skips: [
          { labeler: "labeler", reason: "sensitive" },
          { labeler: "other", reason: "needs expertise" },
        ],
      },
    ]);
    await expect(listSkipped(as.labeler, { setAside: true, limit: 1 })).rejects.toMatchObject({ code: "FORBIDDEN" });
    // Who has not skipped it may still choose it.
    expect((await claim("annotator", one)).comparisonId).toBe(one);
  });

  test("says so itself, and to leads by whom it was skipped", async () => {
    const [id = ""] = comparisons;
    const seen = async (who: "reviewer" | "labeler") => (await viewComparison(as[who], { id })).setAside;
    await skip("labeler", id, "unclear");
    expect(await seen("reviewer")).toBeNull();
    await skip("other", id, "broken");
    const skips = [
      { labeler: "labeler", reason: "unclear", skippedAt: expect.any(Number) },
      { labeler: "other", reason: "broken", skippedAt: expect.any(Number) },
    ];
    expect(await seen("reviewer")).toEqual({ skips });
    expect(await seen("labeler")).toEqual({ skips: [] });
    await handOutAgain(as.reviewer, { id });
    expect(await seen("reviewer")).toBeNull();
  });

  test("is handed out again, also to those who skipped it, when a lead says so", async () => {
    const [one] = comparisons as [string];
    const first = await skip("labeler", one);
    await skip("other", one);
    await expect(claim("labeler", one)).rejects.toThrow("You have skipped these answers");
    await handOutAgain(as.reviewer, { id: one });
    expect(await listed(true)).toEqual([]);
    expect(await overview(as.labeler)).toMatchObject({ comparisonsLeft: 4, waitingForMe: 4 });
    installation.clock.now += 1;
    expect((await nextAssignment(as.labeler))?.comparisonId).toBe(one);
    // The skip of before is over: there is nothing to take back.
    await expect(unskipAssignment(as.labeler, { id: first })).rejects.toMatchObject({ code: "CONFLICT" });
    await skip("labeler", one, "broken");
    expect(await listed(false)).toMatchObject([{ id: one, skips: [{ labeler: "labeler", reason: "broken" }] }]);
    await expect(handOutAgain(as.reviewer, { id: "nothing" })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("is listed page by page", async () => {
    for (const id of comparisons) for (const who of ["labeler", "other"] as const) await skip(who, id);
    const first = await listSkipped(as.reviewer, { setAside: true, limit: 3 });
    const rest = await listSkipped(as.reviewer, { setAside: true, limit: 3, cursor: first.next ?? undefined });
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(comparisons.toReversed());
    expect(rest.next).toBeNull();
  });
});

test("what others are ranking is counted as that, and not as nothing", async () => {
  for (const who of ["labeler", "other"] as const) {
    const first = (await nextAssignment(as[who]))!;
    await nextAssignment(as[who], { after: first.id });
  }
  expect(await overview(as.annotator)).toMatchObject({ comparisonsLeft: 4, waitingForMe: 0, rankedByOthers: 4 });
  expect(await overview(as.labeler)).toMatchObject({ waitingForMe: 2, rankedByOthers: 2 });
  expect(await overview(as.writer)).toMatchObject({ waitingForMe: 0, rankedByOthers: 0 });
  installation.clock.now += assignmentLeaseMs;
  expect(await overview(as.annotator)).toMatchObject({ waitingForMe: 4, rankedByOthers: 0 });
});
