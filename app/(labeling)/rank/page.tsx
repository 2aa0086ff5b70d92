// Rank: the answers of one prompt at a time, best first.
import type { Metadata } from "next";
import { Guard } from "../../shell/guard.tsx";
import { rooms } from "../../shell/roles.ts";
import { RankScreen } from "./rank-screen.tsx";

export const metadata: Metadata = { title: "Rank" };

export default function Page() {
  return (
    <Guard room={rooms.rank}>
      <RankScreen />
    </Guard>
  );
}
