// The signed-out pages: one narrow column.
import type { ReactNode } from "react";

export default function Layout({ children }: { children: ReactNode }) {
  return <div className="mx-auto flex w-full max-w-sm flex-col gap-6 px-4 py-16">{children}</div>;
}
