import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { promptKinds } from "../../../../../lib/vocabulary/labeling.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import {
  type Edit,
  emptyForm as emptyFormOf,
  isBlank,
  lastRemoved,
  type PromptForm,
  readForm,
  reduce,
} from "./prompt-form.ts";

const emptyForm = emptyFormOf("5f0c3d9a1b7e42860f93ac1d");
const play = (form: PromptForm, ...edits: Edit[]) => edits.reduce(reduce, form);
const rows = (form: PromptForm) => form.examples.map(({ query }) => query);
const withRows = (...queries: string[]): PromptForm => ({
  ...emptyForm,
  examples: queries.map((query, key) => ({ key, query, response: "" })),
});

const key = fc.integer({ min: -1, max: 6 });
const rearranging: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ type: fc.constant("choose" as const), choice: fc.record({ kind: fc.constantFrom(...promptKinds) }) }),
  fc.record({
    type: fc.constantFrom("add-turns" as const, "remove-turns" as const, "add-example" as const, "put-back" as const),
  }),
  fc.record({ type: fc.constant("move-example" as const), key, to: fc.integer({ min: -1, max: 6 }) }),
  fc.record({ type: fc.constant("remove-example" as const), key }),
);

/** Everything a person typed, wherever it stands now. */
function textsOf(form: PromptForm): string[] {
  const gone = form.removed.flatMap((one) =>
    one.what === "example" ? [one.example.query, one.example.response] : [one.answer, one.question],
  );
  const here = form.examples.flatMap(({ query, response }) => [query, response]);
  return [...gone, ...here, ...form.turns].filter((text) => text !== "").sort();
}

describe("the form for a prompt", () => {
  it("loses nothing, whatever is chosen, moved, removed and put back", () => {
    const full: PromptForm = {
      ...withRows("a", "b", "c"),
      turns: ["u1", "a1", "u2", "a2", "u3"],
    };
    fc.assert(
      fc.property(fc.array(rearranging, { maxLength: 20 }), (edits) => {
        const form = play(full, ...edits);
        expect(textsOf(form)).toEqual(textsOf(full));
        expect(readForm(JSON.parse(JSON.stringify(form)))).toEqual(form);
        expect(new Set(form.examples.map((row) => row.key)).size).toBe(form.examples.length);
      }),
    );
  });

  it("keeps what was typed when the kind changes", () => {
    const form = play(
      emptyForm,
      { type: "write-turn", at: 0, text: "A plain question?" },
      { type: "choose", choice: { kind: "few-shot" } },
      { type: "write", field: "instruction", text: "Say the opposite." },
      { type: "choose", choice: { kind: "user-based", scenarioId: "s1" } },
      { type: "choose", choice: { kind: "plain" } },
    );
    expect(form).toMatchObject({
      kind: "plain",
      turns: ["A plain question?"],
      instruction: "Say the opposite.",
      scenarioId: "s1",
    });
  });

  it("moves an example to a place, and nowhere outside the list", () => {
    const form = withRows("a", "b", "c");
    expect(rows(reduce(form, { type: "move-example", key: 0, to: 2 }))).toEqual(["b", "c", "a"]);
    expect(rows(reduce(form, { type: "move-example", key: 2, to: 0 }))).toEqual(["c", "a", "b"]);
    expect(reduce(form, { type: "move-example", key: 0, to: -1 }).examples).toBe(form.examples);
    expect(reduce(form, { type: "move-example", key: 2, to: 3 }).examples).toBe(form.examples);
  });

  it("puts back what was removed, the last first, where it was, into the kind it came from", () => {
    const form = play(
      { ...withRows("a", "b", "c"), turns: ["u1", "a1", "u2"], kind: "few-shot" },
      { type: "remove-example", key: 1 },
      { type: "remove-example", key: 0 },
      { type: "remove-turns" },
    );
    expect([rows(form), form.turns]).toEqual([["c"], ["u1"]]);
    const once = reduce(form, { type: "put-back" });
    expect([rows(once), once.turns]).toEqual([["a", "c"], ["u1"]]);
    const twice = reduce(once, { type: "put-back" });
    expect(rows(twice)).toEqual(["a", "b", "c"]);
    expect(lastRemoved(twice)).toBeNull();
    const plain = play(twice, { type: "choose", choice: { kind: "plain" } }, { type: "put-back" });
    expect(plain).toMatchObject({ turns: ["u1", "a1", "u2"], removed: [] });
  });

  it("has always an example to write in and a last turn of the person's", () => {
    const form = play(withRows("a"), { type: "remove-example", key: 0 }, { type: "remove-turns" });
    expect([rows(form), form.turns]).toEqual([[""], [""]]);
    // An empty row is no loss, so it is not offered back.
    expect(reduce(form, { type: "remove-example", key: 1 }).removed).toHaveLength(1);
  });

  it("stops at the most examples and turns the API takes", () => {
    const many = play(
      emptyForm,
      ...Array.from({ length: 50 }, (): Edit => ({ type: "add-example" })),
      ...Array.from({ length: 50 }, (): Edit => ({ type: "add-turns" })),
    );
    expect(many.examples).toHaveLength(limits.shots.max);
    // With a system message that is all the contract lets through.
    expect(many.turns).toHaveLength(limits.turns - 1);
  });

  it("starts the next prompt empty, of the same kind, with an id of its own", () => {
    const form = { ...withRows("a"), kind: "few-shot", useCase: "rewrite", scenarioId: "s1" } as const;
    const next = reduce(form, { type: "start-again", id: "next" });
    expect(next).toEqual({ ...emptyForm, id: "next", kind: "few-shot", useCase: null, scenarioId: "s1" });
    expect([isBlank(next), isBlank(form)]).toEqual([true, false]);
  });

  it("reads no draft that is not its own", () => {
    expect(readForm({ ...emptyForm, turns: ["u", "a"] })).toBeNull();
    expect(readForm({ text: "an older form" })).toBeNull();
    expect(readForm(emptyForm)).toEqual(emptyForm);
    // One from before prompts had their id from the first letter on.
    const { id: _, ...before } = emptyForm;
    expect(readForm(before)).toEqual({ ...emptyForm, id: expect.stringMatching(/^[0-9a-f]{24}$/) });
  });
});
