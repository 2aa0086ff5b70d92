// The first page of a new installation: it makes the admin account, and from then on it is gone.
import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { asksSetupCode, isFirstVisit } from "../../../lib/api/setup-code.ts";
import { SetupForm } from "./setup-form.tsx";

export const metadata: Metadata = { title: "Set up" };

export default async function Page() {
  // Asked at each visit, not once when the application is built.
  const asked = await headers();
  if (!(await isFirstVisit())) redirect("/");
  return <SetupForm asksCode={asksSetupCode(asked)} />;
}
