// Skipped: What labelers have left to others, and why.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { SkippedScreen } from "./skipped-screen.tsx";

export const metadata: Metadata = { title: "Skipped" };

export default function Page() {
  return (
    <Guard room={rooms.skipped}>
      <SkippedScreen />
    </Guard>
  );
}
