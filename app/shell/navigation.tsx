"use client";
// The one navigation: only the rooms of this person's role. On a phone it folds behind a button.
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useState } from "react";
import type { User } from "../../lib/api/contract.ts";
import { Button } from "../ui/button.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { roomsOf } from "./roles.ts";

function isHere(path: string, pathname: string): boolean {
  if (path === "/") return pathname === "/";
  // A comparison hangs below its prompt, though its address does not.
  if (path === "/prompts" && pathname.startsWith("/comparisons/")) return true;
  return pathname === path || pathname.startsWith(`${path}/`);
}

export function Navigation({ user }: { user: User }) {
  const pathname = usePathname();
  // Open on one page only: going to another closes it.
  const [openOn, setOpenOn] = useState<string | null>(null);
  const open = openOn === pathname;

  return (
    <header className="sticky top-0 z-30 border-line border-b bg-surface">
      <div className="flex min-h-12 flex-wrap items-center gap-x-6 px-4">
        <Link
          href="/"
          className="flex min-h-12 items-center font-semibold text-ink text-lg tracking-tight no-underline"
        >
          Rankloop
        </Link>
        <div className="order-2 ms-auto flex items-center gap-1 lg:order-3">
          <AccountMenu user={user} />
          <Button
            className="lg:hidden"
            aria-expanded={open}
            aria-controls="navigation"
            onClick={() => setOpenOn(open ? null : pathname)}
          >
            Menu
          </Button>
        </div>
        <nav
          id="navigation"
          aria-label="Main"
          className={`order-3 w-full pb-2 lg:order-2 lg:block lg:w-auto lg:pb-0 ${open ? "" : "hidden"}`}
        >
          <ul className="flex flex-col lg:flex-row lg:gap-1">
            {roomsOf(user.role).map((room) => (
              <li key={room.path}>
                <Link
                  href={room.path}
                  aria-current={isHere(room.path, pathname) ? "page" : undefined}
                  className="flex min-h-10 items-center rounded-md px-3 text-muted no-underline hover:text-ink aria-[current=page]:bg-accent-wash aria-[current=page]:font-medium aria-[current=page]:text-ink lg:min-h-8"
                >
                  {room.name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </header>
  );
}
