"use client";
// The one navigation: only the rooms of this person's role. Where they are many, those that are not daily work fold into
// menus; on a narrow window all of it folds behind one button.
import { usePathname } from "next/navigation";
import { useEffect, useId, useRef, useState } from "react";
import type { User } from "../../lib/vocabulary/shapes.ts";
import { Button } from "../ui/button.tsx";
import { Link } from "../ui/link.tsx";
import { Menu } from "../ui/menu.tsx";
import { listenToKeys } from "../ui/on-key.ts";
import { useNameOf } from "../ui/person.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { inProject } from "./paths.ts";
import { type Room, roomsOf } from "./roles.ts";
import { useProject, useProjects, useRemembered } from "./user-context.tsx";

function isHere(path: string, pathname: string): boolean {
  if (path === "/") return pathname === "/";
  // A comparison hangs below its prompt, though its address does not.
  if (path === "/prompts" && pathname.startsWith("/comparisons/")) return true;
  return pathname === path || pathname.startsWith(`${path}/`);
}

export function Navigation({ user }: { user: User }) {
  const project = useProject();
  useRemembered(project?.id ?? null);
  const address = usePathname();
  /** Without the project, as rooms name it. */
  const pathname =
    project && address.startsWith(`/p/${project.id}`) ? address.slice(`/p/${project.id}`.length) || "/" : address;
  // Asked for with the page, not with the first line that shows somebody.
  useNameOf();
  // Open on one page only: going to another closes it.
  const [openOn, setOpenOn] = useState<string | null>(null);
  const open = openOn === pathname;
  const header = useRef<HTMLElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const ended = new AbortController();
    const { signal } = ended;
    // A link in it, also one to this very page, or anything beside it.
    const onClick = ({ target }: MouseEvent) => {
      const isBeside = target instanceof Element && !header.current?.contains(target);
      if (isBeside || (target instanceof Element && target.closest("a"))) setOpenOn(null);
    };
    const hear = (event: KeyboardEvent) => {
      // Ctrl+Enter confirms what is below, and so ends it.
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) setOpenOn(null);
      if (event.key !== "Escape" || document.querySelector("dialog:modal, :popover-open")) return;
      setOpenOn(null);
      button.current?.focus();
    };
    window.addEventListener("click", onClick, { signal });
    listenToKeys(window, hear, signal);
    return () => ended.abort();
  }, [open]);

  return (
    <header ref={header} className="sticky top-0 z-30 border-line border-b bg-surface">
      <div className="flex min-h-12 flex-wrap items-center gap-x-2 px-4 sm:gap-x-6">
        <Link
          href="/"
          className="flex min-h-12 items-center font-semibold text-ink text-lg tracking-tight no-underline"
        >
          Rankloop
        </Link>
        <ProjectPicker />
        <div className="order-2 ms-auto flex items-center gap-1 lg:order-3">
          <AccountMenu user={user} />
          <Button
            ref={button}
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
            {(project ? roomsOf(project.role) : []).map(({ name, rooms }) =>
              name === null ? (
                rooms.map((room) => <Door key={room.path} room={room} pathname={pathname} />)
              ) : (
                <Group key={name} name={name} rooms={rooms} pathname={pathname} />
              ),
            )}
          </ul>
        </nav>
      </div>
    </header>
  );
}

/** Only where there is more than one to choose from. Another project is another page load: nothing of this one stays. */
function ProjectPicker() {
  const project = useProject();
  const open = useProjects().filter(({ archivedAt, id }) => archivedAt === null || id === project?.id);
  if (open.length < 2) return null;
  return (
    <Menu
      name={`Project: ${project?.name ?? "none"}`}
      label={
        <span className="max-w-24 truncate sm:max-w-40" dir="auto">
          {project?.name ?? "Projects"}
        </span>
      }
    >
      <ul aria-label="Projects">
        {open.map(({ id, name }) => (
          <li key={id}>
            <a
              href={inProject(id, "/")}
              aria-current={id === project?.id ? "true" : undefined}
              className={door}
              dir="auto"
            >
              {name}
            </a>
          </li>
        ))}
      </ul>
      <Link href="/projects" className={`${door} border-line border-t`}>
        All projects
      </Link>
    </Menu>
  );
}

const door =
  "flex min-h-10 items-center rounded-md px-3 text-muted no-underline hover:text-ink aria-[current]:bg-accent-wash aria-[current]:font-medium aria-[current]:text-ink lg:min-h-8";

function Door({ room, pathname }: { room: Room; pathname: string }) {
  return (
    <li>
      <Link
        href={room.path}
        aria-current={isHere(room.path, pathname) ? "page" : undefined}
        onClick={(event) => event.currentTarget.closest<HTMLElement>("[popover]")?.hidePopover()}
        className={door}
      >
        {room.name}
      </Link>
    </li>
  );
}

/** Wide: a button with a popover below it. Narrow: the same list in its place, under its name. */
function Group({ name, rooms, pathname }: { name: string; rooms: readonly Room[]; pathname: string }) {
  const id = useId();
  const isInside = rooms.some((room) => isHere(room.path, pathname));
  return (
    <li>
      <p className="px-3 pt-3 text-muted text-sm lg:hidden">{name}</p>
      <button
        type="button"
        popoverTarget={id}
        aria-current={isInside ? "true" : undefined}
        className={`${door} opens-menu gap-1.5 max-lg:hidden`}
      >
        {name}
      </button>
      <div
        id={id}
        popover="auto"
        className="bg-surface text-ink max-lg:static max-lg:block max-lg:w-full lg:m-0 lg:mt-1 lg:min-w-40 lg:rounded-md lg:border lg:border-line lg:p-1 lg:shadow-float lg:supports-[position-area:end]:inset-auto lg:supports-[position-area:end]:[position-area:block-end_span-inline-end]"
      >
        <ul aria-label={name}>
          {rooms.map((room) => (
            <Door key={room.path} room={room} pathname={pathname} />
          ))}
        </ul>
      </div>
    </li>
  );
}
