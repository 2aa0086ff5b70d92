// One training run: its curves as they grow, stop and resume, and the model it made.
import type { Metadata } from "next";
import { Guard } from "../../../../../shell/guard.tsx";
import { rooms } from "../../../../../shell/roles.ts";
import { RunScreen } from "./run-screen.tsx";

export const metadata: Metadata = { title: "Training run" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <Guard room={rooms.train}>
      <RunScreen id={id} />
    </Guard>
  );
}
