// What is asked for on the export screen, as it stands in the address of the page and as the API wants it. Pure.
import {
  type Asked,
  fileKinds,
  type OutFormatName,
  type OutSet,
  outSets,
  tieChoices,
  whichRankings,
} from "../../../../../lib/datasets/choices.ts";
import { formatsOf, outFormats } from "../../../../../lib/datasets/out-formats.ts";
import {
  answerFlagNames,
  guardKinds,
  promptFlagNames,
  splits,
  useCases,
} from "../../../../../lib/vocabulary/labeling.ts";
import { dayStart, fieldsIn } from "../../../../ui/form.ts";

/** As it stands in the address: "" where nothing is chosen, "yes" for what is ticked. */
export type Fields = Record<
  | "dataset"
  | "format"
  | "file"
  | "split"
  | "useCase"
  | "labelers"
  | "from"
  | "until"
  | "model"
  | "flag"
  | "guard"
  | "rankings"
  | "ties"
  | "asWritten"
  | "mask"
  | "pseudonyms"
  | "gzip",
  string
>;

const names = [
  ...["dataset", "format", "file", "split", "useCase", "labelers", "from", "until", "model", "flag", "guard"],
  ...["rankings", "ties", "asWritten", "mask", "pseudonyms", "gzip"],
] as (keyof Fields)[];

export const chosenIn = (parameters: { get(name: string): string | null }): Fields => fieldsIn(parameters, names);

/** Is anything chosen that stands behind "Filter and options"? */
export const isFiltered = ({ dataset: _, format, file, split, ...others }: Fields): boolean =>
  Object.values(others).some((value) => value !== "");

/** Which further choices a set has. */
export const hasRankings = (dataset: OutSet) => dataset === "comparisons" || dataset === "rankings";
export const isOfRankings = (dataset: OutSet) => hasRankings(dataset) || dataset === "ratings";

/** What another set or format does not have is as if it were not chosen; so is what nobody knows. */
export function askedIn(fields: Fields): Asked & { dataset: OutSet; format: OutFormatName } {
  const dataset = known(outSets, fields.dataset) ?? "comparisons";
  const format = known(formatsOf(dataset), fields.format) ?? formatsOf(dataset)[0]!;
  const without = fields.flag.startsWith("!");
  const flag = known([...answerFlagNames, ...promptFlagNames], without ? fields.flag.slice(1) : fields.flag);
  const ties = known(tieChoices, fields.ties);
  const ofRankings = isOfRankings(dataset) && {
    model: fields.model || undefined,
    flag: without ? undefined : flag,
    withoutFlag: without ? flag : undefined,
    withoutGuard: known(guardKinds, fields.guard),
  };
  return {
    dataset,
    format,
    file: known(fileKinds, fields.file),
    gzip: fields.gzip !== "" || undefined,
    split: known(splits, fields.split),
    useCase: known(useCases, fields.useCase),
    labelers: fields.labelers || undefined,
    from: dayStart(fields.from, 0),
    until: dayStart(fields.until, 1),
    ...ofRankings,
    rankings: hasRankings(dataset) ? known(whichRankings, fields.rankings) : undefined,
    ties: dataset !== "comparisons" || (ties === "keep" && outFormats[dataset][format]?.closed) ? undefined : ties,
    trim: fields.asWritten === "" ? undefined : outFormats[dataset][format]?.texts === true,
    mask: fields.mask !== "" || undefined,
    pseudonyms: fields.pseudonyms !== "" || undefined,
  };
}

const known = <T extends string>(all: readonly T[], name: string): T | undefined => all.find((one) => one === name);
