// Which room belongs to whom, said once: the navigation and the guard of each page read it.
import type { Role } from "../../lib/preference/labeling.ts";

export interface Room {
  path: string;
  name: string;
  roles: readonly Role[];
}

const everyone: readonly Role[] = ["admin", "reviewer", "labeler"];
const leads: readonly Role[] = ["admin", "reviewer"];

/** In the order of the loop. */
export const rooms = {
  home: { path: "/", name: "Home", roles: everyone },
  write: { path: "/write", name: "Write", roles: everyone },
  prompts: { path: "/prompts", name: "Prompts", roles: everyone },
  rank: { path: "/rank", name: "Rank", roles: everyone },
  export: { path: "/export", name: "Export", roles: leads },
  train: { path: "/train", name: "Train", roles: leads },
  models: { path: "/models", name: "Models", roles: leads },
  people: { path: "/people", name: "People", roles: ["admin"] },
} as const satisfies Record<string, Room>;

/** The rooms a navigation shows to this role. */
export function roomsOf(role: Role): Room[] {
  return Object.values<Room>(rooms).filter((room) => room.roles.includes(role));
}

export const roleNames: Record<Role, string> = {
  admin: "Admin",
  reviewer: "Reviewer",
  engineer: "Engineer",
  labeler: "Labeler",
  writer: "Writer",
  annotator: "Annotator",
};
