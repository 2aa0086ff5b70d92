import { expect, test } from "vitest";
import type { Model } from "../../../lib/vocabulary/shapes.ts";
import { firstRows, sourcesIn, withAnother, without, writersAmong } from "./source-rows.ts";

const model = (id: string, more: Partial<Model> = {}) =>
  ({ id, kind: "lm", problem: null, archivedAt: null, usedAs: null, ...more }) as Model;
const models = [model("b"), model("judge", { kind: "reward" }), model("old", { archivedAt: 1 })].concat(
  model("a", { usedAs: "answering model" }),
  model("broken", { problem: "it is gone." }),
);
const writers = writersAmong(models);
const settings = { rateFirst: true, modelId: null, promptOrder: "written", rewardModelId: null } as const;
const one = { ...settings, k: 5, rankingsWanted: 1, sources: null };
const counts = (rows: ReturnType<typeof firstRows>) => rows.map(({ modelId, count }) => [modelId, count]);

test("the answering model comes first, and neither judges nor archived models write", () => {
  expect(writers.map(({ id }) => id)).toEqual(["a", "b", "broken"]);
});

test("a form begins with the answering model alone, or with the project's models that are there", () => {
  expect(counts(firstRows(one, writers))).toEqual([["a", 5]]);
  const drawn = { temperature: 0.3, topP: 0.9 };
  const sources = [{ modelId: "b", count: 2, ...drawn }].concat({ modelId: "gone", count: 2, ...drawn });
  expect(firstRows({ ...one, sources }, writers)).toEqual([{ key: 0, modelId: "b", count: 2, drawn }]);
});

test("another model takes its share of the first one's answers, and gives it back", () => {
  const [alone] = [firstRows(one, writers)];
  const two = withAnother(alone, writers);
  expect(counts(two)).toEqual([
    ["a", 3],
    ["b", 2],
  ]);
  // No other can be used: the first once more, at another temperature perhaps.
  const three = withAnother(two, writers);
  expect(counts(three)).toEqual([
    ["a", 3],
    ["b", 2],
    ["a", 1],
  ]);
  expect(new Set(three.map(({ key }) => key)).size).toBe(3);
  expect(counts(without(three, three[1]!))).toEqual([
    ["a", 3],
    ["a", 1],
  ]);
  expect(counts(without(two, two[0]!))).toEqual([["b", 5]]);
});

test("the rows are read as they stand in the form", () => {
  const data = new FormData();
  for (const [modelId, count, temperature] of [
    ["a", "2", "0"],
    ["b", "3", ""],
  ] as const) {
    data.append("modelId", modelId);
    data.append("count", count);
    data.append("temperature", temperature);
    data.append("topP", "0.5");
  }
  expect(sourcesIn(data)).toEqual([
    { modelId: "a", count: 2, temperature: 0, topP: 0.5 },
    { modelId: "b", count: 3, temperature: Number.NaN, topP: 0.5 },
  ]);
});
