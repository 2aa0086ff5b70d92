// Sign in, then on to the page that was wanted.
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { isFirstVisit } from "../../../lib/api/setup-code.ts";
import { currentUser } from "../../shell/current-user.ts";
import { safeTarget } from "../../shell/paths.ts";
import { SignInForm } from "./sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams;
  const target = safeTarget(typeof next === "string" ? next : null);
  if (await currentUser()) redirect(target);
  if (await isFirstVisit()) redirect("/setup");
  return <SignInForm target={target} />;
}
