// One comparison: K answers as they are written, and what became of them.
import type { Metadata } from "next";
import { Guard } from "../../../../../shell/guard.tsx";
import { rooms } from "../../../../../shell/roles.ts";
import { ComparisonScreen } from "./comparison-screen.tsx";

export const metadata: Metadata = { title: "Comparison" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <Guard room={rooms.prompts}>
      <ComparisonScreen id={id} />
    </Guard>
  );
}
