// Addresses from before there were projects: /prompts/abc leads to the page in the first project, which held everything
// then, and /rank, where nothing tells which is meant, to the one used last.
import { notFound, redirect } from "next/navigation";
import { currentProjects, currentUser, usualProject, wantedPath } from "../shell/current-user.ts";
import { Guard } from "../shell/guard.tsx";
import { inProject } from "../shell/paths.ts";
import { rooms } from "../shell/roles.ts";

const known = new Set([...Object.values(rooms).map(({ path }) => path.split("/")[1]), "comparisons"]);

export default async function Old({ params }: { params: Promise<{ old: string[] }> }) {
  const [first = "", id] = (await params).old;
  if (!known.has(first)) notFound();
  // Whoever is signed out signs in first, and comes back here.
  if (!(await currentUser())) return <Guard>{null}</Guard>;
  const project = id ? (await currentProjects())[0] : await usualProject();
  if (!project) notFound();
  redirect(inProject(project.id, await wantedPath()));
}
