// Who may see a page, and who asks for it. Signed out → sign in and come back; not your role → say so; else the page.

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache, type ReactNode } from "react";
import { actorOf } from "../../lib/api/auth.ts";
import { isFirstVisit } from "../../lib/api/setup-code.ts";
import type { User } from "../../lib/vocabulary/shapes.ts";
import { NotForYou } from "../ui/states.tsx";
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

/** null: nobody is signed in, or the session has ended. */
export const currentUser: () => Promise<User | null> = cache(async () => actorOf(await headers()));
