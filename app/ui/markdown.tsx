"use client";
// Markdown as a reader sees it, loaded the first time it is wanted. Until then, and where it cannot be drawn, the text as
// it was written.
import { Component, lazy, memo, type ReactNode, Suspense } from "react";
import { AsWritten } from "./as-written.tsx";

const Rendered = lazy(() => import("./rendered-markdown.tsx"));

/** Never HTML: tags in the text are shown as text. Memoised like AsWritten. */
export const Markdown = memo(function Markdown({ text, className = "" }: { text: string; className?: string }) {
  const written = <AsWritten text={text} className={className} />;
  return (
    <Otherwise key={text} written={written}>
      <Suspense fallback={written}>
        <Rendered text={text} className={className} />
      </Suspense>
    </Otherwise>
  );
});

/** A text can nest deeper than a renderer's stack; a lost connection can keep the renderer from arriving. */
class Otherwise extends Component<{ written: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? this.props.written : this.props.children;
  }
}
