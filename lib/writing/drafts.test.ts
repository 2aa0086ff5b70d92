import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addPrompt, runSql } from "../../db/database.fixture.ts";
import { draftsKeptMs } from "../../db/queries/drafts.ts";
import type { Context } from "../context.ts";
import {
  addTinyModels,
  type Installation,
  ranked,
  readyComparison,
  temporaryInstallation,
  writeWaiting,
} from "../installation.fixture.ts";
import { assignmentLeaseMs, nextAssignment, releaseAssignment, skipAssignment } from "../ranking/assignments.ts";
import { regenerateCandidate } from "../ranking/generate.ts";
import { submitRanking } from "../ranking/submit.ts";
import { limits } from "../vocabulary/limits.ts";
import type { Draft } from "../vocabulary/shapes.ts";
import { discardDraft, getDraft, saveDraft } from "./drafts.ts";

let installation: Installation;
let labeler: Context;
let other: Context;
beforeEach(async () => {
  installation = await temporaryInstallation();
  ({ labeler, other } = installation.as);
});
afterEach(() => installation.remove());

const subject = "prompt";
const save = (writer: string, basedOn: number, content: Draft["content"], ctx = labeler, about = subject) =>
  saveDraft(ctx, { subject: about, basedOn, writer, content });
const kept = (ctx = labeler, about = subject) => getDraft(ctx, { subject: about });
/** By whoever has seen the last one. */
const discard = async (ctx = labeler) =>
  discardDraft(ctx, { subject, basedOn: (await kept(ctx))?.revision ?? 0, writer: "someone" });
const count = async () => (await runSql(installation.db, "select count(*) from draft"))[0]?.[0];

test("each save is one revision more, and comes back as it was", async () => {
  const content = {
    text: "half \ud83d, \u0000, \u2028, \u{1f9a6}",
    list: [1, null, { deep: [true] }],
    __proto__: null,
  };
  expect(await kept()).toBeNull();
  const first = await save("a", 0, content);
  expect(first).toMatchObject({ outcome: "saved", other: null });
  const savedAt = installation.clock.now;
  const draft = { writer: "a", savedAt, revision: first.draft.revision };
  expect(first.draft).toEqual(draft);
  expect(await kept()).toEqual({ ...draft, content });
  const second = await save("a", draft.revision, null);
  expect(second.draft.revision).toBe(draft.revision + 1);
  expect(await kept()).toMatchObject({ content: null });
});

test("what another window has saved since is answered, not overwritten; whoever has seen it may go on", async () => {
  const first = await save("a", 0, "one");
  const second = await save("b", first.draft.revision, "two");
  expect(second.outcome).toBe("saved");
  const late = await save("a", first.draft.revision, "three");
  expect(late).toEqual({ outcome: "conflict", draft: second.draft, other: { ...second.draft, content: "two" } });
  expect(await save("c", 0, "four")).toMatchObject({ outcome: "conflict" });
  expect(await kept()).toMatchObject({ content: "two", writer: "b" });
  expect(await save("a", second.draft.revision, "three")).toMatchObject({ outcome: "saved" });
  expect(await kept()).toMatchObject({ content: "three", writer: "a" });
});

test("a window never conflicts with itself: after a lost answer, or with saves in a row", async () => {
  const first = await save("a", 0, "one");
  await save("a", first.draft.revision, "two"); // its answer was lost
  expect(await save("a", first.draft.revision, "three")).toMatchObject({ outcome: "saved" });
  expect(await save("a", 0, "four")).toMatchObject({ outcome: "saved", draft: { revision: first.draft.revision + 3 } });
});

test("people do not see each other's", async () => {
  await save("a", 0, "mine");
  expect(await kept(other)).toBeNull();
  expect(await save("a", 0, "theirs", other)).toMatchObject({ outcome: "saved" });
  await discard(other);
  expect([await kept(labeler), await kept(other)]).toMatchObject([{ content: "mine" }, null]);
  await discard(other);
});

test("what a window has not seen is not thrown away by it; its own is, also after a lost answer", async () => {
  const first = await save("a", 0, "one");
  await save("b", first.draft.revision, "two");
  await discardDraft(labeler, { subject, basedOn: first.draft.revision, writer: "a" });
  expect(await kept()).toMatchObject({ content: "two" });
  await discardDraft(labeler, { subject, basedOn: 0, writer: "b" });
  expect(await kept()).toBeNull();
});

test("a window that only knows a draft of before does not take the one of today for it", async () => {
  const old: number[] = [];
  for (let i = 0; i < 5; i++) old.push((await save("a", 0, "one")).draft.revision);
  await discard();
  installation.clock.now += 1_000;
  for (let i = 0; i < 5; i++) {
    await save("b", 0, "another prompt");
    for (const revision of old) expect((await save("a", revision, "one")).outcome).toBe("conflict");
  }
  expect(await kept()).toMatchObject({ content: "another prompt" });
});

test("any windows in any order: kept is the last save that was accepted, and only unseen saves are refused", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          writer: fc.constantFrom("a", "b", "c"),
          what: fc.constantFrom("save", "save", "retry", "look", "discard"),
          content: fc.jsonValue(),
        }),
        { maxLength: 30 },
      ),
      async (steps) => {
        await discard();
        const seen: Record<string, number> = { a: 0, b: 0, c: 0 };
        let model: { writer: string; content: unknown; revision: number } | null = null;
        for (const { writer, what, content } of steps) {
          installation.clock.now += 100;
          if (what === "discard") {
            await discard();
            model = null;
          } else if (what === "look") {
            seen[writer] = (await kept())?.revision ?? 0;
          } else {
            const basedOn = seen[writer] ?? 0;
            const mayFollow = !model || model.writer === writer || model.revision === basedOn;
            const answer = await save(writer, basedOn, JSON.parse(JSON.stringify(content)));
            expect(answer.outcome).toBe(mayFollow ? "saved" : "conflict");
            if (mayFollow)
              model = { writer, content: JSON.parse(JSON.stringify(content)), revision: answer.draft.revision };
            else expect(answer.other).toMatchObject({ content: model?.content, writer: model?.writer });
            // A retry is a save whose answer did not arrive.
            if (mayFollow && what === "save") seen[writer] = answer.draft.revision;
          }
          const now = await kept();
          expect(now && { writer: now.writer, content: now.content, revision: now.revision }).toEqual(model);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("a draft that is too long is refused, and the one before stays", async () => {
  await save("a", 0, "short");
  const long = "x".repeat(limits.draftCharacters - 1);
  await expect(save("a", 0, long)).rejects.toMatchObject({
    code: "BAD_REQUEST",
    message: "This is too long to be kept as a draft: at most 600,000 characters.",
  });
  expect(await kept()).toMatchObject({ content: "short" });
  expect(await save("a", 0, long.slice(1))).toMatchObject({ outcome: "saved" });
});

test("what nobody came back to for ninety days goes when its owner begins something new", async () => {
  await save("a", 0, "old", labeler, "demonstration:1");
  await save("a", 0, "old", other, "demonstration:1");
  installation.clock.now += draftsKeptMs;
  await save("a", 0, "kept", labeler, "demonstration:2");
  expect(await count()).toBe(3);
  installation.clock.now += 1;
  await save("a", 0, "new", labeler, "demonstration:3");
  expect(await kept(labeler, "demonstration:1")).toBeNull();
  expect(await kept(labeler, "demonstration:2")).toMatchObject({ content: "kept" });
  expect(await kept(other, "demonstration:1")).toMatchObject({ content: "old" });
});

test("each role has drafts of what it does", async () => {
  const { writer, annotator, engineer } = installation.as;
  const forbidden = (duty: RegExp) => ({ code: "FORBIDDEN", message: expect.stringMatching(duty) });
  await expect(save("a", 0, 1, annotator)).rejects.toMatchObject(forbidden(/may write prompts\.$/));
  await expect(kept(writer, "ranking:1")).rejects.toMatchObject(forbidden(/may rank answers\.$/));
  await expect(discardDraft(engineer, { subject, basedOn: 0, writer: "a" })).rejects.toMatchObject(
    forbidden(/may write prompts\.$/),
  );
  expect(await save("a", 0, 1, writer)).toMatchObject({ outcome: "saved" });
});

test("of a ranking: it goes with the submission, and stays with a skip, which may be taken back", async () => {
  await addTinyModels(installation);
  const promptId = await addPrompt(installation.db);
  for (const end of ["submit", "skip"]) {
    await readyComparison(labeler, promptId, ["Sand.", "Fish."]);
    const { id, comparisonId } = (await nextAssignment(labeler))!;
    const about = `ranking:${comparisonId}`;
    await save("a", 0, "board", labeler, about);
    await submitRanking(labeler, { id, ...ranked("A>A") }).catch(() => {});
    expect(await kept(labeler, about)).not.toBeNull();
    if (end === "submit") await submitRanking(labeler, { id, ...ranked("A>B") });
    else await skipAssignment(labeler, { id, reason: "unclear" });
    expect((await kept(labeler, about)) !== null).toBe(end === "skip");
  }
});

test("of a ranking: it outlasts the lease, and is gone for everyone when an answer is written anew", async () => {
  await addTinyModels(installation);
  const { id: comparisonId, candidates } = await readyComparison(labeler, await addPrompt(installation.db), [
    "Sand.",
    "Fish.",
  ]);
  const about = `ranking:${comparisonId}`;
  await expect(save("a", 0, "never had", labeler, about)).rejects.toMatchObject({ code: "CONFLICT" });
  const first = (await nextAssignment(labeler))!;
  await save("a", 0, "board", labeler, about);
  installation.clock.now += assignmentLeaseMs;
  await nextAssignment(other);
  await save("b", 0, "another board", other, about);
  // Offline until after the lease: still kept.
  expect(await save("a", 0, "board, moved", labeler, about)).toMatchObject({ outcome: "saved" });
  installation.clock.now += assignmentLeaseMs;
  await regenerateCandidate(installation.as.reviewer, { id: candidates[0]!.id });
  expect(await count()).toBe(0);

  // A window that still shows the old text does not bring its board back.
  const refused = { code: "CONFLICT", message: expect.stringMatching(/written anew/) };
  await expect(save("a", 0, "board", labeler, about)).rejects.toMatchObject(refused);
  await writeWaiting(labeler, comparisonId, ["Stones."]);
  await expect(save("a", 0, "board", labeler, about)).rejects.toMatchObject(refused);
  const next = (await nextAssignment(labeler))!;
  expect(next).toMatchObject({ draft: null, candidates: [{ text: "Stones." }, { text: "Fish." }] });
  expect(next.id).not.toBe(first.id);
  expect(await save("c", 0, "new board", labeler, about)).toMatchObject({ outcome: "saved" });
  await releaseAssignment(labeler, { id: next.id });
  await expect(save("c", 0, "late", labeler, about)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await kept(labeler, about)).toMatchObject({ content: "new board" });
});
