// How well a language model answers prompts of the world that no model has seen, by the gold judge, in all and by use case;
// with --against also how often its answers are better than another model's to the same prompts. Sampled at temperature 1.
// node models/bench/gold.ts --model DIR [--against DIR] [--tasks 1000] [--shots 0] [--samples 1] [--seed 1] [--threads 2]
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Interval } from "../interval.ts";
import { goldScore, type Judged, judged, winRate } from "../train/gold.ts";
import type { Task } from "../world/asking.ts";
import { tasks } from "../world/tasks.ts";
import { report } from "./measure.ts";

/** As in the application: the longest answer that is asked for unless told otherwise. */
export const answerTokens = 128;

/** The first held-out tasks of a seed. No page of the corpus has their prompts, whatever its seed. */
export const heldOutTasks = (count: number, seed: number): Task[] => tasks(seed, "test").take(count).toArray();

/** Short prompts with good answers, for few-shot prompting. */
export const exampleTasks = (count: number, seed: number): Task[] =>
  tasks(seed, "train")
    .filter(({ form, prompt, answer }) => form === "plain" && prompt.length + answer.length < 200)
    .take(count)
    .toArray();

/** 0.519 [0.486, 0.552] */
export const withInterval = ({ value, low, high }: Interval): string =>
  `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;

/** The scores of the tasks of each use case, the most frequent first. */
export function byUseCase(list: readonly Task[], answers: Judged): { useCase: string; part: Judged }[] {
  const indices = Map.groupBy(list.keys(), (i) => list[i]!.useCase);
  return [...indices]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([useCase, own]) => ({ useCase, part: { ...answers, scores: own.map((i) => answers.scores[i]!) } }));
}

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: "string" },
      against: { type: "string" },
      tasks: { type: "string", default: "1000" },
      shots: { type: "string", default: "0" },
      samples: { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      threads: { type: "string" },
    },
  });
  if (values.model === undefined) throw new Error("Name a model's directory with --model.");
  const seed = Number(values.seed);
  const list = heldOutTasks(Number(values.tasks), seed);
  const shots = exampleTasks(Number(values.shots), seed);
  const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
  const asked = { tasks: list, samples: Number(values.samples), answerTokens, seed, shots, ...threads };
  const own = await judged({ ...asked, model: resolve(values.model) });
  const other = values.against === undefined ? undefined : await judged({ ...asked, model: resolve(values.against) });

  console.log(
    `Gold score, 0 to 1, with its 95 % interval: ${list.length} held-out prompts, ${shots.length} examples before each`,
  );
  const line = (name: string, mine: Judged, its?: Judged) =>
    report(
      name,
      withInterval(goldScore(mine)),
      its && `${withInterval(goldScore(its))}   wins ${withInterval(winRate(mine, its))}`,
    );
  line("all", own, other);
  const others = other && byUseCase(list, other);
  for (const [i, { useCase, part }] of byUseCase(list, own).entries()) {
    line(`  ${useCase} (${part.scores.length})`, part, others?.[i]?.part);
  }
  const percent = (share: number | undefined) => (share === undefined ? "" : `${(100 * share).toFixed(1)} %`);
  report("answers that end by themselves", percent(own.ended), percent(other?.ended));
  report("tokens of an answer", own.tokens.toFixed(1), other?.tokens.toFixed(1));
}

if (import.meta.main) await bench();
