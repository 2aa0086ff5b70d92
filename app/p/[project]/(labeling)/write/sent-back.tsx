"use client";
// What reviewers sent back to the writer: first of all, with the way to mend it.
import { useQuery } from "@tanstack/react-query";
import { orpc } from "../../../../../lib/api/client.ts";
import { likert } from "../../../../../lib/vocabulary/labeling.ts";
import { AsWritten } from "../../../../ui/as-written.tsx";
import { Section } from "../../../../ui/frame.tsx";
import { Link } from "../../../../ui/link.tsx";
import { Person } from "../../../../ui/person.tsx";
import { shown } from "../../../../ui/written.ts";

const options = orpc.demonstrations.list.queryOptions({ input: { state: "returned", of: "me", limit: 20 } });

export function SentBack() {
  // Failing it is only not there: nobody's writing has to wait for it.
  const { data } = useQuery(options);
  if (!data || data.items.length === 0) return null;
  return (
    <Section title="Sent back to you">
      <ul className="rounded-md border border-caution bg-surface">
        {data.items.map(({ id, promptId, prompt, review }) => (
          <li
            key={id}
            className="flex flex-wrap items-start gap-x-4 gap-y-1 border-line border-t px-3 py-2 first:border-t-0"
          >
            <div className="min-w-0 flex-1 basis-72">
              <p dir="auto" className="wrap-anywhere line-clamp-1 text-muted text-sm">
                {shown(prompt.text.slice(0, 200))}
              </p>
              {review ? <AsWritten text={review.comment} className="line-clamp-3" /> : null}
            </div>
            {review ? (
              <p className="text-muted text-sm tabular-nums">
                {review.rating} of {likert.max} · <Person username={review.reviewer} />
              </p>
            ) : null}
            <Link href={`/prompts/${promptId}#demonstration-${id}`} prefetch={false} className="font-medium">
              Revise it
              <span className="sr-only">: {shown(prompt.text.slice(0, 60))}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
