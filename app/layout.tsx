// The root of every page: theme, server state, and the navigation for whoever is signed in.
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { nonceHeader } from "../lib/api/page-policy.ts";
import { Providers } from "./providers.tsx";
import { currentProjects, currentUser, usualProject } from "./shell/current-user.ts";
import { Shell } from "./shell/shell.tsx";
import { VisitProvider } from "./shell/user-context.tsx";
import "./look.css";

export const metadata: Metadata = {
  title: { default: "Rankloop", template: "%s · Rankloop" },
  description: "Write prompts, generate answers, rank them, train.",
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f7f6f3" },
    { media: "(prefers-color-scheme: dark)", color: "#14171a" },
  ],
};

export default async function Layout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  const [projects, usual] = [await currentProjects(), (await usualProject())?.id ?? null];
  const nonce = (await headers()).get(nonceHeader) ?? undefined;
  return (
    // next-themes sets the theme on <html> before the first paint, which the server cannot know.
    <html lang="en" suppressHydrationWarning>
      <body>
        <Providers nonce={nonce}>
          <VisitProvider user={user} projects={projects} usual={usual}>
            <Shell user={user}>{children}</Shell>
          </VisitProvider>
        </Providers>
      </body>
    </html>
  );
}
