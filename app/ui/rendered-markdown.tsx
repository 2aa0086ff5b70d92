"use client";
// What app/ui/markdown.tsx loads: CommonMark to elements, in the type and the bounds of the card it stands in.
import ReactMarkdown, { type Components } from "react-markdown";
import { shown } from "./written.ts";

// The page and the card have the first two levels of heading. An image would tell its server who reads this.
const components: Components = {
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ alt, src }) => (
    <span>
      [{alt || "image"}: {String(src)}]
    </span>
  ),
};

export default function RenderedMarkdown({ text, className }: { text: string; className: string }) {
  return (
    <div dir="auto" className={`markdown text-read ${className}`}>
      <ReactMarkdown components={components}>{shown(text)}</ReactMarkdown>
    </div>
  );
}
