// Over-optimisation of a proxy (Gao et al. 2022): scores by the gold judge and by the reward model, as the policy moves away
// from where it began, for PPO without a KL penalty and for best-of-n.
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { mean } from "../../models/interval.ts";
import { expectedBestOfN, klBestOfN } from "../../models/train/best-of-n.ts";
import { trainPpo } from "../../models/train/ppo.ts";
import { RewardScorer } from "../../models/train/score.ts";
import type { Task } from "../../models/world/asking.ts";
import { judge } from "../../models/world/judge.ts";
import type { PromptContent } from "../vocabulary/conversation.ts";
import { writeRecords } from "./data.ts";
import { promptKey } from "./prompts.ts";
import type { Scale } from "./scale.ts";
import type { Step } from "./steps.ts";
import { toEnd } from "./train.ts";

/** Optimised is the mean proxy and gold score at distance d = √KL, in standard deviations from the first policy's mean. */
export interface Optimised {
  seed: number;
  d: number;
  proxy: number;
  gold: number;
}

interface Given {
  scale: Scale;
  /** Directory of the SFT model. */
  model: string;
  /** Reward model trained on few comparisons. */
  proxy: string;
  seed: number;
}

/** Scaled turns a score into standard deviations from the first policy's mean score for that task. */
type Scaled = (score: number, task: number) => number;

function scaledBy(first: readonly (readonly number[])[]): Scaled {
  const all = first.flat();
  const centre = mean(all);
  const deviation = Math.sqrt(mean(all.map((score) => (score - centre) ** 2))) || 1;
  const means = first.map(mean);
  return (score, task) => (score - means[task]!) / deviation;
}

/** Measures best-of-n: the proxy chooses among n = 1, 2, 4 … answers of the first policy to each task. */
export async function byBestOfN(
  { proxy, seed }: Given,
  tasks: readonly Task[],
  answers: readonly (readonly string[])[],
  { signal }: Step,
): Promise<Optimised[]> {
  const scorer = await RewardScorer.load(proxy);
  try {
    const groups = tasks.map(({ prompt }, i) => ({ prompt, answers: answers[i]! }));
    const proxies = await scorer.scoreGroups(groups, signal);
    const golds = tasks.map((task, i) => answers[i]!.map((text) => judge(task, text).score));
    const [toProxy, toGold] = [scaledBy(proxies), scaledBy(golds)];
    const points: Optimised[] = [];
    for (let n = 1; n <= answers[0]!.length; n *= 2) {
      const expected = (values: readonly (readonly number[])[], scaled: Scaled) =>
        mean(
          values.map((of, task) =>
            expectedBestOfN(
              proxies[task]!,
              of.map((value) => scaled(value, task)),
              n,
            ),
          ),
        );
      points.push({
        seed,
        d: Math.sqrt(klBestOfN(n)),
        proxy: expected(proxies, toProxy),
        gold: expected(golds, toGold),
      });
    }
    return points;
  } finally {
    await scorer.dispose();
  }
}

/** Measures PPO with β = 0: the answers of each iteration, scored by the proxy it learns from and by the gold judge. */
export async function byPpo(
  { scale, model, proxy, seed }: Given,
  tasks: readonly Task[],
  first: readonly (readonly string[])[],
  step: Step,
): Promise<Optimised[]> {
  const prompts = join(step.folder, "prompts.jsonl");
  await writeRecords(
    prompts,
    tasks.map(({ prompt }) => ({ prompt })),
  );
  const placeOf = new Map(tasks.map(({ prompt }, i) => [promptKey(prompt), i]));
  // A run that is stopped goes on after its last checkpoint: points are kept beside it, the last of a number counts.
  const file = join(step.folder, "points.jsonl");
  const scorer = await RewardScorer.load(proxy);
  try {
    const groups = tasks.map(({ prompt }, i) => ({ prompt, answers: first[i]! }));
    const toProxy = scaledBy(await scorer.scoreGroups(groups, step.signal));
    const toGold = scaledBy(tasks.map((task, i) => first[i]!.map((text) => judge(task, text).score)));
    let latest = { proxy: 0, gold: 0 };
    const score = async (items: readonly { prompt: PromptContent; answer: string }[]) => {
      const scores = [...(await scorer.score(items, step.signal))];
      const places = items.map(({ prompt }) => placeOf.get(promptKey(prompt))!);
      latest = {
        proxy: mean(scores.map((value, i) => toProxy(value, places[i]!))),
        gold: mean(items.map(({ answer }, i) => toGold(judge(tasks[places[i]!]!, answer).score, places[i]!))),
      };
      return scores;
    };
    const run = trainPpo(
      {
        ...scale.ppo,
        episodes: scale.proxy.episodes,
        beta: 0,
        seed,
        model,
        value: proxy,
        prompts,
        reward: { name: `${proxy} ${seed}`, score },
        out: join(step.folder, "policy"),
        checkpoints: join(step.folder, "checkpoint"),
      },
      step.signal,
    );
    await toEnd(run, `PPO without a price on KL, seed ${seed}`, step, ({ step: number, metrics }) => {
      const d = Math.sqrt(Math.max(0, metrics["objective/kl"]!));
      // A line that a kill has cut off is ended first: it is then no point, and the iteration is taken again.
      return appendFile(file, `\n${JSON.stringify({ number, seed, d, ...latest })}\n`);
    });
  } finally {
    await scorer.dispose();
  }
  return pointsIn(await readFile(file, "utf8"));
}

/** The points of the iterations in order; of a repeated iteration the last. A line that was cut off is skipped. */
export function pointsIn(lines: string): Optimised[] {
  const points = new Map<number, Optimised>();
  for (const line of lines.split("\n").filter((one) => one.endsWith("}"))) {
    const { number, ...point } = JSON.parse(line) as Optimised & { number: number };
    points.set(number, point);
  }
  return [...points].sort(([one], [other]) => one - other).map(([, point]) => point);
}

/** Means over fifths of the points by distance, the nearest first. */
function fifthsOf(points: readonly Optimised[]): Omit<Optimised, "seed">[] {
  const sorted = points.toSorted((one, other) => one.d - other.d);
  const fifths = Math.min(5, sorted.length);
  return Array.from({ length: fifths }, (_, i) => {
    const some = sorted.slice(Math.floor((i * sorted.length) / fifths), Math.floor(((i + 1) * sorted.length) / fifths));
    return {
      d: mean(some.map(({ d }) => d)),
      proxy: mean(some.map(({ proxy }) => proxy)),
      gold: mean(some.map(({ gold }) => gold)),
    };
  });
}

/** A Fall is how far the gold score of one seed fell. */
export interface Fall {
  seed: number;
  /** This seed's scores where the other seeds' gold scores are highest; and, in `far`, at the furthest distance. */
  top: Omit<Optimised, "seed">;
  far: Omit<Optimised, "seed">;
  /** True where the gold score falls from the top to the furthest distance although the proxy rises. */
  overOptimised: boolean;
}

/**
 * The fall of the gold score for each seed. The top is taken where the other seeds have it (if there are any): the highest
 * of five noisy means is never below the last one, so a seed that chose its own top would nearly always seem to fall.
 */
export function fallsOf(points: readonly Optimised[]): Fall[] {
  const seeds = [...Map.groupBy(points, ({ seed }) => seed)].map(([seed, own]) => ({ seed, fifths: fifthsOf(own) }));
  return seeds.map(({ seed, fifths }) => {
    const others = seeds.length > 1 ? seeds.filter((one) => one.seed !== seed) : seeds;
    const golds = fifths.map((_, i) => mean(others.map((other) => (other.fifths[i] ?? other.fifths.at(-1)!).gold)));
    const top = fifths[golds.indexOf(Math.max(...golds))]!;
    const far = fifths.at(-1)!;
    return { seed, top, far, overOptimised: top.gold > far.gold && far.proxy > top.proxy };
  });
}

/** A Fit is the parameters of a fitted curve. */
export interface Fit {
  alpha: number;
  beta: number;
}

/** Gao et al. 2022, eq. 1: R(d) = d (α − β d) for best-of-n, d (α − β ln d) for reinforcement learning. */
export const curves = {
  "best of n": (d: number) => [d, -d * d] as const,
  ppo: (d: number) => [d, d > 0 ? -d * Math.log(d) : 0] as const,
};

export type CurveKind = keyof typeof curves;

/** Fits a curve by least squares in α and β, in which the curves are linear. @throws RangeError for points of fewer than two distances */
export function fitted(kind: CurveKind, points: readonly Pick<Optimised, "d" | "gold">[]): Fit {
  let [aa, ab, bb, ay, by] = [0, 0, 0, 0, 0];
  for (const { d, gold } of points) {
    const [a, b] = curves[kind](d);
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ay += a * gold;
    by += b * gold;
  }
  const determinant = aa * bb - ab * ab;
  if (Math.abs(determinant) < 1e-12 * aa * bb || determinant === 0) {
    throw new RangeError("A curve of two numbers needs points at two distances.");
  }
  return { alpha: (ay * bb - by * ab) / determinant, beta: (aa * by - ab * ay) / determinant };
}

export function heightOf(kind: CurveKind, { alpha, beta }: Fit, d: number): number {
  const [a, b] = curves[kind](d);
  return alpha * a + beta * b;
}
