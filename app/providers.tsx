"use client";
// What every page stands in: the theme and the cache of server state.
import { ORPCError } from "@orpc/client";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { ThemeProvider } from "next-themes";
import { type ReactNode, useState } from "react";
import { goToSignIn } from "./shell/paths.ts";

function codeOf(error: unknown): string | null {
  return error instanceof ORPCError ? error.code : null;
}

/** A session that ended while the page was open: sign in, then come back here. */
function leaveWhenSignedOut(error: unknown) {
  if (codeOf(error) === "UNAUTHORIZED") goToSignIn();
}

function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
    mutationCache: new MutationCache({ onError: leaveWhenSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // An answer with a code is an answer; only silence (a restart, a lost network) is worth asking again.
        retry: (count, error) => codeOf(error) === null && count < 2,
        retryDelay: (count) => 500 * 2 ** count,
      },
      // Each mutation shows its own failure beside its button, so a paused one must not look like a running one.
      mutations: { networkMode: "always" },
    },
  });
}

/** @param nonce of the page's scripts and styles, for the few that are written into it */
export function Providers({ nonce, children }: { nonce?: string; children: ReactNode }) {
  const [client] = useState(makeQueryClient);
  return (
    <ThemeProvider attribute="data-theme" nonce={nonce} storageKey="rankloop.theme" disableTransitionOnChange>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </ThemeProvider>
  );
}
