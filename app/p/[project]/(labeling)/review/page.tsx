// Review: the demonstrations of others, one at a time.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { ReviewScreen } from "./review-screen.tsx";

export const metadata: Metadata = { title: "Review" };

export default function Page() {
  return (
    <Guard room={rooms.review}>
      <ReviewScreen />
    </Guard>
  );
}
