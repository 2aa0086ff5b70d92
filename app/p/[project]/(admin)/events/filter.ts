// The filter of the history, as it stands in the address of the page and as the API wants it.
import {
  type SubjectKind,
  subjectKindOf,
  subjectKinds,
  type Verb,
  verbNames,
} from "../../../../../lib/vocabulary/events.ts";
import type { EventFilter } from "../../../../../lib/vocabulary/shapes.ts";
import { dayStart, fieldsIn } from "../../../../ui/form.ts";

/** As it stands in the address; "" where nothing is chosen. */
export interface Chosen {
  by: string;
  /** A verb, or a kind of subject. */
  what: string;
  subject: string;
  /** Days of the reader, such as 2026-11-30. */
  from: string;
  until: string;
}

export const chosenIn = (parameters: { get(name: string): string | null }): Chosen =>
  fieldsIn(parameters, ["by", "what", "subject", "from", "until"]);

/** What is no day, verb or kind is as if it were not chosen. */
export function filterOf({ by, what, subject, from, until }: Chosen): EventFilter {
  return {
    by: by || undefined,
    verb: verbNames.find((verb) => verb === what),
    kind: subjectKinds.find((kind) => kind === what),
    subject: subject || undefined,
    from: dayStart(from, 0),
    until: lastOf(dayStart(until, 1)),
  };
}

const lastOf = (next: number | undefined) => (next === undefined ? undefined : next - 1);

export const kindNames: Record<SubjectKind, string> = {
  candidate: "Answers",
  comparison: "Comparisons",
  database: "The database",
  dataSource: "Imported files",
  demonstration: "Demonstrations",
  guidelines: "Guidelines",
  job: "Jobs of workers",
  member: "People of the project",
  model: "Models",
  person: "Accounts",
  project: "The project",
  prompt: "Prompts",
  ranking: "Rankings",
  run: "Training runs",
  scenario: "Use-case descriptions",
  token: "API tokens",
};

/** The verbs of each kind, in the order of the alphabet. */
export const verbsByKind: ReadonlyMap<SubjectKind, readonly Verb[]> = Map.groupBy(verbNames, subjectKindOf);
