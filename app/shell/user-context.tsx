"use client";
// Who is signed in, for the screens; the server put it there with the page.
import { createContext, type ReactNode, useContext } from "react";
import type { User } from "../../lib/vocabulary/shapes.ts";

const UserContext = createContext<User | null>(null);

export function UserProvider({ user, children }: { user: User | null; children: ReactNode }) {
  return <UserContext value={user}>{children}</UserContext>;
}

export function useUser(): User | null {
  return useContext(UserContext);
}
