// Export: The data sets, ready to download.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { ExportScreen } from "./export-screen.tsx";

export const metadata: Metadata = { title: "Export" };

export default function Page() {
  return (
    <Guard room={rooms.export}>
      <ExportScreen />
    </Guard>
  );
}
