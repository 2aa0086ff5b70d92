// The report of a run's data, in sentences for the shell and for the run's page: how much there is to learn from, what of the
// file was left out, and why.
import { counted } from "../vocabulary/counted.ts";

/**
 * Sentences about the data: the first says how much there is, each further one what was left out or changed.
 * @param figures of the event before the first step: "train/pairs" and the like
 * @param overlong the name of the setting for answers that are too long
 */
export function dataReport(figures: Record<string, number>, overlong: string): string[] {
  const of = (name: string) => figures[`train/${name}`] ?? 0;
  const main = (["pairs", "demonstrations", "prompts"] as const).find((name) => `train/${name}` in figures);
  if (!main) return [];
  const some = main === "pairs" ? `${counted(of("pairs"), "pair")} of ${counted(of("prompts"), "prompt")}` : "";
  const what = some || counted(of(main), main.slice(0, -1));
  const ties = of("ties") > 0 ? ` and ${counted(of("ties"), "tie")}` : "";
  const held = main === "demonstrations" ? "demonstration" : "prompt";
  const lines = [`To learn from: ${what}${ties}; held out: ${counted(of(`${held}s_held_out`), held)}.`];
  const say = (name: string, sentence: (count: number) => string) => {
    if (of(name) > 0) lines.push(sentence(of(name)));
  };
  say("pairs_equal", (n) => `${counted(n, "pair says", "pairs say")} the same twice and ${isOrAre(n)} left out.`);
  say("answers_too_long", (n) => {
    const pairs = of("pairs_too_long") > 0 ? `, with ${counted(of("pairs_too_long"), "pair")}` : "";
    return `${counted(n, "answer is", "answers are")} too long for the model and left out${pairs} (${overlong}).`;
  });
  say("answers_cut", (n) => `${counted(n, "answer is", "answers are")} too long for the model and cut (${overlong}).`);
  say("prompts_dropped", (n) => `${counted(n, "prompt is", "prompts are")} too long and left out.`);
  return lines;
}

/**
 * A warning where most answers were cut off, which says little of how the model answers; null where they were not.
 * @param cut the share of the answers without an end
 * @param longest the name of the setting for the longest answer
 */
export const lengthWarning = (cut: number | undefined, longest: string): string | null =>
  cut !== undefined && cut > 0.5
    ? `${(100 * cut).toFixed(1)} % of the answers reached the longest length and were cut: raise ${longest}.`
    : null;

const isOrAre = (count: number) => (count === 1 ? "is" : "are");
