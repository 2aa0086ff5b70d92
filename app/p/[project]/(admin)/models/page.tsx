// Models: Every model this project can use.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { ModelsScreen } from "./models-screen.tsx";

export const metadata: Metadata = { title: "Models" };

export default function Page() {
  return (
    <Guard room={rooms.models}>
      <ModelsScreen />
    </Guard>
  );
}
