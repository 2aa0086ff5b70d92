// Disagreements: The rankings that the project's reward model is furthest from, to be looked at again.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { DisagreementsScreen } from "./disagreements-screen.tsx";

export const metadata: Metadata = { title: "Disagreements" };

export default function Page() {
  return (
    <Guard room={rooms.disagreements}>
      <DisagreementsScreen />
    </Guard>
  );
}
