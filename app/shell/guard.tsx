// The door of a page: signed out → sign in and come back; not in the project → nothing there; not your role → say so; else
// the page.
import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { isFirstVisit } from "../../lib/api/setup-code.ts";
import { NotForYou } from "../ui/states.tsx";
import { addressedProject, currentUser, wantedPath } from "./current-user.ts";
import { signInPath } from "./paths.ts";
import { mayEnter, type Room, roleNames } from "./roles.ts";

/**
 * The screens behind it call the API, which checks the role again: this is for a clear answer, not for safety.
 * @param room one of a project; absent: the page is the installation's, for everyone with an account
 */
export async function Guard({ room, children }: { room?: Room; children: ReactNode }) {
  const user = await currentUser();
  if (!user) redirect((await isFirstVisit()) ? "/setup" : signInPath(await wantedPath()));
  if (!room) return children;
  const project = await addressedProject();
  if (!project) notFound();
  if (!mayEnter(project.role, room))
    return (
      <NotForYou title={`${room.name} is not part of your role`}>
        Your role is {roleNames[project.role].toLowerCase()}. If you need this page, ask an admin of this project.
      </NotForYou>
    );
  return children;
}
