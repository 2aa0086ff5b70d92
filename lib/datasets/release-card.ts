// The data card of a release in Markdown, with the tables of InstructGPT's appendix A: prompts per split, use cases, lengths,
// labelers, answers per ranking, ties. The same facts make the same bytes.
import type { InProject } from "../../db/change.ts";
import { countPairs } from "../preference/pairs.ts";
import { promptText } from "../vocabulary/conversation.ts";
import type { OutSet, Tally } from "./choices.ts";
import type { Plan } from "./export.ts";
import type { Outgoing } from "./formats/format.ts";
import { outgoing } from "./outgoing.ts";
import { tallyReport } from "./tally-report.ts";

/** What is read for a set: pairs are made of rankings. */
export const readFor = (dataset: OutSet): string => (dataset === "comparisons" ? "rankings" : dataset);

/** What is counted of the items of a release, whatever format they go out in. */
class Facts {
  items = 0;
  readonly splits = new Map<string, { items: number; prompts: Set<string> }>();
  readonly useCases = new Map<string, number>();
  readonly labelers = new Map<string, number>();
  /** By K. */
  readonly answers = new Map<number, { rankings: number; strict: number; tied: number }>();
  /** In characters. */
  readonly promptLengths: number[] = [];
  readonly answerLengths: number[] = [];

  add(item: Outgoing): void {
    this.items++;
    const split = this.splits.get(item.split ?? "") ?? { items: 0, prompts: new Set<string>() };
    this.splits.set(item.split ?? "", split);
    split.items++;
    split.prompts.add(item.promptId ?? "");
    count(this.useCases, item.useCase ?? "");
    this.promptLengths.push(promptText(item.prompt).length);
    if ("answers" in item) for (const { text } of item.answers) this.answerLengths.push(text.length);
    if ("answer" in item) this.answerLengths.push(item.answer.text.length);
    const labeler = "labeler" in item ? item.labeler : "answer" in item ? item.answer.writer : undefined;
    if (labeler) count(this.labelers, labeler);
    if (item.kind !== "ranking") return;
    const { strict, tied } = countPairs(item.tiers);
    const known = this.answers.get(item.answers.length) ?? { rankings: 0, strict: 0, tied: 0 };
    this.answers.set(item.answers.length, {
      rankings: known.rankings + 1,
      strict: known.strict + strict,
      tied: known.tied + tied,
    });
  }
}

const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

/** The card of what the plan's range holds. @param name of the release */
export async function dataCard(
  of: InProject,
  name: string,
  plan: Plan,
  tally: Tally,
  signal?: AbortSignal,
): Promise<string> {
  const { dataset, rankings, pseudonyms } = plan.choices;
  const facts = new Facts();
  for await (const { items } of outgoing(of, { dataset, range: plan.range, rankings, pseudonyms })) {
    signal?.throwIfAborted();
    for (const item of items) facts.add(item);
  }
  const what = readFor(dataset);
  const byName = <Count>(counts: Map<string, Count>) => [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const sections = [
    `# ${name}`,
    `${facts.items} ${what}, as ${tally.lines} lines (${dataset}, ${plan.format.title}).`,
    tallyReport(plan, tally)
      .map((sentence) => `- ${sentence}`)
      .join("\n"),
    table(
      "Prompts per split",
      ["Split", "Prompts", what],
      byName(facts.splits).map(([split, { prompts, items }]) => [split, prompts.size, items]),
    ),
    table(
      "Use cases",
      ["Use case", what, "%"],
      byName(facts.useCases).map(([useCase, of]) => [useCase, of, ((100 * of) / facts.items).toFixed(1)]),
    ),
    table(
      "Lengths in characters",
      ["Of", "Count", "Mean", "Std", "Min", "25%", "50%", "75%", "Max"],
      [lengths("Prompts", facts.promptLengths), lengths("Answers", facts.answerLengths)].flat(),
    ),
    table("Labelers", ["Labeler", what], byName(facts.labelers)),
    table(
      "Answers per ranking (K) and ties",
      ["K", "Rankings", "Strict pairs", "Tied pairs"],
      [...facts.answers]
        .toSorted(([a], [b]) => a - b)
        .map(([k, { rankings, strict, tied }]) => [k, rankings, strict, tied]),
    ),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

type Cell = string | number;

/** A table under its heading; nothing where it has no row. */
function table(title: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return "";
  // A name may hold what ends a cell.
  const line = (cells: readonly Cell[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [`## ${title}`, "", line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The row of a table of lengths; none where there are none. */
function lengths(name: string, all: readonly number[]): Cell[][] {
  if (all.length === 0) return [];
  const sorted = Float64Array.from(all).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  const mean = sorted.reduce((sum, one) => sum + one, 0) / sorted.length;
  const variance = sorted.reduce((sum, one) => sum + (one - mean) ** 2, 0) / sorted.length;
  return [
    [name, sorted.length, mean.toFixed(1), Math.sqrt(variance).toFixed(1), at(0), at(0.25), at(0.5), at(0.75), at(1)],
  ];
}
