// Where a model comes from, as a tree: each model with the run that made it, under it what that run began with.

import type { ReactNode } from "react";
import type { Ancestor } from "../../../../../../lib/training/shapes.ts";
import { moment } from "../../../../../ui/figures.ts";
import { Link } from "../../../../../ui/link.tsx";
import { Person } from "../../../../../ui/person.tsx";
import { dataText, goalName } from "../../train/goals.ts";

interface LineageProps {
  id: string;
  lineage: readonly Ancestor[];
}

export function Lineage({ id, lineage }: LineageProps) {
  const known = new Map(lineage.map((ancestor) => [ancestor.id, ancestor]));
  return <ul aria-label="Lineage">{branch(id, null, known, new Set([id]))}</ul>;
}

/** One model and those behind it. One that two runs began with has its own behind it at its first place only. */
function branch(id: string, as: string | null, known: ReadonlyMap<string, Ancestor>, drawn: Set<string>): ReactNode {
  const ancestor = known.get(id);
  if (!ancestor) return null;
  const { name, run } = ancestor;
  const parents: [id: string, as: string][] = run ? [[run.baseModelId, "Base model"]] : [];
  if (run?.rewardModelId) parents.push([run.rewardModelId, "Reward model"]);
  const isDrawn = as !== null && drawn.has(id);
  drawn.add(id);
  return (
    <li key={`${as} ${id}`} className={as === null ? "" : "mt-2 border-line border-s-2 ps-4"}>
      <p>
        {as ? <span className="text-muted">{as} </span> : null}
        {as ? <Link href={`/models/${id}`}>{name}</Link> : <strong>{name}</strong>}
        {isDrawn ? <span className="text-muted">, as above</span> : null}
      </p>
      {isDrawn ? null : (
        <p className="text-muted text-sm">
          {told(ancestor)}
          {ancestor.run ? (
            <>
              {" "}
              · <Person username={ancestor.run.startedBy} />, {moment(ancestor.run.createdAt)}
            </>
          ) : null}
        </p>
      )}
      {isDrawn || parents.length === 0 ? null : (
        <ul className="ms-2">{parents.map(([parent, part]) => branch(parent, part, known, drawn))}</ul>
      )}
    </li>
  );
}

/** What is said of a model without a run. */
const unmade: Record<Ancestor["origin"], string> = {
  shipped: "Comes with Rankloop.",
  trained: "The run that made it was deleted.",
  folder: "Added from a folder.",
  hub: "Added from a hub.",
  address: "Answers at an address.",
};

/** "Reward model on 22 comparisons, 96 pairs · seed 1" */
function told({ run, origin }: Ancestor): string {
  if (!run) return unmade[origin];
  const data = run.data.map((one) => `${dataText(one)}${one.hash ? ` (${one.hash.slice(0, 8)})` : ""}`);
  const facts = [`${goalName(run)} on ${new Intl.ListFormat("en").format(data)}`];
  if (run.settings.seed !== undefined) facts.push(`seed ${run.settings.seed}`);
  return facts.join(" · ");
}
