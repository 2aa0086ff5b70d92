// The door of a page: signed out → sign in and come back; not your role → say so; else the page.
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { isFirstVisit } from "../../lib/api/first-visit.ts";
import { NotForYou } from "../ui/states.tsx";
import { currentUser } from "./current-user.ts";
import { signInPath } from "./paths.ts";
import { mayEnter, type Room, roleNames } from "./roles.ts";

/**
 * The screens behind it call the API, which checks the role again: this is for a clear answer, not for safety.
 * @param path the page's own address where it is not the room's, e.g. `/prompts/abc`
 */
export async function Guard({ room, path = room.path, children }: { room: Room; path?: string; children: ReactNode }) {
  const user = await currentUser();
  if (!user) redirect((await isFirstVisit()) ? "/setup" : signInPath(path));
  if (!mayEnter(user.role, room)) return <NotForYou what={room.name} role={roleNames[user.role]} />;
  return children;
}
