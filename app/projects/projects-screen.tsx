"use client";
// The list of projects: those in use, and below them those that are archived.
import type { Project } from "../../lib/vocabulary/shapes.ts";
import { inProject } from "../shell/paths.ts";
import { roleNames } from "../shell/roles.ts";
import { useProjects, useUser } from "../shell/user-context.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { moment } from "../ui/figures.ts";
import { Page, Section } from "../ui/frame.tsx";
import { Empty } from "../ui/states.tsx";

export function ProjectsScreen() {
  const projects = useProjects();
  const isAdmin = useUser()?.isAdmin ?? false;
  const open = projects.filter(({ archivedAt }) => archivedAt === null);
  const archived = projects.filter(({ archivedAt }) => archivedAt !== null);
  return (
    <Page
      title="Projects"
      lead="Prompts, answers, rankings, models and people belong to one project each, and nobody sees one they are not in."
      action={
        isAdmin ? (
          <ButtonLink kind="primary" href="/projects/new">
            New project
          </ButtonLink>
        ) : null
      }
    >
      {open.length === 0 ? (
        <Empty>{isAdmin ? "There is no project in use. Make one." : "You are in no project yet."}</Empty>
      ) : (
        <List label="Projects" projects={open} />
      )}
      {archived.length > 0 ? (
        <Section title="Archived">
          <List label="Archived projects" projects={archived} />
        </Section>
      ) : null}
    </Page>
  );
}

/** Each another page load, so that nothing of one project stays on the pages of another. */
function List({ label, projects }: { label: string; projects: readonly Project[] }) {
  return (
    <ul aria-label={label} className="rounded-md border border-line bg-surface">
      {projects.map(({ id, name, role, isMember, createdAt, archivedAt }) => (
        <li
          key={id}
          className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 border-line border-t px-4 py-3 first:border-t-0"
        >
          <a href={inProject(id, "/")} dir="auto" className="wrap-anywhere min-w-0 font-medium">
            {name}
          </a>
          <span className="text-muted text-sm">
            {isMember ? `You are ${roleNames[role].toLowerCase()}` : "You are not in it, and look after it"} ·{" "}
            {archivedAt === null ? `since ${moment(createdAt)}` : `archived ${moment(archivedAt)}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
