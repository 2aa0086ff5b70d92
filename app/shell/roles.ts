// Which room is whose, said once: the navigation and the guard of each page read it. A room names the duties it serves.
import { type Duty, may, type Role, roles } from "../../lib/vocabulary/labeling.ts";

export interface Room {
  path: string;
  name: string;
  /** Whoever has one of them may come in; absent: everyone. */
  duties?: readonly Duty[];
}

export const rooms = {
  home: { path: "/", name: "Home" },
  write: { path: "/write", name: "Write", duties: ["write"] },
  prompts: { path: "/prompts", name: "Prompts", duties: ["write", "train"] },
  rank: { path: "/rank", name: "Rank", duties: ["rank"] },
  submitted: { path: "/submitted", name: "Submitted", duties: ["rank"] },
  review: { path: "/review", name: "Review", duties: ["review"] },
  export: { path: "/export", name: "Export", duties: ["export"] },
  train: { path: "/train", name: "Train", duties: ["train"] },
  models: { path: "/models", name: "Models", duties: ["train"] },
  disagreements: { path: "/disagreements", name: "Disagreements", duties: ["train"] },
  import: { path: "/import", name: "Import", duties: ["lead"] },
  skipped: { path: "/skipped", name: "Skipped", duties: ["review"] },
  guidelines: { path: "/guidelines", name: "Guidelines", duties: ["lead"] },
  settings: { path: "/settings", name: "Settings", duties: ["lead"] },
  history: { path: "/events", name: "History", duties: ["lead"] },
  people: { path: "/people", name: "People", duties: ["people"] },
} as const satisfies Record<string, Room>;

export function mayEnter(role: Role, { duties }: Room): boolean {
  return duties === undefined || duties.some((duty) => may(role, duty));
}

/** Rooms that belong together; without a name they stand in the navigation by themselves. */
export interface RoomGroup {
  name: string | null;
  rooms: readonly Room[];
}

/** In the order of the loop. */
const groups: readonly RoomGroup[] = [
  { name: null, rooms: [rooms.home, rooms.write, rooms.prompts, rooms.rank, rooms.submitted, rooms.review] },
  { name: "Learning", rooms: [rooms.export, rooms.train, rooms.models, rooms.disagreements] },
  {
    name: "Project",
    rooms: [rooms.import, rooms.skipped, rooms.guidelines, rooms.settings, rooms.history, rooms.people],
  },
];

/** More doors than these in a row are no longer taken in at a glance. */
const inOneRow = 6;

/** The rooms a navigation shows to this role: all in one row where they are few, else the later ones in groups. */
export function roomsOf(role: Role): RoomGroup[] {
  const own = groups
    .map(({ name, rooms }) => ({ name, rooms: rooms.filter((room) => mayEnter(role, room)) }))
    .filter(({ rooms }) => rooms.length > 0);
  const all = own.flatMap(({ rooms }) => rooms);
  return all.length > inOneRow ? own : [{ name: null, rooms: all }];
}

export const roleNames: Record<Role, string> = {
  admin: "Admin",
  reviewer: "Reviewer",
  engineer: "Engineer",
  labeler: "Labeler",
  writer: "Writer",
  annotator: "Annotator",
};

/** What each role is for. */
const roleHints: Record<Role, string> = {
  admin: "Does everything, and adds people.",
  reviewer: "Writes, ranks and reviews; leads the project: guidelines, settings, export and training.",
  engineer: "Exports the data and trains models; does not label.",
  labeler: "Writes prompts and demonstrations, and ranks answers.",
  writer: "Writes prompts and demonstrations.",
  annotator: "Rates and ranks answers.",
};

/** For whoever gives somebody a role, those that are given most often first. */
export const roleChoices = roles
  .toReversed()
  .map((role) => ({ value: role, label: roleNames[role], hint: roleHints[role] }));
