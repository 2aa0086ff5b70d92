// What stands in the form for a new prompt, as a pure reducer. All kinds share one state, so that going from one to
// another and back loses nothing; it is kept as it is as the draft. Not here: what it says as a prompt (as-prompt.ts).
import * as z from "zod";
import { randomId } from "../../../../../lib/random-id.ts";
import { promptKinds, useCases } from "../../../../../lib/vocabulary/labeling.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";

const example = z.object({
  /** Stays with the row wherever it is moved. */
  key: z.int(),
  query: z.string(),
  response: z.string(),
});
export type Example = z.infer<typeof example>;

/** Taken away with something written in it: can be put back. */
const removed = z.discriminatedUnion("what", [
  z.object({ what: z.literal("example"), at: z.int(), example }),
  z.object({ what: z.literal("turns"), answer: z.string(), question: z.string() }),
]);
export type Removed = z.infer<typeof removed>;

const promptForm = z.object({
  /** The prompt's, from the first letter on: saved again after a lost answer, or from another window, it is the same one. */
  id: z.string().default(randomId),
  kind: z.enum(promptKinds),
  /** Null until it is chosen, anew for each prompt: one that stayed from the prompt before would be wrong unseen. */
  useCase: z.enum(useCases).nullable(),
  system: z.string(),
  /** Plain and user-based: the person's and the assistant's by turns; odd in number, the last is the person's. */
  turns: z
    .array(z.string())
    .min(1)
    .refine(({ length }) => length % 2 === 1),
  /** User-based: the description it is written from. */
  scenarioId: z.string().nullable(),
  /** Few-shot. */
  instruction: z.string(),
  examples: z.array(example).min(1),
  query: z.string(),
  demonstration: z.string(),
  removed: z.array(removed),
});
export type PromptForm = z.infer<typeof promptForm>;

export const emptyForm = (id: string): PromptForm => ({
  id,
  kind: "plain",
  useCase: null,
  system: "",
  turns: [""],
  scenarioId: null,
  instruction: "",
  examples: [
    { key: 0, query: "", response: "" },
    { key: 1, query: "", response: "" },
  ],
  query: "",
  demonstration: "",
  removed: [],
});

/** A draft, or null when it is not one of this form. */
export function readForm(value: unknown): PromptForm | null {
  return promptForm.safeParse(value).data ?? null;
}

/** Has anything been written? A choice alone is nothing to lose. */
export function isBlank({ system, turns, instruction, examples, query, demonstration }: PromptForm): boolean {
  const texts = [system, ...turns, instruction, query, demonstration];
  return [...texts, ...examples.flatMap((row) => [row.query, row.response])].every((text) => text.trim() === "");
}

type Choice = Partial<Pick<PromptForm, "kind" | "useCase" | "scenarioId">>;

export type Edit =
  | { type: "choose"; choice: Choice }
  | { type: "write"; field: "system" | "instruction" | "query" | "demonstration"; text: string }
  | { type: "write-turn"; at: number; text: string }
  /** The assistant's answer and the person's next question. */
  | { type: "add-turns" }
  | { type: "remove-turns" }
  | { type: "write-example"; key: number; field: "query" | "response"; text: string }
  | { type: "add-example" }
  /** To place `to` of the list, from 0. */
  | { type: "move-example"; key: number; to: number }
  | { type: "remove-example"; key: number }
  /** What was removed last from this kind of prompt, to where it was. */
  | { type: "put-back" }
  /** Saved: the next prompt of the same kind. */
  | { type: "start-again"; id: string }
  /** What stands here is another prompt than the one saved under its id. */
  | { type: "tell-apart"; id: string }
  /** Another state of the form: from another window. */
  | { type: "take"; form: PromptForm };

export function reduce(form: PromptForm, edit: Edit): PromptForm {
  switch (edit.type) {
    case "choose":
      return { ...form, ...edit.choice };
    case "write":
      return { ...form, [edit.field]: edit.text };
    case "write-turn":
      return { ...form, turns: form.turns.map((text, at) => (at === edit.at ? edit.text : text)) };
    case "add-turns":
      return canAddTurns(form) ? { ...form, turns: [...form.turns, "", ""] } : form;
    case "remove-turns": {
      if (form.turns.length < 3) return form;
      const [answer = "", question = ""] = form.turns.slice(-2);
      const rest = { ...form, turns: form.turns.slice(0, -2) };
      return answer + question === "" ? rest : remember(rest, { what: "turns", answer, question });
    }
    case "write-example":
      return {
        ...form,
        examples: form.examples.map((row) => (row.key === edit.key ? { ...row, [edit.field]: edit.text } : row)),
      };
    case "add-example":
      return canAddExample(form)
        ? { ...form, examples: [...form.examples, { key: newKey(form), query: "", response: "" }] }
        : form;
    case "move-example":
      return { ...form, examples: moved(form.examples, edit.key, edit.to) };
    case "remove-example":
      return removeExample(form, edit.key);
    case "put-back":
      return putBack(form);
    case "start-again":
      return { ...emptyForm(edit.id), kind: form.kind, scenarioId: form.scenarioId };
    case "tell-apart":
      return { ...form, id: edit.id };
    case "take":
      return edit.form;
  }
}

export const canAddTurns = ({ turns }: PromptForm): boolean => turns.length + 3 <= limits.turns;
export const canAddExample = ({ examples }: PromptForm): boolean => examples.length < limits.shots.max;

function newKey({ examples, removed }: PromptForm): number {
  const gone = removed.flatMap((one) => (one.what === "example" ? [one.example] : []));
  return Math.max(-1, ...[...examples, ...gone].map(({ key }) => key)) + 1;
}

function moved(examples: Example[], key: number, to: number): Example[] {
  const row = examples.find((one) => one.key === key);
  if (!row || to < 0 || to >= examples.length) return examples;
  return examples.filter((one) => one !== row).toSpliced(to, 0, row);
}

/** The last row left is emptied instead: there is always one to write in. */
function removeExample(form: PromptForm, key: number): PromptForm {
  const at = form.examples.findIndex((row) => row.key === key);
  const row = form.examples[at];
  if (!row) return form;
  const others = form.examples.toSpliced(at, 1);
  const rest = {
    ...form,
    examples: others.length > 0 ? others : [{ key: newKey(form), query: "", response: "" }],
  };
  return row.query + row.response === "" ? rest : remember(rest, { what: "example", at, example: row });
}

function remember(form: PromptForm, what: Removed): PromptForm {
  return { ...form, removed: [...form.removed, what].slice(-20) };
}

/** What can be put back into the kind that is being written. */
export function lastRemoved({ kind, removed }: PromptForm): Removed | null {
  return removed.findLast(({ what }) => (what === "example") === (kind === "few-shot")) ?? null;
}

/** Nothing where there is no room for it: it stays to be put back. */
function putBack(form: PromptForm): PromptForm {
  const last = lastRemoved(form);
  if (!last) return form;
  const removed = form.removed.filter((one) => one !== last);
  if (last.what === "turns") {
    if (!canAddTurns(form)) return form;
    return { ...form, removed, turns: [...form.turns, last.answer, last.question] };
  }
  if (!canAddExample(form)) return form;
  return { ...form, removed, examples: form.examples.toSpliced(last.at, 0, last.example) };
}
