"use client";
// What the list of prompts is narrowed to: words, and what is known of each prompt.
import { useQuery } from "@tanstack/react-query";
import { orpc } from "../../../../../lib/api/client.ts";
import { may, type PromptState, promptKinds } from "../../../../../lib/vocabulary/labeling.ts";
import { useUser } from "../../../../shell/user-context.tsx";
import { SelectField, TextField } from "../../../../ui/field.tsx";
import { PersonField, UseCaseField } from "../../../../ui/filter-fields.tsx";
import { shown } from "../../../../ui/written.ts";
import { kindNames } from "../prompt-words.ts";
import { type Chosen, stateNames } from "./chosen.ts";

interface FilterFormProps {
  chosen: Chosen;
  choose: (part: Partial<Chosen>) => void;
}

export function FilterForm({ chosen, choose }: FilterFormProps) {
  const user = useUser();
  return (
    <search className="grid grid-cols-2 gap-x-4 gap-y-3 lg:grid-cols-4">
      <TextField
        label="Search"
        type="search"
        maxLength={200}
        value={chosen.search}
        onChange={(event) => choose({ search: event.target.value })}
        className="col-span-2"
      />
      <SelectField label="State" value={chosen.state} onChange={(event) => choose({ state: event.target.value })}>
        <option value="">In use</option>
        {(Object.keys(stateNames) as PromptState[]).map((state) => (
          <option key={state} value={state}>
            {stateNames[state]}
          </option>
        ))}
      </SelectField>
      <UseCaseField value={chosen.useCase} choose={(useCase) => choose({ useCase })} />
      <SelectField label="Kind" value={chosen.kind} onChange={(event) => choose({ kind: event.target.value })}>
        <option value="">All</option>
        {promptKinds.map((kind) => (
          <option key={kind} value={kind}>
            {kindNames[kind]}
          </option>
        ))}
      </SelectField>
      <PersonField label="Author" value={chosen.by} choose={(by) => choose({ by })} />
      {user !== null && may(user.role, "lead") ? (
        <SourceField value={chosen.source} choose={(source) => choose({ source })} />
      ) : null}
      <SelectField label="Order" value={chosen.order} onChange={(event) => choose({ order: event.target.value })}>
        <option value="">Newest first</option>
        <option value="oldest">Oldest first</option>
      </SelectField>
    </search>
  );
}

function SourceField({ value, choose }: { value: string; choose: (source: string) => void }) {
  const { data = [] } = useQuery(orpc.imports.list.queryOptions());
  return (
    <SelectField label="Imported file" value={value} onChange={(event) => choose(event.target.value)}>
      <option value="">All</option>
      {value !== "" && !data.some(({ id }) => id === value) ? <option value={value}>…</option> : null}
      {data.map(({ id, name }) => (
        <option key={id} value={id}>
          {shown(name)}
        </option>
      ))}
    </SelectField>
  );
}
