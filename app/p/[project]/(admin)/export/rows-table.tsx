"use client";
// The first rows of a file as a table of texts: a column for each field that holds some; the other fields are named below.
import type { ReactNode } from "react";
import { count } from "../../../../ui/figures.ts";
import { Section } from "../../../../ui/frame.tsx";
import { Cell, Head, Table } from "../../../../ui/table.tsx";
import { shown } from "../../../../ui/written.ts";
import { type Said, textFields, textsOf } from "./row-texts.ts";

type Row = Record<string, unknown>;

export function RowsTable({ rows, total }: { rows: readonly Row[]; total: number | undefined }) {
  const first = rows[0];
  if (!first) return null;
  const texts = new Set(rows.flatMap(textFields));
  const fields = Object.keys(first).filter((field) => texts.has(field));
  const others = Object.keys(first).filter((field) => !texts.has(field));
  const title = total !== undefined && rows.length === total ? "All lines" : `The first ${count(rows.length)} lines`;
  return (
    <Section title={title}>
      <Table label={title}>
        <thead>
          <tr>
            {fields.map((field) => (
              <Head key={field}>{field}</Head>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two rows may say the same, and none moves
            <tr key={at}>
              {fields.map((field) => (
                <Cell key={field}>
                  <Texts said={textsOf(row, field)} />
                </Cell>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
      {others.length > 0 ? (
        <p className="wrap-anywhere text-muted text-sm">
          Each line also has {new Intl.ListFormat("en").format(others)}.
        </p>
      ) : null}
    </Section>
  );
}

/** How much of each text is shown. */
const mostCharacters = 600;

function Texts({ said }: { said: readonly Said[] }): ReactNode {
  return (
    <div className="flex min-w-48 flex-col gap-2">
      {said.map(({ by, text }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same
        <p key={at} dir="auto" className="as-written line-clamp-6">
          {by === "" ? null : <span className="text-muted text-sm">{by}: </span>}
          {shown(text.length > mostCharacters ? `${text.slice(0, mostCharacters)} …` : text)}
        </p>
      ))}
    </div>
  );
}
