// What changed between two versions of a text, for reading: what came in is underlined, what went is struck through.
import { changesOf, type Part } from "./changes.ts";

const looks: Record<Part["kind"], string> = {
  same: "",
  added: "bg-accent-wash underline decoration-1 underline-offset-2",
  removed: "bg-danger-wash text-muted line-through",
};
const tags = { same: "span", added: "ins", removed: "del" } as const;

/** Nothing where the texts say the same. */
export function ChangedLines({ before, after }: { before: string; after: string }) {
  const lines = changesOf(before, after);
  return (
    <ul className="flex flex-col gap-2">
      {lines.map((line) => (
        <li key={line.id}>
          {line.under === null ? null : <p className="font-medium text-muted text-sm">{line.under}</p>}
          <p className="as-written">
            {line.parts.map(({ id, kind, text }) => {
              const Tag = tags[kind];
              return (
                <Tag key={id} className={looks[kind]}>
                  {text}
                </Tag>
              );
            })}
          </p>
        </li>
      ))}
    </ul>
  );
}
