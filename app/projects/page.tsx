// Projects: those this person may look into, and for admins the way to a new one.
import type { Metadata } from "next";
import { Guard } from "../shell/guard.tsx";
import { ProjectsScreen } from "./projects-screen.tsx";

export const metadata: Metadata = { title: "Projects" };

export default function Page() {
  return (
    <Guard>
      <ProjectsScreen />
    </Guard>
  );
}
