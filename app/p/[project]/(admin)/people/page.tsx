// People: Who works here, and adding someone.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { PeopleScreen } from "./people-screen.tsx";

export const metadata: Metadata = { title: "People" };

export default function Page() {
  return (
    <Guard room={rooms.people}>
      <PeopleScreen />
    </Guard>
  );
}
