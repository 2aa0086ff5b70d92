import { expect, test } from "vitest";
import { tinyPacks } from "./models.fixture.ts";
import { packedFeeds, packedTokens } from "./packed.ts";
import { answerSteps, planRows, planRuns, randomSteps, sharedShapes } from "./plan.ts";
import { rowsFeeds } from "./rows.ts";

const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
const packs = tinyPacks(
  Array.from({ length: 60 }, (_, i) => ({
    prompt: 1 + ((i * 7) % 40),
    answers: Array<number>(1 + (i % 9)).fill(1 + (i % 5)),
  })),
);

test("shapes: four at most, each holds its batch, and equal batches waste nothing", () => {
  const shape = [1, 10, 2, 5, 2] as const;
  expect(sharedShapes([shape, shape], packedTokens)).toEqual([shape, shape]);
  const steps = packs.map((_, i) => [i]);
  const runs = planRuns(steps, packs, 10_000).flat();
  expect(new Set(runs.map(({ shape }) => shape.join())).size).toBeLessThanOrEqual(4);
  for (const run of runs) expect(() => packedFeeds(run.batch, run.shape, 0)).not.toThrow();
});

test("steps of answers hold every pack once an epoch and at most so many answers", () => {
  const steps = answerSteps(packs, 18, 2, 1);
  expect(sorted(steps.flat())).toEqual(sorted([...packs.keys(), ...packs.keys()]));
  for (const step of steps) expect(step.reduce((n, i) => n + packs[i]!.answers.length, 0)).toBeLessThanOrEqual(18);
  expect(answerSteps(packs, 18, 2, 1)).toEqual(steps);
  expect(answerSteps(packs, 18, 2, 2)).not.toEqual(steps);
});

test("a step's packs are computed in runs that keep to the tokens", () => {
  const steps = answerSteps(packs, 18, 1, 1);
  const plan = planRuns(steps, packs, 200);
  for (const [i, runs] of plan.entries()) {
    expect(sorted(runs.flatMap(({ batch }) => batch.members))).toEqual(sorted(steps[i]!));
  }
  expect(plan.some((runs) => runs.length > 1)).toBe(true);
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
