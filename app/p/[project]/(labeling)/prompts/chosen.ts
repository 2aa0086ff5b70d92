// What the list of prompts is narrowed to, as it stands in the address of the page and as the API wants it.
import {
  type ListOrder,
  listOrders,
  type PromptState,
  promptKinds,
  promptStates,
  useCases,
} from "../../../../../lib/vocabulary/labeling.ts";
import type { PromptFilter } from "../../../../../lib/vocabulary/shapes.ts";
import { fieldsIn } from "../../../../ui/form.ts";

const names = ["search", "state", "kind", "useCase", "by", "source", "order"] as const;

/** As it stands in the address; "" where nothing is chosen. */
export type Chosen = Record<(typeof names)[number], string>;

export const chosenIn = (parameters: { get(name: string): string | null }): Chosen => fieldsIn(parameters, names);

/** What is no kind, state or use case is as if it were not chosen. */
export const filterOf = ({ search, state, kind, useCase, by, source }: Chosen): PromptFilter => ({
  search: search.trim() || undefined,
  state: promptStates.find((one) => one === state),
  kind: promptKinds.find((one) => one === kind),
  useCase: useCases.find((one) => one === useCase),
  by: by || undefined,
  source: source || undefined,
});

export const orderOf = ({ order }: Chosen): ListOrder => listOrders.find((one) => one === order) ?? "newest";

/** Is anything left out? Another order leaves nothing out. */
export const isNarrowed = ({ order: _, ...others }: Chosen): boolean =>
  Object.values(others).some((value) => value.trim() !== "");

export const stateNames: Record<PromptState, string> = {
  unanswered: "Without answers",
  wanting: "Rankings wanted",
  ranked: "Ranked",
  undemonstrated: "Without a demonstration",
  archived: "Archived",
};
