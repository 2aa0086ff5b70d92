// What the wizard of a new project holds, and how it goes on: a reducer without a page.
import type { Role } from "../../../lib/vocabulary/labeling.ts";
import { limits } from "../../../lib/vocabulary/limits.ts";

export const steps = 3;

export interface Wizardry {
  step: number;
  name: string;
  /** What is wrong with the name. */
  problem: string | null;
  /** Null: the model that comes with Rankloop. */
  modelId: string | null;
  k: number;
  rateFirst: boolean;
  /** By id; whoever is absent is not in the project. */
  people: Readonly<Record<string, Role>>;
}

export const first: Wizardry = {
  step: 0,
  name: "",
  problem: null,
  modelId: null,
  k: limits.k.default,
  rateFirst: true,
  people: {},
};

export type WizardAction =
  | { type: "next" }
  | { type: "go"; step: number }
  | ({ type: "set" } & Partial<Pick<Wizardry, "name" | "modelId" | "k" | "rateFirst">>)
  | { type: "person"; id: string; role: Role | null };

/** The name is asked for before anything follows it; what was chosen in a step stays when another is shown. */
export function reduce(state: Wizardry, action: WizardAction): Wizardry {
  switch (action.type) {
    case "next":
      if (state.name.trim() === "") return { ...state, step: 0, problem: "The name is empty: write one." };
      return { ...state, step: Math.min(state.step + 1, steps - 1), problem: null };
    case "go":
      return { ...state, step: action.step };
    case "set": {
      const { type: _, ...change } = action;
      return { ...state, ...change, problem: "name" in change ? null : state.problem };
    }
    case "person": {
      const { [action.id]: _, ...others } = state.people;
      return { ...state, people: action.role === null ? others : { ...others, [action.id]: action.role } };
    }
  }
}
