// An address that leads nowhere.
import type { Metadata } from "next";
import { ButtonLink } from "./ui/button.tsx";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <div className="flex w-full max-w-5xl flex-col items-start gap-3 px-4 py-12">
      <h1 className="font-semibold text-xl">There is nothing at this address</h1>
      <p className="max-w-prose text-muted">The link may be old, or a letter of it got lost.</p>
      <ButtonLink href="/">Go home</ButtonLink>
    </div>
  );
}
