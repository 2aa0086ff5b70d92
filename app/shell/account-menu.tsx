"use client";
// Who is signed in, the theme, and the way out.
import { useTheme } from "next-themes";
import { signOut } from "../../lib/api/session-client.ts";
import type { User } from "../../lib/vocabulary/shapes.ts";
import { Menu, MenuChoice, MenuCommand, MenuLink } from "../ui/menu.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { useShortcutsOn } from "../ui/use-shortcut.ts";
import { roleNames } from "./roles.ts";
import { useProject, useProjects } from "./user-context.tsx";

const themes = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

const keys = [
  { value: "on", label: "On" },
  { value: "off", label: "Off" },
] as const;

async function leave() {
  await signOut();
  // A whole page load: nothing of this session stays in memory.
  window.location.assign("/sign-in");
}

export function AccountMenu({ user }: { user: User }) {
  const project = useProject();
  const projects = useProjects();
  const { theme = "system", setTheme } = useTheme();
  const [areKeysOn, setKeysOn] = useShortcutsOn();
  // The server cannot know the theme this browser keeps: the first drawing must be the server's.
  const isHydrated = useHydrated();
  return (
    <Menu
      name={`Account of ${user.name}`}
      label={
        <span className="max-w-40 truncate" dir="auto">
          {user.name}
        </span>
      }
    >
      <p className="border-line border-b px-2 py-1 text-muted text-sm">
        {user.username}
        {project ? ` · ${roleNames[project.role]}` : null}
      </p>
      <MenuChoice name="Theme" value={isHydrated ? theme : "system"} onChange={setTheme} options={themes} />
      <MenuChoice
        name="Single keys (g, ?)"
        value={areKeysOn ? "on" : "off"}
        onChange={(value) => setKeysOn(value === "on")}
        options={keys}
      />
      <div className="mt-1 border-line border-t pt-1">
        <MenuLink href="/account">Password and sessions</MenuLink>
        {user.isAdmin || projects.length > 1 ? <MenuLink href="/projects">Projects</MenuLink> : null}
        <MenuCommand onSelect={leave}>Sign out</MenuCommand>
      </div>
    </Menu>
  );
}
