// One flag to tick, with its key where it has one.
import type { ReactNode } from "react";

interface FlagBoxProps {
  isOn: boolean;
  onToggle: () => void;
  /** The key that ticks it: "h", or "⇧a" with Shift. */
  letter?: string;
  children: ReactNode;
}

export function FlagBox({ isOn, onToggle, letter, children }: FlagBoxProps) {
  return (
    <label className="flex min-h-7 cursor-pointer items-start gap-2 rounded-sm px-1 py-1 leading-5 hover:bg-sunken has-checked:bg-accent-wash pointer-coarse:min-h-10 pointer-coarse:items-center">
      <input
        type="checkbox"
        checked={isOn}
        onChange={onToggle}
        className="mt-1 shrink-0 accent-accent pointer-coarse:mt-0"
      />
      <span className="flex-1">{children}</span>
      {letter ? <KeyHint letter={letter} /> : null}
    </label>
  );
}

/** Not for a finger. */
export function KeyHint({ letter }: { letter: string }) {
  return (
    <kbd
      aria-hidden
      className="hidden shrink-0 font-mono font-normal text-muted text-xs uppercase leading-5 pointer-fine:inline"
    >
      {letter}
    </kbd>
  );
}
