// What people and machines do between the moments a spec is about: prompts answered, ranked, trained on.
import { expect } from "@playwright/test";
import type * as z from "zod";
import { apart } from "../lib/preference/guards.ts";
import { parseRanking } from "../lib/preference/ranking.ts";
import { twinsAmong } from "../lib/preference/twins.ts";
import { newTraining } from "../lib/training/shapes.ts";
import type { UseCase } from "../lib/vocabulary/labeling.ts";
import type { Assignment, Comparison, Submission } from "../lib/vocabulary/shapes.ts";
import { splitOf } from "../lib/writing/split.ts";
import type { Person } from "./people.ts";

type RewardSettings = Extract<z.input<typeof newTraining>, { kind: "reward" }>["settings"];

let written = process.pid * 1000;

/** A prompt text nobody has used yet, in the split asked for, that the shipped model has something to say to. */
export function promptText(split: "train" | "valid" = "train"): string {
  for (;;) {
    const text = `Tell me a story about a fox called ${nameOf(++written)}.`;
    if (splitOf(text) === split) return text;
  }
}

/** nameOf(0) → "Ba", nameOf(75) → "Baba": a different name for each number. */
function nameOf(n: number): string {
  const syllables = [..."bdfgklmnprstvyz"].flatMap((consonant) => [..."aeiou"].map((vowel) => consonant + vowel));
  let name = "";
  for (let rest = n; rest > 0 || name === ""; rest = Math.floor(rest / syllables.length)) {
    name = syllables[rest % syllables.length] + name;
  }
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A plain prompt, as it is written by a program. */
export const plain = (prompt: string, useCase: UseCase = "open QA", demonstration?: string) => ({
  kind: "plain" as const,
  prompt,
  useCase,
  demonstration,
});

/** The language model that comes with Rankloop. */
export async function shippedModelId(person: Person): Promise<string> {
  const models = await person.api.models.list();
  const model = models.find(({ kind, problem, trainedBy }) => kind === "lm" && problem === null && trainedBy === null);
  expect(model, "a language model that can be used").toBeDefined();
  return model?.id ?? "";
}

/** Writes prompts and has each answered; resolves when all answers are there. */
export async function writeAndGenerate(
  person: Person,
  count: number,
  settings: { k: number; maxTokens: number; split?: "train" | "valid" },
): Promise<Comparison[]> {
  const { split, ...rest } = settings;
  const modelId = await shippedModelId(person);
  const started: Comparison[] = [];
  for (let i = 0; i < count; i++) {
    const prompt = await person.api.prompts.create(plain(promptText(split)));
    started.push(await person.api.comparisons.create({ promptId: prompt.id, modelId, ...rest }));
  }
  return Promise.all(started.map(({ id }) => answered(person, id)));
}

/** The comparison once its generation has ended. */
export async function answered(person: Person, id: string): Promise<Comparison> {
  let latest: Comparison | undefined;
  for await (const comparison of await person.api.comparisons.watch({ id })) latest = comparison;
  expect(latest?.candidates.map(({ state, error }) => error ?? state)).toEqual(latest?.candidates.map(() => "done"));
  return latest!;
}

/** Takes away what a new installation has waiting (answers to some of the shipped prompts): the specs bring their own. */
export async function withoutStarters(admin: Person): Promise<void> {
  const { items } = await admin.api.prompts.list({ limit: 100 });
  for (const { id } of items.filter(({ comparisons }) => comparisons > 0)) {
    const { comparisonList } = await admin.api.prompts.get({ id });
    for (const { id: comparison } of comparisonList) {
      await admin.api.comparisons.stop({ id: comparison });
      for await (const _ of await admin.api.comparisons.watch({ id: comparison }));
    }
  }
  await rank(admin);
}

/** Ranks at most `count` of what this person is handed, the shown order as the ranking; returns the rankings' ids. */
export async function rank(person: Person, count = Number.POSITIVE_INFINITY): Promise<string[]> {
  const rankings: string[] = [];
  while (rankings.length < count) {
    const assignment = await person.api.assignments.next();
    if (!assignment) break;
    const notation = assignment.candidates.map(({ label }) => label).join(">");
    const { rankingId } = await person.api.rankings.submit({ id: assignment.id, ...submission(assignment, notation) });
    rankings.push(rankingId);
  }
  return rankings;
}

/** A ranking with what belongs to it: ratings that agree with it, where the project rates first, and a guard for one text twice. */
export function submission({ rateFirst, candidates }: Assignment, notation: string): Submission {
  const labels = candidates.map(({ label }) => label);
  // From the best, 7 downwards: letters of a notation stand in the order of the ranking.
  const likert = (label: string) =>
    Math.max(
      1,
      7 -
        Math.max(
          0,
          notation.split(">").findIndex((tier) => tier.includes(label)),
        ),
    );
  const ratings = labels.map((label) => ({ label, likert: likert(label), flags: [], note: "", spentMs: 0 }));
  const guard = apart(twinsAmong(candidates), parseRanking(notation, labels));
  return {
    notation,
    ratings: rateFirst ? ratings : [],
    promptFlags: [],
    guards: guard ? [{ ...guard, heeded: false }] : [],
  };
}

/** Trains a reward model on what has been ranked; resolves when the run has begun. */
export async function startTraining(
  person: Person,
  settings: RewardSettings = {},
  name = `Reward model ${nameOf(++written)}`,
): Promise<string> {
  const baseModelId = await shippedModelId(person);
  const run = await person.api.training.start(newTraining.parse({ kind: "reward", name, baseModelId, settings }));
  for await (const { run: now } of await person.api.training.watch({ id: run.id })) if (now.step > 0) break;
  return run.id;
}
