// Tables: numbers to the right in figures of one width; a table wider than its place scrolls in a named box.
import type { ReactNode } from "react";
import { Scroller } from "./scroller.tsx";

export function Table({ label, className = "", children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <Scroller label={label} className={`rounded-md border border-line bg-surface ${className}`}>
      <table className="w-full border-collapse">{children}</table>
    </Scroller>
  );
}

export function Head({ numeric = false, children }: { numeric?: boolean; children: ReactNode }) {
  return (
    <th
      scope="col"
      className={`whitespace-nowrap border-line border-b px-3 py-2 font-medium text-muted text-sm ${numeric ? "text-end" : "text-start"}`}
    >
      {children}
    </th>
  );
}

export function Cell({ numeric = false, children }: { numeric?: boolean; children: ReactNode }) {
  return (
    <td className={`border-line border-t px-3 py-2 align-top ${numeric ? "text-end tabular-nums" : "text-start"}`}>
      {children}
    </td>
  );
}
