// The report of a reproduction: what came out, as it came out, beside the papers' figures.
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { type Interval, mean } from "../../models/interval.ts";
import { goldScore, type Judged, winRate } from "../../models/train/gold.ts";
import { overSeeds, type Point } from "./data-scaling.ts";
import * as figures from "./figures.ts";
import { type Fit, fitted, type Optimised } from "./over-optimisation.ts";
import type { Results } from "./reproduce.ts";
import { rewardSize, type Size, sizes } from "./scale.ts";

/** Writes README.md and its figures into `<out>/report`. @returns the path of the report */
export async function writeReport(results: Results, out: string): Promise<string> {
  const folder = join(out, "report");
  await mkdir(folder, { recursive: true });
  const draw = async (name: string, spec: Parameters<typeof figures.svgOf>[0], alt: string) => {
    await writeFile(join(folder, `${name}.svg`), await figures.svgOf(spec));
    return `![${alt}](${name}.svg)`;
  };
  const parts = [
    opening(results),
    await winRates(results, draw),
    await rewardAccuracy(results, draw),
    await dataScaling(results, draw),
    await overOptimisation(results, draw),
    await alignmentTax(results, draw),
    samples(results),
  ];
  const report = join(folder, "README.md");
  await writeFile(report, `${parts.join("\n\n")}\n`);
  return report;
}

type Draw = (name: string, spec: Parameters<typeof figures.svgOf>[0], alt: string) => Promise<string>;

/** "71.2 % [68.0, 74.1]" */
const share = ({ value, low, high }: Interval): string => `${per(value)} % [${per(low)}, ${per(high)}]`;
const per = (value: number): string => (100 * value).toFixed(1);
/** "0.512 [0.480, 0.541]" */
const score = ({ value, low, high }: Interval): string => `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const millions = (parameters: number): string => `${(parameters / 1e6).toFixed(1)}M`;

function opening({ scale, minutes, judged }: Results): string {
  const models = sizes.map((size) => millions(judged[size].parameters)).join(", ");
  return `# InstructGPT's result, small

Written by \`npm run reproduce\` in ${Math.round(minutes)} minutes on ${cpus().length} cores. Three base models (${models} parameters) were fine-tuned on ${scale.demonstrations} demonstrations; five simulated labelers ranked 4 to 9 answers to each of ${scale.comparisons} prompts; a reward model (${millions(judged[rewardSize].parameters)}) learned from their pairs; PPO and PPO-ptx trained each policy against it. All of that went through the application: its HTTP API, its database, its workers. Then a gold judge, which nothing had learned from, read ${scale.samples} answers of each model to each of ${scale.heldOutPrompts} held-out prompts, sampled at temperature 1.

Brackets are 95 % intervals: bootstrap over prompts. "Held out" is by prompt text: no prompt below was seen in any training but that of the base models, whose corpus keeps it out, too. The figures are of one world with one judge: they say that the loop works, and not how large its effects are for people.`;
}

/** As they are listed: those of InstructGPT's figure 1, and DPO, which learns from the same pairs without a reward model. */
const kinds = ["base", "few-shot base", "SFT", "DPO", "PPO", "PPO-ptx"] as const;

async function winRates({ judged }: Results, draw: Draw): Promise<string> {
  const against = judged.large.policies.SFT!;
  const rows = sizes.flatMap((size) =>
    kinds.map((policy) => {
      const one = judged[size].policies[policy]!;
      return { size, policy, parameters: judged[size].parameters, one, ...winRate(one, against) };
    }),
  );
  const figure = await draw("win-rates", figures.winRates(rows), "Win rate by size and policy");
  const smallest = judged.small.policies["PPO-ptx"]!;
  const largest = judged.large.policies.base!;
  const goal = winRate(smallest, largest);
  const fewShot = winRate(smallest, judged.large.policies["few-shot base"]!);
  const times = Math.round(judged.large.parameters / judged.small.parameters);
  return `## 1. Who is preferred

${figure}

${table(
  ["model", "parameters", "gold score", "preferred to the largest SFT model", "ended", "tokens"],
  rows.map(({ size, policy, parameters, one, ...rate }) => [
    `${policy}, ${size}`,
    millions(parameters),
    score(goldScore(one)),
    share(rate),
    `${per(one.ended)} %`,
    one.tokens.toFixed(0),
  ]),
)}

InstructGPT's smallest PPO-ptx model (1.3B) was preferred to GPT-3 (175B, some 130 times its size). Here the smallest PPO-ptx model is preferred to the largest base model, ${times} times its size, ${share(goal)} of the time${verdict(goal)}; to that model with three good answers shown before each prompt, ${share(fewShot)}${verdict(fewShot)}.`;
}

const verdict = ({ low, high }: Interval): string =>
  low > 0.5 ? ": the effect is there" : high < 0.5 ? ": **the effect is not there**" : ": **not to be told apart**";

async function rewardAccuracy({ reward, scale }: Results, draw: Draw): Promise<string> {
  const { agreement, models } = reward;
  const [first] = models;
  const over = (of: (model: (typeof models)[number]) => number) => models.map((model) => per(of(model))).join(", ");
  const rows: ({ what: string; paper?: number } & Interval)[] = [
    { what: "Reward model, training labelers", ...first!.training, paper: 0.724 },
    { what: "Reward model, held-out labelers", ...first!.heldOut, paper: 0.696 },
    { what: "Another training labeler in its place", ...agreement.instead },
    { what: "Two training labelers agree", ...agreement.training, paper: 0.726 },
    { what: "Two held-out labelers agree", ...agreement.heldOut, paper: 0.773 },
    { what: "One of each agrees", ...agreement.across },
    { what: "A labeler agrees with the gold judge", ...agreement.gold },
    {
      what: "The longer answer, training labelers",
      value: first!.training.longer,
      low: first!.training.longer,
      high: first!.training.longer,
    },
  ];
  const figure = await draw("reward-accuracy", figures.shares(rows, "Share of pairs"), "Accuracy and agreement");
  return `## 2. What the reward model knows

${figure}

${table(
  ["", "here", "InstructGPT"],
  rows.map(({ what, paper, ...interval }) => [what, share(interval), paper === undefined ? "" : `${per(paper)} %`]),
)}

Pairs are those of ${scale.heldOutComparisons} held-out prompts. A reward model is right on a pair when it scores the answer higher that the labeler ranked higher; tied pairs have no part in that; "another training labeler in its place" is judged by the same rule, with half for a tie. Two labelers who rank the same answers agree on a pair when both order it alike or both tie it; a tie against an order is half. Over the seeds ${scale.seeds.join(", ")} the reward model's accuracy is ${over((m) => m.training.value)} % on training labelers and ${over((m) => m.heldOut.value)} % on held-out ones (InstructGPT: 72.4 ± 0.4 and 69.6 ± 0.9).`;
}

const seedsOf = (points: readonly { seed: number }[]) => new Set(points.map(({ seed }) => seed)).size;

async function dataScaling({ comparisons, kinds }: Results, draw: Draw): Promise<string> {
  const byPrompts = overSeeds(comparisons, ({ prompts }) => prompts);
  const first = await draw(
    "accuracy-by-comparisons",
    figures.scaling(
      byPrompts.map((point) => ({ ...point, kind: "ranked prompts" })),
      "Ranked prompts (K = 4 … 9)",
    ),
    "Accuracy by the number of ranked prompts",
  );
  const byPairs = (points: readonly Point[], kind: string) => {
    // Rankings overshoot: put at the mean of what they have.
    const sizes = [...Map.groupBy(points, ({ pairs }) => Math.round(Math.log2(pairs) * 2)).values()];
    return sizes.flatMap((some) => {
      const at = mean(some.map(({ pairs }) => pairs));
      return overSeeds(some, () => at).map((point) => ({ ...point, kind, prompts: mean(some.map((p) => p.prompts)) }));
    });
  };
  const rows = [...byPairs(kinds.ranked, "rankings of 9"), ...byPairs(kinds.independent, "independent pairs")];
  const second = await draw("accuracy-by-kind", figures.scaling(rows, "Pairs"), "Accuracy by the number of pairs");
  return `## 3. What comparisons are worth

${first}

${table(
  ["ranked prompts", "accuracy", "lowest and highest seed"],
  byPrompts.map(({ at, value, low, high }) => [String(at), `${per(value)} %`, `${per(low)}, ${per(high)}`]),
)}

The smallest model as reward model, trained once over so many of the ranked prompts, measured on the held-out prompts' rankings by the training labelers; ${seedsOf(comparisons)} seeds. Gao et al. (2022) found reward models trained on fewer than some 2,000 comparisons near chance: theirs were of summaries that a large model had written, ours differ more.

${second}

${table(
  ["", "pairs", "prompts", "accuracy"],
  rows.map(({ kind, at, prompts, value }) => [kind, at.toFixed(0), prompts.toFixed(0), `${per(value)} %`]),
)}

InstructGPT had K answers ranked at once because it is quicker for the labeler and for the trainer: C(K,2) pairs for K answers. As data, a pair within a ranking says less than a pair of its own, because its answers and its prompt are met again in others: the lines show how much less.`;
}

async function overOptimisation({ optimised, scale }: Results, draw: Draw): Promise<string> {
  const panels = (["ppo", "best of n"] as const).map((kind) => {
    const points: readonly Optimised[] = kind === "ppo" ? optimised.ppo : optimised.bestOfN;
    return { kind, points, fit: fitOf(kind, points) };
  });
  const figure = await draw("over-optimisation", figures.overOptimised(panels), "Proxy and gold scores by distance");
  const said = panels.map(({ kind, points, fit }) => {
    const last = furthest(points);
    const top = fit?.top;
    const reached = top && top.d < Math.max(...points.map(({ d }) => d));
    const name = kind === "ppo" ? "PPO" : "Best of n";
    const curve = fit ? `R(d) = ${formula(kind, fit)}` : "no curve fits";
    const peak = reached
      ? `its top is at d = ${top.d.toFixed(1)}: **beyond it the gold score falls while the proxy rises**`
      : "it has no top within the distances reached: over-optimisation is not there to be seen";
    return `- **${name}**: ${curve}; ${peak}. At the furthest (d = ${last.d.toFixed(1)}) the proxy says +${last.proxy.toFixed(2)} and the judge ${last.gold.toFixed(2)} standard deviations.`;
  });
  return `## 4. Too much of a good proxy

${figure}

${said.join("\n")}

The proxy is the smallest model as a reward model trained on ${scale.proxy.comparisons} ranked prompts only, and PPO pays nothing for its distance (β = 0), as in Gao et al. (2022). Each point of PPO is an iteration's own answers, of ${scale.seeds.length} seeds; best of n is estimated without bias from ${scale.proxy.samples} answers to each of ${scale.proxy.prompts} prompts, n = 1, 2, 4 …. Both scores are in standard deviations of the SFT model's answers. Curves are Gao's, fitted to the gold points by least squares.`;
}

/** "d (1.20 − 0.31 ln d)" */
function formula(kind: "ppo" | "best of n", { alpha, beta }: Fit): string {
  return `d (${alpha.toFixed(2)} ${beta < 0 ? "+" : "−"} ${Math.abs(beta).toFixed(2)} ${kind === "ppo" ? "ln d" : "d"})`;
}

function fitOf(kind: "ppo" | "best of n", points: readonly Optimised[]): Fit | null {
  try {
    return fitted(kind, points);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Means over the tenth of the points that is furthest. */
function furthest(points: readonly Optimised[]): Omit<Optimised, "seed"> {
  const far = [...points].sort((a, b) => b.d - a.d).slice(0, Math.max(1, Math.round(points.length / 10)));
  return {
    d: mean(far.map(({ d }) => d)),
    proxy: mean(far.map(({ proxy }) => proxy)),
    gold: mean(far.map(({ gold }) => gold)),
  };
}

async function alignmentTax({ judged, taxed }: Results, draw: Draw): Promise<string> {
  const { small } = judged;
  const point = (what: string, loss: number, one: Judged) => {
    const { value, low, high } = goldScore(one);
    return { what, loss, gold: value, low, high };
  };
  const rows = [
    point("base", small.losses.base!, small.policies.base!),
    point("SFT", small.losses.SFT!, small.policies.SFT!),
    ...taxed.map(({ coefficient, loss, judged: one }) => point(`γ ${coefficient}`, loss, one)),
  ];
  const figure = await draw("alignment-tax", figures.tax(rows), "Gold score against loss on pre-training text");
  const all = sizes.map((size: Size) => {
    const { losses } = judged[size];
    return [size, ...["base", "SFT", "DPO", "PPO", "PPO-ptx"].map((policy) => losses[policy]!.toFixed(3))];
  });
  return `## 5. The alignment tax

Loss on pre-training documents that nothing was trained on, nats a token:

${table(["", "base", "SFT", "DPO", "PPO", "PPO-ptx"], all)}

What γ, the weight of the pre-training loss, does to the smallest model (all else alike):

${figure}

${table(
  ["", "loss", "gold score"],
  rows.map(({ what, loss, gold, low, high }) => [what, loss.toFixed(3), score({ value: gold, low, high })]),
)}`;
}

/** The first prompts with what each kind of the smallest and the largest model wrote. */
function samples({ judged }: Results): string {
  const quoted = (text: string) =>
    text
      .trim()
      .split("\n")
      .map((line) => `> ${line}`)
      .join("\n");
  const prompts = judged.small.policies.base!.read.slice(0, 4);
  const shown = prompts.map(({ prompt }, i) => {
    const answers = (["small", "large"] as const).flatMap((size) =>
      (["base", "SFT", "PPO-ptx"] as const).map((policy) => {
        const { answer, score: gold } = judged[size].policies[policy]!.read[i]!;
        return `${policy}, ${size} (gold ${gold.toFixed(2)}):\n\n${quoted(answer)}`;
      }),
    );
    return `**Prompt**\n\n${quoted(prompt)}\n\n${answers.join("\n\n")}`;
  });
  return `## Samples, as they came\n\nThe first prompts, the first answer of each model.\n\n${shown.join("\n\n---\n\n")}`;
}
