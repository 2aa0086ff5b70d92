// One model: how it came about, its figures, and what was made from it.
import type { Metadata } from "next";
import { Guard } from "../../../../../shell/guard.tsx";
import { rooms } from "../../../../../shell/roles.ts";
import { ModelScreen } from "./model-screen.tsx";

export const metadata: Metadata = { title: "Model" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <Guard room={rooms.models}>
      <ModelScreen id={id} />
    </Guard>
  );
}
