// Prompts: all of them, newest first.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { PromptsScreen } from "./prompts-screen.tsx";

export const metadata: Metadata = { title: "Prompts" };

export default function Page() {
  return (
    <Guard room={rooms.prompts}>
      <PromptsScreen />
    </Guard>
  );
}
