// Guidelines: What labelers are asked to do, and every version of it.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { GuidelinesScreen } from "./guidelines-screen.tsx";

export const metadata: Metadata = { title: "Guidelines" };

export default function Page() {
  return (
    <Guard room={rooms.guidelines}>
      <GuidelinesScreen />
    </Guard>
  );
}
