// The counts of an export in sentences, for the shell and the screen: what was left out or changed, and why. Pure.
import { counted } from "../vocabulary/counted.ts";
import type { Choices, Tally } from "./choices.ts";
import type { OutFormat } from "./out-formats.ts";

/** A sentence for each thing that was left out or changed; none where nothing was. */
export function tallyReport(
  {
    choices: { dataset, rankings, mask },
    format,
  }: { choices: Pick<Choices, "dataset" | "rankings" | "mask">; format: OutFormat },
  tally: Tally,
): string[] {
  const { merged, strict, tied, tiedLines, equal, refused, trimmed, flattened, typed, tokens } = tally;
  const say = (count: number, sentence: string) => (count > 0 ? [sentence] : []);
  const are = (count: number) => (count === 1 ? "is" : "are");
  const pairs =
    dataset === "comparisons" && strict + tied > 0
      ? [`${counted(strict + tied, "pair")}: ${number(strict)} strict + ${number(tied)} tied.`]
      : [];
  return [
    ...say(
      merged,
      `${counted(merged, "ranking")} ${are(merged)} left out: ${rankings === "majority" ? "the majority stands for those of the same answers" : "the first of each prompt goes out"}.`,
    ),
    ...pairs,
    ...(dataset === "comparisons" && tied > 0
      ? [tiedLines === 0 ? "Ties make no line." : `Ties make ${counted(tiedLines, "line")}.`]
      : []),
    ...say(equal, `${counted(equal, "pair says", "pairs say")} the same twice and ${are(equal)} left out.`),
    ...say(
      refused,
      `${counted(refused, "line")} ${are(refused)} left out: ${format.title} cannot say them${format.refuses ? ` (${format.refuses})` : ""}.`,
    ),
    ...say(trimmed, `${counted(trimmed, "line")} had white space around an answer, which was left out.`),
    ...say(
      flattened,
      `${counted(flattened, "line has", "lines have")} a conversation as one text, with the names of who speaks.`,
    ),
    ...say(
      typed,
      `${counted(typed, "line")} ${typed === 1 ? "holds" : "hold"} ${new Intl.ListFormat("en").format(tokens)}, which a tokenizer may take for its own: ${mask ? "it was broken up by a space" : "break them up, or see that yours does not"}.`,
    ),
  ];
}

const number = (count: number) => count.toLocaleString("en");
