"use client";
// A button that opens a small panel of commands or choices: the browser's own popover, which closes at Escape and at a
// press elsewhere, gives the focus back, tells a screen reader whether it is open, and costs no JavaScript.
import { createContext, type ReactNode, useContext, useId } from "react";
import { Button } from "./button.tsx";
import { Link } from "./link.tsx";
import { useHydrated } from "./use-hydrated.ts";

/** The panel a command stands in, and closes. */
const MenuId = createContext("");

interface MenuProps {
  label: ReactNode;
  /** Accessible name, where the label is not one. */
  name?: string;
  kind?: "plain" | "quiet";
  /** By a choice, Escape or a press elsewhere; the focus is at the button again, or where it was pressed. */
  onClose?: () => void;
  children: ReactNode;
}

/** The panel stands at its button, wherever there is room; a browser without anchors puts it in the middle. */
export function Menu({ label, name, kind = "quiet", onClose, children }: MenuProps) {
  const id = useId();
  return (
    <MenuId value={id}>
      <Button kind={kind} aria-label={name} popoverTarget={id} className="opens-menu">
        {label}
      </Button>
      <div
        id={id}
        popover="auto"
        onToggle={({ newState }) => newState === "closed" && onClose?.()}
        className="m-1 min-w-48 rounded-md border border-line bg-surface p-1 text-ink shadow-float supports-[position-area:end]:inset-auto supports-[position-area:end]:[position-area:block-end_span-inline-start] supports-[position-area:end]:[position-try-fallbacks:flip-block]"
      >
        {children}
      </div>
    </MenuId>
  );
}

const item = "flex min-h-8 w-full items-center gap-2 rounded-sm px-2 text-start hover:bg-accent-wash";

export function MenuCommand({ onSelect, children }: { onSelect: () => void; children: ReactNode }) {
  const id = useContext(MenuId);
  return (
    <button type="button" popoverTarget={id} popoverTargetAction="hide" onClick={onSelect} className={item}>
      {children}
    </button>
  );
}

export function MenuLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link
      href={href}
      onClick={(event) => event.currentTarget.closest<HTMLElement>("[popover]")?.hidePopover()}
      className={`${item} text-ink no-underline`}
    >
      {children}
    </Link>
  );
}

interface MenuChoiceProps {
  name: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; label: string }[];
}

export function MenuChoice({ name, value, onChange, options }: MenuChoiceProps) {
  const group = useId();
  const isHydrated = useHydrated();
  return (
    <fieldset>
      <legend className="px-2 pt-1 text-muted text-sm">{name}</legend>
      {options.map((option) => (
        <label key={option.value} className={item}>
          <input
            type="radio"
            name={group}
            disabled={!isHydrated}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="accent-accent"
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
