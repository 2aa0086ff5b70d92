// One prompt: its demonstrations, its comparisons, and the start of a new one.
import type { Metadata } from "next";
import { Guard } from "../../../../../shell/guard.tsx";
import { rooms } from "../../../../../shell/roles.ts";
import { PromptScreen } from "./prompt-screen.tsx";

export const metadata: Metadata = { title: "Prompt" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <Guard room={rooms.prompts}>
      <PromptScreen id={id} />
    </Guard>
  );
}
