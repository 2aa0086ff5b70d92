// The rows of a form that says which models write the answers of a comparison. Pure.
import { limits } from "../../../lib/vocabulary/limits.ts";
import type { Model, ProjectSettings, Source } from "../../../lib/vocabulary/shapes.ts";
import { offered } from "./model-words.ts";

/** A row of the form. How it is drawn is the form's own, from `drawn` on. */
export interface SourceRow {
  key: number;
  modelId: string;
  count: number;
  drawn: Pick<Source, "temperature" | "topP">;
}

const usual = { temperature: limits.temperature.default, topP: limits.topP.default };

const rowOf = (
  key: number,
  { modelId, count, ...drawn }: Pick<Source, "modelId" | "count"> & Partial<Source>,
): SourceRow => ({
  key,
  modelId,
  count,
  drawn: { ...usual, ...drawn },
});

/** Where a form begins: the project's models, as far as they are there, else the first of the writers. */
export function firstRows({ sources, k }: ProjectSettings, writers: readonly Model[]): SourceRow[] {
  const there = (sources ?? []).filter(({ modelId }) => writers.some(({ id }) => id === modelId));
  const first = { modelId: writers[0]?.id ?? "", count: k };
  return (there.length > 0 ? there : [first]).map((source, key) => rowOf(key, source));
}

/** One more row, with a model that has none yet. What a model was to write alone is shared out: K stays what it was. */
export function withAnother(rows: readonly SourceRow[], writers: readonly Model[]): SourceRow[] {
  const key = Math.max(...rows.map((row) => row.key)) + 1;
  const other = writers.find(({ id, problem }) => problem === null && rows.every(({ modelId }) => modelId !== id));
  const modelId = (other ?? writers[0])?.id ?? "";
  const [first, ...rest] = rows;
  if (!first || rest.length > 0 || first.count < 2) return [...rows, rowOf(key, { modelId, count: 1 })];
  const half = Math.floor(first.count / 2);
  return [{ ...first, count: first.count - half }, rowOf(key, { modelId, count: half })];
}

/** One row less; the only one that is left takes over its answers. */
export function without(rows: readonly SourceRow[], row: SourceRow): SourceRow[] {
  const left = rows.filter(({ key }) => key !== row.key);
  return left.length > 1 ? left : left.map((one) => ({ ...one, count: one.count + row.count }));
}

/** The models that may write answers; the project's answering model first. */
export const writersAmong = (models: readonly Model[]): Model[] => {
  const writers = offered(models).filter(({ kind }) => kind === "lm");
  const isUsual = ({ usedAs, problem }: Model) => usedAs === "answering model" && problem === null;
  return [...writers.filter(isUsual), ...writers.filter((model) => !isUsual(model))];
};

/** What the rows of a form say. NaN is kept for the API to refuse. */
export function sourcesIn(data: FormData): Source[] {
  const [counts, temperatures, topPs] = ["count", "temperature", "topP"].map((name) => data.getAll(name).map(figureOf));
  return data.getAll("modelId").map((modelId, row) => ({
    modelId: String(modelId),
    count: counts?.[row] ?? Number.NaN,
    temperature: temperatures?.[row] ?? Number.NaN,
    topP: topPs?.[row] ?? Number.NaN,
  }));
}

const figureOf = (value: FormDataEntryValue) => (value === "" ? Number.NaN : Number(value));
