"use client";
// Who is signed in, the theme, and the way out.
import { useTheme } from "next-themes";
import { Label, Separator } from "radix-ui/dropdown-menu";
import type { User } from "../../lib/api/contract.ts";
import { signOut } from "../../lib/api/session-client.ts";
import { Menu, MenuChoice, MenuCommand } from "../ui/menu.tsx";
import { roleNames } from "./roles.ts";

const themes = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

async function leave() {
  await signOut();
  // A whole page load: nothing of this session stays in memory.
  window.location.assign("/sign-in");
}

export function AccountMenu({ user }: { user: User }) {
  const { theme = "system", setTheme } = useTheme();
  return (
    <Menu
      name={`Account of ${user.name}`}
      label={
        <span className="max-w-40 truncate" dir="auto">
          {user.name}
        </span>
      }
    >
      <Label className="px-2 py-1 text-muted text-sm">
        {user.username} · {roleNames[user.role]}
      </Label>
      <Separator className="my-1 h-px bg-line" />
      <Label className="px-2 pt-1 text-muted text-sm">Theme</Label>
      <MenuChoice name="Theme" value={theme} onChange={setTheme} options={themes} />
      <Separator className="my-1 h-px bg-line" />
      <MenuCommand onSelect={leave}>Sign out</MenuCommand>
    </Menu>
  );
}
