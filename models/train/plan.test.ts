import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { tinyPacks } from "./models.fixture.ts";
import { packedFeeds, packedTokens } from "./packed.ts";
import { planRows, planSteps, randomSteps, sharedShapes } from "./plan.ts";
import { rowsFeeds } from "./rows.ts";

const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
const packs = tinyPacks(
  Array.from({ length: 60 }, (_, i) => ({
    prompt: 1 + ((i * 7) % 40),
    answers: Array<number>(1 + (i % 9)).fill(1 + (i % 5)),
  })),
);

const membersOf = (plan: ReturnType<typeof planSteps>) =>
  plan.map((runs) => runs.flatMap(({ batch }) => [...batch.members]));
const answersOf = (members: readonly number[]) => members.reduce((sum, i) => sum + packs[i]!.answers.length, 0);

test("shapes: four at most, each holds its batch, and equal batches waste nothing", () => {
  const shape = [1, 10, 2, 5, 2] as const;
  expect(sharedShapes([shape, shape], packedTokens)).toEqual([shape, shape]);
  for (const rows of [2, 18, 200]) {
    const runs = planSteps(packs, { rows, tokens: 400, epochs: 2, seed: 1 }).flat();
    expect(new Set(runs.map((run) => run.shape.join())).size).toBeLessThanOrEqual(4);
    for (const run of runs) expect(() => packedFeeds(run.batch, run.shape, 0)).not.toThrow();
  }
});

test("steps of answers hold every pack once an epoch, and about as many answers as asked for", () => {
  const settings = { rows: 18, tokens: 2_000, epochs: 2, seed: 1 };
  const steps = membersOf(planSteps(packs, settings));
  const epoch = steps.slice(0, steps.length / 2);
  expect(sorted(epoch.flat())).toEqual([...packs.keys()]);
  expect(sorted(steps.flat())).toEqual(sorted([...packs.keys(), ...packs.keys()]));
  const mean = answersOf(steps.flat()) / steps.length;
  expect(mean).toBeGreaterThan(12);
  expect(mean).toBeLessThan(24);
  expect(membersOf(planSteps(packs, settings))).toEqual(steps);
  expect(membersOf(planSteps(packs, { ...settings, seed: 2 }))).not.toEqual(steps);
});

test("a step of more tokens than a run may have takes several, and holds the same", () => {
  const [one, several] = [2_000, 150].map((tokens) => planSteps(packs, { rows: 36, tokens, epochs: 1, seed: 1 }));
  expect(one!.every((runs) => runs.length === 1)).toBe(true);
  expect(several!.some((runs) => runs.length > 1)).toBe(true);
  expect(Math.max(...several!.flat().map(({ shape }) => packedTokens(shape)))).toBeLessThanOrEqual(150);
  expect(membersOf(several!).map(sorted)).toEqual(membersOf(one!).map(sorted));
});

// Prompts and answers as long as those of the small world: many short ones, a few long ones, two to nine answers.
test("of what is computed in a run over many comparisons less than a seventh is padding", () => {
  const random = new Random(1);
  const length = (middle: number, most: number) => Math.min(most, Math.ceil(middle * Math.exp(0.8 * random.normal())));
  const worldly = tinyPacks(
    Array.from({ length: 600 }, () => ({
      prompt: length(20, 150),
      answers: Array.from({ length: random.int(2, 9) }, () => length(25, 220)),
    })),
  );
  const runs = planSteps(worldly, { rows: 18, tokens: 2_048, epochs: 1, seed: 1 }).flat();
  const real = worldly
    .flatMap(({ prompt, answers }) => [prompt, ...answers])
    .reduce((sum, text) => sum + text.length, 0);
  expect(runs.reduce((sum, { shape }) => sum + packedTokens(shape), 0) / real).toBeLessThan(1.15);
});

test("random steps hold every number once an epoch", () => {
  const steps = randomSteps(10, 4, 2, 1);
  expect(steps.map(({ length }) => length)).toEqual([4, 4, 2, 4, 4, 2]);
  expect(sorted(steps.slice(0, 3).flat())).toEqual([...Array(10).keys()]);
  expect(steps.slice(0, 3)).not.toEqual(steps.slice(3));
});

test("texts fill rows with little padding, in few shapes, and keep to the tokens", () => {
  const texts = packs.map(({ prompt, answers }) => ({ prompt, answer: [...answers[0]!] }));
  const steps = randomSteps(texts.length, 16, 3, 1);
  const plan = planRows(steps, texts, 200);
  for (const [i, runs] of plan.entries()) {
    expect(sorted(runs.flatMap(({ rows }) => rows.flat()))).toEqual(sorted(steps[i]!));
    for (const { rows, shape } of runs) {
      expect(shape[0] * shape[1]).toBeLessThanOrEqual(200);
      const { positions, before } = rowsFeeds(
        rows.map((row) => row.map((t) => texts[t]!)),
        shape,
        0,
      );
      expect(positions).toHaveLength(shape[0] * shape[1]);
      expect(before).toHaveLength(shape[2]);
    }
  }
  const all = plan.flat();
  expect(new Set(all.map(({ shape }) => shape.join())).size).toBeLessThanOrEqual(4);
  const length = (i: number) => texts[i]!.prompt.length + texts[i]!.answer.length;
  const real = all.flatMap(({ rows }) => rows.flat()).reduce((sum, i) => sum + length(i), 0);
  expect(real / all.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0)).toBeGreaterThan(0.7);
});
