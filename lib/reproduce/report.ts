// The report of a reproduction: its figures beside those of the papers, good and bad.
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Interval, mean } from "../../models/interval.ts";
import { goldScore, type Judged, winRate } from "../../models/train/gold.ts";
import { ppoDefaults } from "../../models/train/ppo-config.ts";
import { rewardDefaults } from "../../models/train/reward-config.ts";
import { type BlockLosses, taxOf } from "./alignment-tax.ts";
import { bySeed, overSeeds, type Point, spread } from "./data-scaling.ts";
import * as figures from "./figures.ts";
import { type CurveKind, type Fit, fallsOf, fitted, type Optimised } from "./over-optimisation.ts";
import type { Results } from "./reproduce.ts";
import { rewardSize, sizes } from "./scale.ts";

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
/** "+1.2 [−0.3, +2.8]" of shares, in points */
const points = ({ value, low, high }: Interval): string => {
  const one = (x: number) => `${x < 0 ? "−" : "+"}${per(Math.abs(x))}`;
  return `${one(value)} [${one(low)}, ${one(high)}]`;
};
/** "0.512 [0.480, 0.541]" */
const score = ({ value, low, high }: Interval): string => `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const millions = (parameters: number): string => `${(parameters / 1e6).toFixed(1)}M`;

function opening({ scale, minutes, judged }: Results): string {
  const models = sizes.map((size) => millions(judged[size].parameters)).join(", ");
  return `# InstructGPT's result, small

Written by \`npm run reproduce\` after ${Math.round(minutes)} minutes of work on ${availableParallelism()} cores. Three base models (${models} parameters) were fine-tuned on ${scale.demonstrations} demonstrations; five simulated labelers ranked 4 to 9 answers to each of ${scale.comparisons} prompts; a reward model (${millions(judged[rewardSize].parameters)}) learned from their pairs, and DPO as well (${scale.dpoSizes.join(", ")}); PPO and PPO-ptx trained each policy against it, with ${scale.ppo.episodes} episodes, β = ${scale.ppo.beta} and γ = ${scale.ppo.ptxCoefficient} (InstructGPT: 256,000, 0.02 and 27.8), on all prompts that had been demonstrated or ranked (InstructGPT's were others). (Of demonstrations and rankings the application keeps a tenth for validation and testing.) All of that went through the application: its HTTP API, its database, its workers. Then a gold judge, whose scores no model had seen, read ${scale.samples} of each model's answers to each of ${scale.heldOutPrompts} held-out prompts, sampled at temperature 1.

What to know before believing it: the labelers are that judge, seen through a taste and noise of their own, so "right" means the same to all; their noise is set by hand so that they agree about as often as people did. "Base" is a base model that is given the prompt alone, as GPT-3 was. Two thirds of the pages it learned from are chats in the template of the fine-tuned models, two thirds of those well answered, so "base with template" is no raw GPT-3: it knows what is wanted of it. The few-shot base has three good answers before the prompt, in that template, to a prompt of each of the three most frequent use cases. No held-out prompt was in anything a model learned from, the base models' corpus included. Brackets are 95 % intervals, bootstrap over prompts, unless something else is said: they say nothing of another run of the same training, of which there is one for each model unless seeds are named.`;
}

/** As they are listed: those of InstructGPT's figure 1, and DPO, which learns from the same pairs without a reward model. */
const kinds = ["base", "base with template", "few-shot base", "SFT", "DPO", "PPO", "PPO-ptx"] as const;

function updatesOf({ ppo }: Results["scale"]): number {
  const { episodes, batch, minibatch, innerEpochs } = { ...ppoDefaults, ...ppo };
  return (Math.floor(episodes / batch) * batch * innerEpochs) / minibatch;
}

async function winRates({ judged, scale }: Results, draw: Draw): Promise<string> {
  const against = judged.large.policies.SFT!;
  const rows = sizes.flatMap((size) =>
    kinds.flatMap((policy) => {
      const one = judged[size].policies[policy];
      return one ? { size, policy, parameters: judged[size].parameters, one, ...winRate(one, against) } : [];
    }),
  );
  const figure = await draw("win-rates", figures.winRates(rows), "Win rate by size and policy");
  const smallest = judged.small.policies["PPO-ptx"]!;
  const largest = judged.large.policies.base!;
  const times = Math.round(judged.large.parameters / judged.small.parameters);
  const claims: [string, Interval][] = [
    [`**the smallest PPO-ptx model over the largest base model, ${times} times its size**`, winRate(smallest, largest)],
    ["… that has the prompt in the chat template", winRate(smallest, judged.large.policies["base with template"]!)],
    ["… and three good answers before it", winRate(smallest, judged.large.policies["few-shot base"]!)],
    ...sizes.flatMap((size): [string, Interval][] => {
      const { policies } = judged[size];
      return [
        [`SFT over base with template, ${size}`, winRate(policies.SFT!, policies["base with template"]!)],
        [`PPO over SFT, ${size}`, winRate(policies.PPO!, policies.SFT!)],
        [`PPO-ptx over SFT, ${size}`, winRate(policies["PPO-ptx"]!, policies.SFT!)],
        ...(policies.DPO
          ? [[`DPO over SFT, ${size}`, winRate(policies.DPO, policies.SFT!)] as [string, Interval]]
          : []),
      ];
    }),
    ["the largest PPO-ptx model over the smallest", winRate(judged.large.policies["PPO-ptx"]!, smallest)],
  ];
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

InstructGPT's smallest PPO-ptx model (1.3B) was preferred to GPT-3 (175B, some 130 times its size). Here, as win rates:

${table(
  ["", "wins", ""],
  claims.map(([claim, rate]) => [claim, share(rate), verdict(rate)]),
)}

What may keep PPO from being preferred to SFT: a reward model that is right too seldom (below), too few updates (${updatesOf(scale)} of the policy, InstructGPT's had some 4,000), or a policy that has gone where its reward model is wrong.`;
}

const verdict = ({ low, high }: Interval): string =>
  low > 0.5 ? "yes" : high < 0.5 ? "**no: the other way round**" : "**not to be told apart**";

async function rewardAccuracy({ reward, scale }: Results, draw: Draw): Promise<string> {
  const { agreement, models, plain, longer } = reward;
  const first = models[0]!;
  const over = (of: (model: typeof first) => number) => models.map((model) => per(of(model))).join(", ");
  const rows: ({ what: string; paper?: number } & Interval)[] = [
    { what: "Reward model, training labelers", ...first.training, paper: 0.724 },
    { what: "Reward model, held-out labelers", ...first.heldOut, paper: 0.696 },
    { what: "Its last state alone, training labelers", ...plain.training },
    { what: "Its last state alone, held-out labelers", ...plain.heldOut },
    { what: "Another training labeler in its place", ...agreement.instead },
    { what: "The longer answer, training labelers", ...longer.training },
    { what: "The longer answer, held-out labelers", ...longer.heldOut },
    { what: "Two training labelers agree", ...agreement.training, paper: 0.726 },
    { what: "Two held-out labelers agree", ...agreement.heldOut, paper: 0.773 },
    { what: "One of each agrees", ...agreement.across },
    { what: "A labeler agrees with the gold judge", ...agreement.gold },
  ];
  const figure = await draw("reward-accuracy", figures.shares(rows, "Share of pairs"), "Accuracy and agreement");
  const seeds = models.length;
  const more = models.filter(({ overLonger }) => overLonger.low > 0).length;
  const knows = more === seeds ? "more than that, in every seed" : `more than that in ${more} of ${seeds} seeds only`;
  const drop = mean(models.map(({ training, heldOut }) => training.value - heldOut.value));
  return `## 2. What the reward model knows

${figure}

${table(
  ["", "here", "InstructGPT"],
  rows.map(({ what, paper, ...interval }) => [what, share(interval), paper === undefined ? "" : `${per(paper)} %`]),
)}

Pairs are those of ${scale.heldOutComparisons} held-out prompts, ranked by both groups; diamonds are InstructGPT's figures. A reward model is right on a pair when it scores the answer higher that the labeler ranked higher; tied pairs have no part in that. "Another training labeler in its place" is judged on the same answers, ranked once more by all five, with half for a tie. Two labelers agree on a pair when both order it alike or both tie it; a tie against an order is half.

That the longer answer is the better one is what a reward model must know more than: it knows ${knows} (the first is right more often by ${points(first.overLonger)} points on the same pairs). What its head reads beside its last state is how likely the answer is to the model itself; "its last state alone" is InstructGPT's head, trained on the same comparisons with the trainer's own settings (a rate of ${rewardDefaults.learningRate}, where the other had ${scale.reward.learningRate} and a head that was fitted first): right more often than length by ${points(plain.overLonger)} points. Over the seeds ${scale.seeds.join(", ")} its accuracy is ${over(({ training }) => training.value)} % on training labelers and ${over(({ heldOut }) => heldOut.value)} % on held-out ones, a difference of ${per(drop)} points (InstructGPT: 72.4 ± 0.4 and 69.6 ± 0.9, so 2.8; either figure is sure to some ${per((first.training.high - first.training.low) / 2)} points). The training labelers here like length and politeness more than the held-out ones do: a difference was built in.`;
}

const seedsOf = (points: readonly { seed: number }[]) => new Set(points.map(({ seed }) => seed)).size;

async function dataScaling({ comparisons, kinds }: Results, draw: Draw): Promise<string> {
  const byPrompts = overSeeds(comparisons).map((point) => ({ ...point, at: point.prompts, kind: "ranked prompts" }));
  const first = await draw(
    "accuracy-by-comparisons",
    figures.scaling(byPrompts, "Ranked prompts (K = 4 … 9)"),
    "Accuracy by the number of ranked prompts",
  );
  const ofKind = (points: readonly Point[], kind: string) =>
    overSeeds(points).map((point) => ({ ...point, at: point.pairs, kind }));
  const ranked = ofKind(kinds.ranked, "rankings of 9");
  const rows = [...ranked, ...ofKind(kinds.independent, "independent pairs")];
  const second = await draw("accuracy-by-kind", figures.scaling(rows, "Pairs"), "Accuracy by the number of pairs");
  const [least, most] = [byPrompts[0]!, byPrompts.at(-1)!];
  const growth = spread(bySeed(comparisons).map((accuracies) => accuracies.at(-1)! - accuracies[0]!));
  const grows =
    growth.low > 0
      ? "More comparisons make a better reward model, in every seed"
      : growth.value > 0
        ? "More comparisons make a better reward model on average, **but not in every seed**"
        : "**More comparisons do not make a better reward model here**";
  const others = bySeed(kinds.independent);
  const gap = spread(
    bySeed(kinds.ranked).map((accuracies, seed) => mean(accuracies.map((value, i) => others[seed]![i]! - value))),
  );
  const worth =
    gap.low > 0 ? "worth more" : gap.high < 0 ? "worth less" : "**not to be told apart from them in worth**";
  return `## 3. What comparisons are worth

${first}

${table(
  ["ranked prompts", "pairs", "accuracy", "lowest and highest seed"],
  byPrompts.map(({ at, pairs, value, low, high }) => [
    at.toFixed(0),
    pairs.toFixed(0),
    `${per(value)} %`,
    `${per(low)}, ${per(high)}`,
  ]),
)}

The smallest model as reward model, trained once over so many of the ranked prompts, measured on the held-out prompts' rankings by the training labelers; ${seedsOf(comparisons)} seeds of the choice of prompts and of the training. ${grows}: from ${per(least.value)} to ${per(most.value)} %. (Gao et al. 2022 found reward models trained on fewer than some 2,000 comparisons near chance.)

${second}

${table(
  ["", "pairs", "prompts", "accuracy", "lowest and highest seed"],
  rows.map(({ kind, pairs, prompts, value, low, high }) => [
    kind,
    pairs.toFixed(0),
    prompts.toFixed(0),
    `${per(value)} %`,
    `${per(low)}, ${per(high)}`,
  ]),
)}

InstructGPT had K answers ranked at once because that is quicker for the labeler and for the trainer. As data, as many independent pairs, each of a prompt of its own, are ${worth}: ${points(gap)} points of accuracy, a mean over these sizes (in brackets the lowest and the highest seed). Both kinds had about as many pairs in each step, and so about as many steps. Here the answers to learn from are the smallest SFT model's, of both kinds; those that accuracy is measured on come from all three.`;
}

async function overOptimisation({ optimised, scale }: Results, draw: Draw): Promise<string> {
  const panels = (["ppo", "best of n"] as const).map((kind) => {
    const points = optimised[kind];
    return { kind, points, fit: fitOf(kind, points) };
  });
  const figure = await draw("over-optimisation", figures.overOptimised(panels), "Proxy and gold scores by distance");
  const rows = panels.flatMap(({ kind, points }) =>
    fallsOf(points).map(({ seed, top, far, overOptimised }) => {
      const fit = fitOf(
        kind,
        points.filter((point) => point.seed === seed),
      );
      return [
        names[kind],
        String(seed),
        fit ? formula(kind, fit) : "",
        `${signed(top.gold)} at ${top.d.toFixed(1)}`,
        `${signed(far.gold)} at ${far.d.toFixed(1)}`,
        signed(far.proxy),
        overOptimised ? "yes" : "no",
      ];
    }),
  );
  const said = panels.map(({ kind, points }) => {
    const falls = fallsOf(points);
    return `${names[kind]}: in ${falls.filter(({ overOptimised }) => overOptimised).length} of ${falls.length} seeds`;
  });
  return `## 4. Too much of a good proxy

${figure}

${table(["", "seed", "gold score's curve R(d)", "gold at the others' top", "gold at the furthest", "proxy there", "over-optimised"], rows)}

Over-optimised is what falls: at the furthest the gold score is lower than at its top, while the proxy says that the answers are still better (means over fifths of the points by distance; where the top is, the other seeds say, so that of seeds that chance alone moves fewer than half would fall). ${said.join("; ")}. Best of n chooses among the same answers in every seed, by another proxy, so that its seeds say less than three.

The proxy is the smallest model as a reward model trained on ${scale.proxy.comparisons} ranked prompts only, and PPO pays nothing for its distance (β = 0), as in Gao et al. (2022), whose curves are fitted to the gold points by least squares. d is √KL to the SFT model. Scores are in standard deviations of the SFT model's answers, from its mean on the same prompt. Each point of PPO is an iteration's own answers to prompts that it practises on, at whose end a missing end token costs reward; best of n is estimated without bias from ${scale.proxy.samples} answers to each of ${scale.proxy.prompts} held-out prompts, n = 1, 2, 4 …: so the two panels have units of their own. Where the gold score does not fall, the distance may be too short for it, or the proxy too good.`;
}

const names = { ppo: "PPO", "best of n": "Best of n" } as const;

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

/** "d (1.20 − 0.31 ln d)" */
function formula(kind: CurveKind, { alpha, beta }: Fit): string {
  const sign = (value: number) => (value < 0 ? "−" : "");
  const first = `${sign(alpha)}${Math.abs(alpha).toFixed(2)}`;
  return `d (${first} ${beta < 0 ? "+" : "−"} ${Math.abs(beta).toFixed(2)} ${kind === "ppo" ? "ln d" : "d"})`;
}

function fitOf(kind: CurveKind, points: readonly Optimised[]): Fit | null {
  try {
    return fitted(kind, points);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

async function alignmentTax({ judged, taxed }: Results, draw: Draw): Promise<string> {
  const { losses, policies } = judged.small;
  const point = (what: string, own: BlockLosses, one: Judged) => {
    const { value, low, high } = goldScore(one);
    return { what, loss: mean(own), tax: taxOf(own, losses.SFT!), gold: value, low, high };
  };
  const rows = [
    point("base", losses.base!, policies.base!),
    point("SFT", losses.SFT!, policies.SFT!),
    ...taxed.map(({ coefficient, losses: own, judged: one }) => point(`γ ${coefficient}`, own, one)),
  ];
  const figure = await draw("alignment-tax", figures.tax(rows), "Gold score against loss on pre-training text");
  const policiesOf = ["base", "SFT", "DPO", "PPO", "PPO-ptx"];
  const all = sizes.map((size) => {
    const { losses: of } = judged[size];
    return [size, ...policiesOf.map((policy) => (of[policy] ? mean(of[policy]).toFixed(3) : ""))];
  });
  const claims = sizes.map((size) => {
    const of = judged[size].losses;
    const [paid, given] = [taxOf(of.PPO!, of.SFT!), taxOf(of["PPO-ptx"]!, of.PPO!)];
    return [
      size,
      difference(paid),
      sign(paid, "yes", "**no: it gains**"),
      difference(given),
      sign(given, "**no: it costs more**", "yes"),
    ];
  });
  return `## 5. The alignment tax

InstructGPT's was on public data sets; here it is the loss on pre-training documents that nothing was trained on, nats a token:

${table(["", ...policiesOf], all)}

${table(["", "PPO costs, after SFT", "a tax", "PPO-ptx gives back, after PPO", "it helps"], claims)}

Brackets are over blocks of documents, the same for each model. Not all of a tax is forgetting: two pages in three are chats, a third of whose answers are spoiled, and a policy that answers well must find those unlikely. What γ, the weight of the pre-training loss, does to the smallest model, all else alike (these policies practise on other prompts than those above):

${figure}

${table(
  ["", "loss", "more than SFT", "gold score"],
  rows.map(({ what, loss, tax, gold, low, high }) => [
    what,
    loss.toFixed(3),
    difference(tax),
    score({ value: gold, low, high }),
  ]),
)}

A γ that is too large would hold the policy to its pre-training text so firmly that it learns nothing from the reward. One run each.`;
}

/** The words for a difference: `above` or `below` where its interval is all above or below 0, else that it cannot be told. */
const sign = ({ low, high }: Interval, above: string, below: string): string =>
  low > 0 ? above : high < 0 ? below : "**not to be told**";

/** "+0.123 [+0.101, +0.145]" */
function difference({ value, low, high }: Interval): string {
  const signed = (one: number) => `${one < 0 ? "−" : "+"}${Math.abs(one).toFixed(3)}`;
  return `${signed(value)} [${signed(low)}, ${signed(high)}]`;
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
