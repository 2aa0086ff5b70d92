// Account: One's own password, and where one is signed in.
import type { Metadata } from "next";
import { Guard } from "../shell/guard.tsx";
import { AccountScreen } from "./account-screen.tsx";

export const metadata: Metadata = { title: "Your account" };

export default function Page() {
  return (
    <Guard>
      <AccountScreen />
    </Guard>
  );
}
