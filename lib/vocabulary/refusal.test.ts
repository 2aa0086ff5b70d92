import { expect, test } from "vitest";
import * as z from "zod";
import { refusalOf } from "./refusal.ts";

const asked = z.strictObject({
  text: z.string().min(1).max(3).optional(),
  form: z.enum(["plain", "few-shot"]).optional(),
  one: z.enum(Array.from({ length: 40 }, (_, n) => `value${n}`)).optional(),
  k: z.int().min(2).max(9).optional(),
  ratio: z.number().gt(0).optional(),
  either: z.union([z.string(), z.array(z.object({ role: z.string() }))]).optional(),
  labels: z.array(z.string()).min(1).optional(),
  kind: z.discriminatedUnion("is", [z.object({ is: z.literal("a") }), z.object({ is: z.literal("b") })]).optional(),
  code: z.string().regex(/^x+$/).optional(),
  own: z.string().min(1, "Write something.").optional(),
  size: z
    .int()
    .optional()
    .superRefine((size, issues) => {
      if (size === 0) issues.addIssue({ code: "custom", path: ["half"], message: "an even one is needed" });
    }),
});

test.each<[unknown, string]>([
  [[], "The whole should be an object, not a list."],
  [{ text: 3 }, '"text" should be a text, not 3.'],
  [{ text: "" }, '"text" should have at least 1 character.'],
  [{ text: "four" }, '"text" should have at most 3 characters.'],
  [{ form: "other" }, '"form" should be "plain" or "few-shot".'],
  [{ one: "x" }, '"one" should be one of its 40 values.'],
  [{ k: 1.5 }, '"k" should be a whole number, not 1.5.'],
  [{ k: 10 }, '"k" should be at most 9.'],
  [{ ratio: 0 }, '"ratio" should be more than 0.'],
  [{ either: null }, '"either" should be a text or a list, not null.'],
  [{ either: [{ role: "user" }, { role: 1 }] }, '"either.1.role" should be a text, not 1.'],
  [{ either: [{}] }, '"either.0.role" is missing.'],
  [{ labels: [] }, '"labels" should have at least 1 item.'],
  [{ kind: { is: "c" } }, '"kind.is" should be "a" or "b".'],
  [{ code: "y" }, '"code" is not written as it should be.'],
  [{ own: "" }, "Write something."],
  [{ size: 0 }, '"size.half": an even one is needed.'],
  [{ ["long ".repeat(1_000)]: 1 }, `"${"long ".repeat(20)}…" is unknown here.`],
])("a refused value is one sentence about its part: %#", (value, sentence) => {
  const { error } = asked.safeParse(value);
  expect(refusalOf(error!.issues[0]!, value).sentence).toBe(sentence);
});
