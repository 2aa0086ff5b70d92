// The first page of a new installation: it makes the admin account, and from then on it is gone.
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { connection } from "next/server";
import { isFirstVisit } from "../../../lib/api/first-visit.ts";
import { SetupForm } from "./setup-form.tsx";

export const metadata: Metadata = { title: "Set up" };

export default async function Page() {
  // Asked at each visit, not once when the application is built.
  await connection();
  if (!(await isFirstVisit())) redirect("/");
  return <SetupForm />;
}
