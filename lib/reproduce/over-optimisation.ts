// Too much of a good proxy (Gao et al. 2022): what the gold judge and the reward model say of answers, the further they are
// from where the policy began, for PPO without a price on KL and for best-of-n.
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mean } from "../../models/interval.ts";
import { expectedBestOfN, klBestOfN } from "../../models/train/best-of-n.ts";
import { trainPpo } from "../../models/train/ppo.ts";
import { sampleAnswers } from "../../models/train/sample-answers.ts";
import { RewardScorer } from "../../models/train/score.ts";
import type { Task } from "../../models/world/asking.ts";
import { judge } from "../../models/world/judge.ts";
import type { PromptContent } from "../preference/conversation.ts";
import { promptKey } from "./prompts.ts";
import type { Scale } from "./scale.ts";
import type { Step } from "./steps.ts";
import { toEnd } from "./tell-training.ts";

/** Mean scores at a distance d = √KL, both in standard deviations of the first policy's answers, from their mean. */
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

/** A score in standard deviations from a mean. */
type Scaled = (score: number) => number;

function scaledBy(scores: readonly number[]): Scaled {
  const centre = mean(scores);
  const deviation = Math.sqrt(mean(scores.map((score) => (score - centre) ** 2))) || 1;
  return (score) => (score - centre) / deviation;
}

/** Choosing the best of n = 1, 2, 4 … of the samples by the proxy. */
export async function byBestOfN({ scale, model, proxy, seed }: Given, tasks: readonly Task[], step: Step) {
  const { samples } = scale.proxy;
  const scorer = await RewardScorer.load(proxy);
  try {
    const proxies: number[][] = [];
    const golds: number[][] = [];
    for (const [i, task] of tasks.entries()) {
      step.signal.throwIfAborted();
      const prompts = Array.from({ length: samples }, () => task.prompt);
      const answers = await sampleAnswers({ model, prompts, answerTokens: scale.answerTokens, seed: seed * 1_000 + i });
      const texts = answers.map(({ text }) => text);
      const [scores] = await scorer.scoreGroups([{ prompt: task.prompt, answers: texts }]);
      proxies.push(scores!);
      golds.push(texts.map((text) => judge(task, text).score));
      step.tell(`best of n, ${i + 1} of ${tasks.length} prompts`);
    }
    const [toProxy, toGold] = [scaledBy(proxies.flat()), scaledBy(golds.flat())];
    const points: Optimised[] = [];
    for (let n = 1; n <= samples; n *= 2) {
      const expected = (values: number[][], scaled: Scaled) =>
        mean(values.map((of, i) => expectedBestOfN(proxies[i]!, of.map(scaled), n)));
      const d = Math.sqrt(klBestOfN(n));
      points.push({ seed, d, proxy: expected(proxies, toProxy), gold: expected(golds, toGold) });
    }
    return points;
  } finally {
    await scorer.dispose();
  }
}

/** The answers of one iteration; step 0 has the first policy's. */
interface Round {
  step: number;
  /** KL to the first policy, nats an answer, mean. */
  kl: number;
  proxy: number[];
  gold: number[];
}

/** PPO with β = 0: each iteration's own answers, scored by the proxy that it learns from and by the judge. */
export async function byPpo({ scale, model, proxy, seed }: Given, tasks: readonly Task[], step: Step) {
  const prompts = join(step.folder, "prompts.jsonl");
  await writeFile(prompts, tasks.map(({ prompt }) => `${JSON.stringify({ prompt })}\n`).join(""));
  const byPrompt = new Map(tasks.map((task) => [promptKey(task.prompt), task]));
  // A run that is stopped goes on after its last checkpoint: rounds are kept beside it, the last of a number counts.
  const file = join(step.folder, "rounds.jsonl");
  const keep = (round: Round) => appendFile(file, `${JSON.stringify(round)}\n`);
  const scorer = await RewardScorer.load(proxy);
  let scored: Omit<Round, "step" | "kl">[] = [];
  const score = async (items: readonly { prompt: PromptContent; answer: string }[]) => {
    const scores = [...(await scorer.score(items))];
    const gold = items.map(({ prompt, answer }) => judge(byPrompt.get(promptKey(prompt))!, answer).score);
    scored.push({ proxy: scores, gold });
    return scores;
  };
  try {
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
    await toEnd(run, `PPO without a price on KL, seed ${seed}`, step, async ({ step: number, metrics }) => {
      // Before the first iteration, scores are normalised on answers of the first policy.
      if (scored.length === 2) await keep({ step: 0, kl: 0, ...scored[0]! });
      await keep({ step: number, kl: metrics["objective/kl"]!, ...scored.at(-1)! });
      scored = [];
    });
  } finally {
    await scorer.dispose();
  }
  return pointsOf(await readRounds(file), seed);
}

async function readRounds(file: string): Promise<Round[]> {
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  const rounds = new Map(lines.map((line) => JSON.parse(line) as Round).map((round) => [round.step, round]));
  return [...rounds.values()].sort((one, other) => one.step - other.step);
}

function pointsOf(rounds: readonly Round[], seed: number): Optimised[] {
  const first = rounds.find(({ step }) => step === 0)!;
  const [toProxy, toGold] = [scaledBy(first.proxy), scaledBy(first.gold)];
  return rounds.map(({ kl, proxy, gold }) => ({
    seed,
    d: Math.sqrt(Math.max(0, kl)),
    proxy: mean(proxy.map(toProxy)),
    gold: mean(gold.map(toGold)),
  }));
}

/** α and β of a curve, and the distance and height of its top; null where it never falls. */
export interface Fit {
  alpha: number;
  beta: number;
  top: { d: number; gold: number } | null;
}

/** Gao et al. 2022, eq. 1: R(d) = d (α − β d) for best-of-n, d (α − β ln d) for reinforcement learning. */
export const curves = {
  "best of n": (d: number) => [d, -d * d] as const,
  ppo: (d: number) => [d, d > 0 ? -d * Math.log(d) : 0] as const,
};

/** Least squares in α and β, in which the curves are linear. @throws RangeError for points of fewer than two distances */
export function fitted(kind: keyof typeof curves, points: readonly Pick<Optimised, "d" | "gold">[]): Fit {
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
  const alpha = (ay * bb - by * ab) / determinant;
  const beta = (aa * by - ab * ay) / determinant;
  const at = kind === "ppo" ? Math.exp(alpha / beta - 1) : alpha / (2 * beta);
  // −d ln d rises at first, however low α is; α d − β d² does not.
  const top = beta > 0 && (kind === "ppo" || alpha > 0) ? { d: at, gold: heightOf(kind, { alpha, beta }, at) } : null;
  return { alpha, beta, top };
}

export function heightOf(kind: keyof typeof curves, { alpha, beta }: Pick<Fit, "alpha" | "beta">, d: number): number {
  const [a, b] = curves[kind](d);
  return alpha * a + beta * b;
}
