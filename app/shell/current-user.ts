// Who asks for this page, and in which project, looked up once for layout and page together.
import { cookies, headers } from "next/headers";
import { cache } from "react";
import { actorOf, projectsOf } from "../../lib/api/auth.ts";
import { pathHeader } from "../../lib/api/page-policy.ts";
import type { Project, User } from "../../lib/vocabulary/shapes.ts";
import { lastProjectCookie, projectIn } from "./paths.ts";

/** null: nobody is signed in, or the session has ended. */
export const currentUser: () => Promise<User | null> = cache(async () => actorOf(await headers()));

/** Those the visitor may look into, archived ones too; none for nobody. */
export const currentProjects: () => Promise<Project[]> = cache(async () => {
  const user = await currentUser();
  return user ? projectsOf(user) : [];
});

/** The address of the page, to come back to. */
export const wantedPath = async (): Promise<string> => (await headers()).get(pathHeader) ?? "/";

/** The project in the page's address; null where there is none in it, or none that this person may look into. */
export const addressedProject: () => Promise<Project | null> = cache(async () => {
  const id = projectIn(await wantedPath());
  return (await currentProjects()).find((one) => one.id === id) ?? null;
});

/** The one this person was in last, else the first that is not archived; null: they are in none. */
export async function usualProject(): Promise<Project | null> {
  const projects = await currentProjects();
  const last = (await cookies()).get(lastProjectCookie)?.value;
  const open = projects.filter(({ archivedAt }) => archivedAt === null);
  return open.find(({ id }) => id === last) ?? open.findLast(({ isMember }) => isMember) ?? open[0] ?? null;
}
