// Further prompts from a few-shot one: each example asked once, with the others before it, and nothing twice.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ormOf } from "../../db/client.ts";
import { promptSource } from "../../db/queries/prompts.ts";
import { prompt as promptTable } from "../../db/schema/prompts.ts";
import { type Installation, plain, temporaryInstallation } from "../installation.fixture.ts";
import { fewShotText, type Shot } from "../vocabulary/conversation.ts";
import type { Prompt } from "../vocabulary/shapes.ts";
import { createDemonstration, reviewDemonstration } from "./demonstrations.ts";
import { draw } from "./draw.ts";
import { createPrompt, getPrompt, type PromptDetail } from "./prompts.ts";
import { resamplePrompt } from "./resample.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
});
afterEach(() => installation.remove());

const opposites = ["hot/cold", "long/short", "up/down", "old/new", "near/far", "wet/dry", "sweet/sour"].map((pair) => {
  const [query, response] = pair.split("/");
  return { query: query!, response: response! };
});

const write = (shots: Shot[], more: { system?: string; demonstration?: string; query?: string } = {}) => {
  const parts = { instruction: "Say the opposite.", shots, query: "early", useCase: "rewrite" as const };
  return createPrompt(installation.as.writer, { kind: "few-shot", ...parts, ...more });
};
const resample = async ({ id }: { id: string }) => (await resamplePrompt(installation.as.writer, { id })).items;
const detail = ({ id }: { id: string }) => getPrompt(installation.as.writer, { id });
const details = (items: Prompt[]): Promise<PromptDetail[]> => Promise.all(items.map(detail));
const sorted = (shots: Shot[]) => shots.toSorted((a, b) => a.query.localeCompare(b.query));

describe("each example becomes the input, its output the demonstration, the others the examples", () => {
  test("without the prompt's own pair, which nobody has answered", async () => {
    const source = await write(opposites.slice(0, 4), { system: "One word." });
    const made = await details(await resample(source));
    expect(made.map((one) => one.fewShot?.query)).toEqual(["hot", "long", "up", "old"]);
    for (const one of made) {
      const { instruction, query, shots } = one.fewShot!;
      const asked = opposites.find((shot) => shot.query === query)!;
      expect(sorted(shots)).toEqual(sorted(opposites.slice(0, 4).filter((shot) => shot !== asked)));
      expect(one).toMatchObject({ kind: "few-shot", resampledFrom: source.id, useCase: "rewrite", author: "writer" });
      expect(one.messages).toEqual([
        { role: "system", content: "One word." },
        { role: "user", content: fewShotText(instruction, shots, query) },
      ]);
      expect(one.demonstrationList).toMatchObject([{ text: asked.response, author: "writer", state: "unreviewed" }]);
      // All know each other's answers: one split for the family.
      const split = async (id: string) => (await promptSource(installation.db, id))?.split;
      expect(await split(one.id)).toBe(await split(source.id));
    }
  });

  test("with the prompt's own pair among the examples of the others, once it is answered", async () => {
    const source = await write(opposites.slice(0, 2), { demonstration: "late" });
    for (const one of await details(await resample(source))) {
      expect(one.fewShot?.shots).toHaveLength(2);
      expect(one.fewShot?.shots).toContainEqual({ query: "early", response: "late" });
    }
    // One example and its own pair are two.
    expect(await resample(await write(opposites.slice(0, 1), { demonstration: "late" }))).toHaveLength(1);
  });

  test("the answer that a reviewer accepted is taken, and none that was sent back", async () => {
    const { writer, reviewer } = installation.as;
    const source = await write(opposites.slice(0, 3));
    const judged = { "too late": true, late: false, tardy: null };
    for (const [text, returned] of Object.entries(judged)) {
      const { id } = await createDemonstration(writer, { promptId: source.id, text });
      if (returned !== null) await reviewDemonstration(reviewer, { id, rating: 4, returned, comment: "One word." });
    }
    for (const one of await details(await resample(source))) {
      expect(one.fewShot?.shots.find(({ query }) => query === "early")?.response).toBe("late");
    }
  });
});

test("nothing comes twice: not a second time, not from a drawn one, not for two equal inputs, not both at once", async () => {
  const source = await write([
    ...opposites.slice(0, 3),
    { query: "hot", response: "icy" },
    { query: "early", response: "late" },
  ]);
  const [first, second] = await Promise.all([resample(source), resample(source)]);
  expect([...first, ...second].map(({ text }) => /Input: (\w+)\nOutput:$/.exec(text)?.[1])).toEqual([
    "hot",
    "long",
    "up",
  ]);
  // Neither of two answers to one input stands in a prompt that asks it.
  const [hot] = await details([...first, ...second]);
  expect(hot?.fewShot?.shots.map(({ response }) => response).sort()).toEqual(["down", "late", "short"]);
  expect(await resample(source)).toEqual([]);
  for (const one of first) expect(await resample(one)).toEqual([]);
});

test("the order of the examples is the prompt's own: always the same, and different among prompts", async () => {
  const source = { id: "one", system: undefined, instruction: "Say the opposite.", shots: opposites, own: undefined };
  const texts = (from: typeof source) => draw(from)?.map(({ text }) => text);
  expect(texts(source)).toEqual(texts(source));
  expect(texts(source)).not.toEqual(texts({ ...source, id: "two" }));
  // Every order comes up: which example stands first is as good as random.
  const firsts = Array.from({ length: 700 }, (_, id) => draw({ ...source, id: `${id}` })?.[0]?.fewShot.shots[0]?.query);
  const counts = opposites.slice(1).map(({ query }) => firsts.filter((first) => first === query).length);
  for (const count of counts) expect(Math.abs(count - 700 / 6)).toBeLessThan(45);
});

test("what cannot be drawn from is refused, and nothing is stored", async () => {
  const { writer, annotator } = installation.as;
  const refused = (id: string) => resamplePrompt(writer, { id }).catch(({ code, message }) => [code, message]);
  expect(await refused("nothing")).toEqual(["NOT_FOUND", "There is no such prompt."]);
  const { id } = await createPrompt(writer, plain("Hi"));
  expect(await refused(id)).toEqual([
    "BAD_REQUEST",
    "Only a few-shot prompt has examples to draw further prompts from.",
  ]);
  const few = await write(opposites.slice(0, 1));
  const fewer = "It takes two different examples to draw further prompts: this has fewer.";
  expect(await refused(few.id)).toEqual(["BAD_REQUEST", fewer]);
  const equal = await write([opposites[0]!, { query: "hot", response: "icy" }]);
  expect(await refused(equal.id)).toEqual(["BAD_REQUEST", fewer]);
  await expect(resamplePrompt(annotator, few)).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await ormOf(installation.db).select().from(promptTable).all()).toHaveLength(3);
});

test("a reviewer who draws them is not their author, and may review", async () => {
  const { reviewer } = installation.as;
  const source = await write(opposites.slice(0, 2));
  const { items } = await resamplePrompt(reviewer, source);
  const { demonstrationList } = await detail(items[0]!);
  const review = { id: demonstrationList[0]!.id, rating: 6, returned: false, comment: "" };
  expect(await reviewDemonstration(reviewer, review)).toMatchObject({ state: "accepted", author: "writer" });
});

test("an ideal answer too long to be an example is left out", async () => {
  const source = await write(opposites.slice(0, 3), { demonstration: "late ".repeat(5_000) });
  for (const one of await details(await resample(source))) {
    expect(one.fewShot?.shots).toHaveLength(2);
    expect(one.text.length).toBeLessThan(200);
  }
});

test("any examples: as many prompts as there are different inputs, none showing the answer to its own", async () => {
  const word = fc.constantFrom("a", "b", "c", "d", "e", "f");
  const examples = fc.array(fc.record({ query: word, response: word }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(examples, word, fc.option(word), async (shots, query, demonstration) => {
      const source = await write(shots, { query, ...(demonstration === null ? {} : { demonstration }) });
      const different = new Set(shots.map((shot) => shot.query));
      const pool = new Set([...different, ...(demonstration === null ? [] : [query])]);
      const made = await resample(source).catch(() => null);
      if (made === null) {
        expect(pool.size).toBeLessThan(2);
        return;
      }
      const asked = await details(made);
      expect(new Set(asked.map((one) => one.fewShot?.query))).toEqual(
        new Set([...different].filter((one) => one !== query)),
      );
      for (const { fewShot } of asked) {
        const queries = fewShot!.shots.map((shot) => shot.query);
        expect(queries).not.toContain(fewShot!.query);
        expect(new Set(queries).size).toBe(queries.length);
        expect(queries).toHaveLength(pool.size - 1);
      }
    }),
    { numRuns: 60 },
  );
});
