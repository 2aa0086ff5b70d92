// Addresses from before there were projects (/rank, /prompts/abc): they lead to the page in the project used last.
import { notFound, redirect } from "next/navigation";
import { currentUser, usualProject, wantedPath } from "../shell/current-user.ts";
import { Guard } from "../shell/guard.tsx";
import { inProject } from "../shell/paths.ts";
import { rooms } from "../shell/roles.ts";

const known = new Set([...Object.values(rooms).map(({ path }) => path.split("/")[1]), "comparisons"]);

export default async function Old({ params }: { params: Promise<{ old: string[] }> }) {
  const [first = ""] = (await params).old;
  if (!known.has(first)) notFound();
  // Whoever is signed out signs in first, and comes back here.
  if (!(await currentUser())) return <Guard>{null}</Guard>;
  const project = await usualProject();
  if (!project) notFound();
  redirect(inProject(project.id, await wantedPath()));
}
