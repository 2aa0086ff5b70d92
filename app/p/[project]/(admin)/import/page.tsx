// Import: prompts and demonstrations come in from a file.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { ImportScreen } from "./import-screen.tsx";

export const metadata: Metadata = { title: "Import" };

export default function Page() {
  return (
    <Guard room={rooms.import}>
      <ImportScreen />
    </Guard>
  );
}
