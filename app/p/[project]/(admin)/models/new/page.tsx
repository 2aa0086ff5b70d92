// Adding a model: at an address, from a folder or from a hub.
import type { Metadata } from "next";
import { Guard } from "../../../../../shell/guard.tsx";
import { rooms } from "../../../../../shell/roles.ts";
import { NewModelScreen } from "./new-model-screen.tsx";

export const metadata: Metadata = { title: "Add a model" };

export default function Page() {
  return (
    <Guard room={rooms.models}>
      <NewModelScreen />
    </Guard>
  );
}
