// The header with the one navigation, and the place of the page's content. Signed out: content only.
import type { ReactNode } from "react";
import type { User } from "../../lib/vocabulary/shapes.ts";
import { ArchivedLine } from "./archived-line.tsx";
import { Navigation } from "./navigation.tsx";

export function Shell({ user, children }: { user: User | null; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="absolute start-2 top-2 z-50 -translate-y-20 rounded-md bg-accent px-3 py-2 text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      {user ? <Navigation user={user} /> : null}
      <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
        <ArchivedLine />
        {children}
      </main>
    </div>
  );
}
