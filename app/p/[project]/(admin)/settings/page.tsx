// Settings: What holds for everyone who works on this project.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { SettingsScreen } from "./settings-screen.tsx";

export const metadata: Metadata = { title: "Settings" };

export default function Page() {
  return (
    <Guard room={rooms.settings}>
      <SettingsScreen />
    </Guard>
  );
}
