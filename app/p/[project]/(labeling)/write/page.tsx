// Write: one prompt, with its ideal answer if the writer has one in mind.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { WriteScreen } from "./write-screen.tsx";

export const metadata: Metadata = { title: "Write" };

export default function Page() {
  return (
    <Guard room={rooms.write}>
      <WriteScreen />
    </Guard>
  );
}
