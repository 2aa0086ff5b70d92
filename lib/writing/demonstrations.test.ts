import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addPrompt } from "../../db/database.fixture.ts";
import { getDemonstration } from "../../db/queries/demonstrations.ts";
import type { Context } from "../context.ts";
import { type Installation, temporaryInstallation } from "../installation.fixture.ts";
import type { Demonstration } from "../vocabulary/shapes.ts";
import {
  createDemonstration,
  type DemonstrationQuestion,
  listDemonstrations,
  reviewDemonstration,
  reviseDemonstration,
} from "./demonstrations.ts";
import { getPrompt } from "./prompts.ts";

let installation: Installation;
let promptId: string;
beforeEach(async () => {
  installation = await temporaryInstallation();
  promptId = await addPrompt(installation.db);
});
afterEach(() => installation.remove());

const write = (ctx: Context, text = "Fish.") => createDemonstration(ctx, { promptId, text });
const accept = (ctx: Context, { id }: { id: string }, comment = "") =>
  reviewDemonstration(ctx, { id, rating: 6, returned: false, comment });
const sendBack = (ctx: Context, { id }: { id: string }, comment = "Say more.") =>
  reviewDemonstration(ctx, { id, rating: 2, returned: true, comment });
const shownOf = async (ctx: Context): Promise<Demonstration[]> =>
  (await getPrompt(ctx, { id: promptId })).demonstrationList;

test("one is written, sent back, revised and accepted; both versions stay, and the latest is shown", async () => {
  const { writer, reviewer, clock, db } = { ...installation.as, ...installation };
  const first = await write(writer);
  expect(first).toEqual({
    id: first.id,
    promptId,
    text: "Fish.",
    author: "writer",
    createdAt: clock.now,
    version: 1,
    state: "unreviewed",
    review: null,
    source: null,
    earlier: [],
  });
  clock.now++;
  const review = { rating: 2, returned: true, comment: "Say more.", reviewer: "reviewer", createdAt: clock.now };
  expect(await sendBack(reviewer, first, " Say more.\n")).toEqual({ ...first, state: "returned", review });
  clock.now++;
  const second = await reviseDemonstration(writer, { id: first.id, text: "Fish and crabs." });
  const earlier = [{ version: 1, text: "Fish.", createdAt: clock.now - 2, review }];
  expect(second).toMatchObject({ version: 2, state: "unreviewed", review: null, createdAt: clock.now, earlier });
  expect(await accept(reviewer, second)).toMatchObject({ state: "accepted", review: { rating: 6, comment: "" } });

  expect((await shownOf(writer)).map(({ text, state }) => [text, state])).toEqual([["Fish and crabs.", "accepted"]]);
  expect(await getPrompt(writer, { id: promptId })).toMatchObject({ demonstrations: 1 });
  expect(await getDemonstration(db, first.id)).toMatchObject({ text: "Fish.", version: 1, state: "returned" });
});

describe("revising", () => {
  test("is the author's, of the latest version, until it is accepted", async () => {
    const { writer, labeler, reviewer, annotator } = installation.as;
    const first = await write(writer);
    const revise = (ctx: Context, { id }: { id: string }) => reviseDemonstration(ctx, { id, text: "Crabs." });
    await expect(revise(labeler, first)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(revise(annotator, first)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(revise(writer, { id: "nothing" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const second = await revise(writer, first);
    await expect(revise(writer, first)).rejects.toMatchObject({ code: "CONFLICT", message: /newer version/ });
    await accept(reviewer, second);
    await expect(revise(writer, second)).rejects.toMatchObject({ code: "CONFLICT", message: /has been accepted/ });
    expect(await shownOf(writer)).toHaveLength(1);
  });

  test("again and again keeps every version, each with what was said of it", async () => {
    const { writer, labeler, reviewer } = installation.as;
    const other = await write(labeler, "Sand.");
    let one = await write(writer, "1");
    for (const text of ["2", "3", "4"]) {
      await sendBack(reviewer, one, `Not ${one.text}.`);
      one = await reviseDemonstration(writer, { id: one.id, text });
    }
    const { items } = await listDemonstrations(reviewer, { of: "all", limit: 10 });
    expect(items.map(({ id, version }) => [id, version])).toEqual([
      [other.id, 1],
      [one.id, 4],
    ]);
    expect(items[1]?.earlier.map(({ version, text, review }) => [version, text, review?.comment])).toEqual([
      [3, "3", "Not 3."],
      [2, "2", "Not 2."],
      [1, "1", "Not 1."],
    ]);
    expect(items[0]?.earlier).toEqual([]);
    expect((await shownOf(writer))[1]).toEqual(one);
  });

  test("in two windows at once makes one new version", async () => {
    const { writer } = installation.as;
    const { id } = await write(writer);
    const both = ["a", "b"].map((text) => reviseDemonstration(writer, { id, text }));
    expect((await Promise.allSettled(both)).map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await shownOf(writer)).toMatchObject([{ version: 2 }]);
  });
});

describe("reviewing", () => {
  test("is for reviewers, of others, of the latest version, and says why when it sends back", async () => {
    const { writer, labeler, reviewer, admin } = installation.as;
    const own = await write(reviewer);
    await expect(accept(reviewer, own)).rejects.toMatchObject({ code: "FORBIDDEN", message: /is your own/ });
    expect(await accept(admin, own)).toMatchObject({ state: "accepted" });
    const first = await write(writer);
    await expect(accept(labeler, first)).rejects.toThrow("Only admins and reviewers may review demonstrations.");
    await expect(sendBack(reviewer, first, " \n")).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(accept(reviewer, { id: "nothing" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await reviseDemonstration(writer, { id: first.id, text: "Crabs." });
    await expect(accept(reviewer, first)).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await shownOf(writer)).map(({ state }) => state)).toEqual(["accepted", "unreviewed"]);
  });

  test("a second review takes the place of the first", async () => {
    const { writer, reviewer, admin } = installation.as;
    const { id } = await write(writer);
    await accept(reviewer, { id });
    expect(await sendBack(admin, { id })).toMatchObject({ state: "returned", review: { reviewer: "admin" } });
    expect(await accept(reviewer, { id }, "Good.")).toMatchObject({ state: "accepted", review: { comment: "Good." } });
  });
});

describe("the list", () => {
  const list = async (ctx: Context, question: Partial<DemonstrationQuestion> = {}) => {
    const texts: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listDemonstrations(ctx, { of: "all", limit: 2, cursor, ...question });
      texts.push(...page.items.map((one) => one.text));
      cursor = page.next ?? undefined;
    } while (cursor);
    return texts.join("");
  };

  test("has the latest versions, oldest first, by state and by author, page after page", async () => {
    const { writer, labeler, reviewer } = installation.as;
    const [a, b, c] = [await write(writer, "a"), await write(labeler, "b"), await write(writer, "c")];
    await write(labeler, "d");
    await write(reviewer, "e");
    await accept(reviewer, a);
    await sendBack(reviewer, b);
    await sendBack(reviewer, c);
    await reviseDemonstration(labeler, { id: b.id, text: "B" });
    expect(await list(writer)).toBe("acdeB");
    expect(await list(writer, { of: "me" })).toBe("ac");
    expect(await list(writer, { of: "others" })).toBe("deB");
    expect(await list(reviewer, { state: "unreviewed" })).toBe("deB");
    expect(await list(reviewer, { state: "unreviewed", of: "others" })).toBe("dB");
    expect(await list(writer, { state: "returned", of: "me" })).toBe("c");
    expect(await list(writer, { state: "accepted" })).toBe("a");
    expect(await list(writer, { state: "accepted", of: "others" })).toBe("");
  });

  test("goes on where it was, also when what was on the page before is reviewed meanwhile", async () => {
    const { writer, reviewer } = installation.as;
    for (const text of "abcd") await write(writer, text);
    const question = { state: "unreviewed", of: "all", limit: 2 } as const;
    const first = await listDemonstrations(reviewer, question);
    for (const one of first.items) await accept(reviewer, one);
    const second = await listDemonstrations(reviewer, { ...question, cursor: first.next ?? "" });
    expect(second).toMatchObject({ items: [{ text: "c" }, { text: "d" }], next: null });
  });

  test("shows the prompts with their turns", async () => {
    const { writer } = installation.as;
    const turns = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello." },
      { role: "user", content: "What do otters eat?" },
    ] as const;
    promptId = await addPrompt(installation.db, turns);
    await write(writer);
    const { items } = await listDemonstrations(writer, { of: "me", limit: 1 });
    expect(items[0]?.prompt).toMatchObject({ id: promptId, kind: "plain", messages: turns, useCase: "open QA" });
    expect(items[0]).not.toHaveProperty("authorId");
  });
});

test("is for those whose task it is, and needs a prompt", async () => {
  const { annotator, nobody, writer } = installation.as;
  await expect(write(annotator)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(write(nobody)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  promptId = "nothing";
  await expect(write(writer)).rejects.toMatchObject({ code: "NOT_FOUND", message: "There is no such prompt." });
});
