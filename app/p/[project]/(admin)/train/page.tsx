// Train: Training runs and the start of a new one.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { TrainScreen } from "./train-screen.tsx";

export const metadata: Metadata = { title: "Train" };

export default function Page() {
  return (
    <Guard room={rooms.train}>
      <TrainScreen />
    </Guard>
  );
}
