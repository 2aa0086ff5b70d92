// How big a model is, in words: the same in every list that one is chosen from.
import type { Model } from "../../../lib/vocabulary/shapes.ts";
import { count, magnitude } from "../../ui/figures.ts";

type Sized = Pick<Model, "origin" | "parameters">;

/** "6.1M parameters", or that it is another server's */
export function modelSize({ origin, parameters }: Sized): string {
  if (parameters !== null) return `${magnitude(parameters)} parameters`;
  return origin === "address" ? "at an address" : "not here yet";
}

/** "6.1M parameters · 512 tokens of context" */
export const modelSizes = (model: Sized & Pick<Model, "context">): string =>
  [modelSize(model), ...(model.context === null ? [] : [`${count(model.context)} tokens of context`])].join(" · ");

/** As one is chosen from a list: "world-6m · 6.1M parameters" */
export const modelOption = (model: Sized & Pick<Model, "name" | "problem">): string =>
  [model.name, modelSize(model), ...(model.problem === null ? [] : ["cannot be used now"])].join(" · ");

/** Those that may be chosen now: archived ones are not offered. */
export const offered = <Of extends Pick<Model, "archivedAt">>(models: readonly Of[]): Of[] =>
  models.filter(({ archivedAt }) => archivedAt === null);
