// History: who did what to what, newest first. `?subject=<id>` and the other filters stand in the address, so that a view of
// it can be linked to.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { HistoryScreen } from "./history-screen.tsx";

export const metadata: Metadata = { title: "History" };

export default function Page() {
  return (
    <Guard room={rooms.history}>
      <HistoryScreen />
    </Guard>
  );
}
