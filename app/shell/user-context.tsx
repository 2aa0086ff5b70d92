"use client";
// Who is signed in, and the projects they may look into, for the screens; the server put them there with the page.
import { useParams } from "next/navigation";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import type { Role } from "../../lib/vocabulary/labeling.ts";
import type { Project, User } from "../../lib/vocabulary/shapes.ts";
import { inProject, lastProjectCookie } from "./paths.ts";

interface Visit {
  user: User | null;
  projects: readonly Project[];
  /** The id of the project that pages of none lead back to. */
  usual: string | null;
}

const VisitContext = createContext<Visit>({ user: null, projects: [], usual: null });

export function VisitProvider({ children, ...visit }: Visit & { children: ReactNode }) {
  return <VisitContext value={visit}>{children}</VisitContext>;
}

/** All of them, archived ones too. */
export const useProjects = (): readonly Project[] => useContext(VisitContext).projects;

/** The project of the page; on a page of none the one it leads back to. Null: this person is in no project. */
export function useProject(): Project | null {
  const { projects, usual } = useContext(VisitContext);
  const here = useParams<{ project?: string }>()?.project ?? usual;
  return projects.find(({ id }) => id === here) ?? null;
}

/** Whoever is signed in, with their role in the project. */
export function useUser(): (User & { role: Role }) | null {
  const { user } = useContext(VisitContext);
  const role = useProject()?.role;
  return user && { ...user, role: role ?? "annotator" };
}

/** From a path as screens name it ("/prompts/abc") to the page's address in the project. */
export function usePlaces(): (path: string) => string {
  const project = useProject()?.id ?? null;
  return (path) => inProject(project, path);
}

/** Remembers on this device which project a person was in last. */
export function useRemembered(project: string | null): void {
  useEffect(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: the server reads it before any script has run, and Safari has no cookieStore.
    if (project) document.cookie = `${lastProjectCookie}=${project}; path=/; max-age=31536000; samesite=lax`;
  }, [project]);
}
