// Account: One's own password, and where one is signed in.
import type { Metadata } from "next";
import { Guard } from "../shell/guard.tsx";
import { rooms } from "../shell/roles.ts";
import { AccountScreen } from "./account-screen.tsx";

export const metadata: Metadata = { title: "Your account" };

export default function Page() {
  return (
    <Guard room={rooms.account}>
      <AccountScreen />
    </Guard>
  );
}
