// The page behind a one-time link to a new password. The link's token stands behind its #: only the browser knows it.
import type { Metadata } from "next";
import { NewPasswordForm } from "./new-password-form.tsx";

export const metadata: Metadata = { title: "New password" };

export default function Page() {
  return <NewPasswordForm />;
}
