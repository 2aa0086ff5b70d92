// Submitted: One's own rankings, each to be reopened.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { SubmittedScreen } from "./submitted-screen.tsx";

export const metadata: Metadata = { title: "Submitted" };

export default function Page() {
  return (
    <Guard room={rooms.submitted}>
      <SubmittedScreen />
    </Guard>
  );
}
