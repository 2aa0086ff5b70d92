// The report of made-up figures: each number must be found where it belongs, and each figure be a picture.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Judged } from "../../models/train/gold.ts";
import { heightOf } from "./over-optimisation.ts";
import { writeReport } from "./report.ts";
import type { Results } from "./reproduce.ts";
import { quick, type Size } from "./scale.ts";

let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "rankloop-report-"));
});
afterAll(() => rm(out, { recursive: true, force: true }));

const at = (value: number) => ({ value, low: value - 0.02, high: value + 0.02 });

/** Answers that all have one score. */
const scored = (score: number): Judged => ({
  scores: Array.from({ length: 20 }, () => [score, score]),
  ended: 0.9,
  tokens: 31,
  read: Array.from({ length: 4 }, (_, i) => ({ prompt: `Prompt ${i}?`, answer: `Answer of ${score}.`, score })),
});

/** Of two blocks, whose differences between models are all alike. */
const blocks = (loss: number) => [loss - 0.1, loss + 0.1];

const bySize = (parameters: number, base: number, ppoPtx: number) => ({
  parameters,
  policies: {
    base: scored(base),
    "base with template": scored(base + 0.05),
    "few-shot base": scored(base),
    SFT: scored(0.5),
    ...(base < 0.4 ? { DPO: scored(0.55) } : {}),
    PPO: scored(ppoPtx),
    "PPO-ptx": scored(ppoPtx),
  },
  losses: { base: blocks(1.111), SFT: blocks(1.222), DPO: blocks(1.2), PPO: blocks(1.444), "PPO-ptx": blocks(1.333) },
});

const curve = (kind: "ppo" | "best of n") =>
  [0, 0.5, 1, 2, 3].map((d) => ({ seed: 1, d, proxy: d, gold: heightOf(kind, { alpha: 1, beta: 0.5 }, d) }));

function results(smallPtx: number): Results {
  const points = (accuracies: number[]) =>
    accuracies.map((value, i) => ({ seed: 1, wanted: i, prompts: 10 * (i + 1), pairs: 50 * (i + 1), accuracy: value }));
  const agreement = { instead: at(0.71), training: at(0.74), heldOut: at(0.75), across: at(0.73), gold: at(0.8) };
  return {
    minutes: 12,
    scale: quick,
    judged: {
      small: bySize(430_000, 0.2, smallPtx),
      medium: bySize(1_500_000, 0.3, 0.6),
      large: bySize(6_400_000, 0.4, 0.7),
    } satisfies Record<Size, unknown>,
    reward: {
      agreement,
      longer: { training: at(0.6), heldOut: at(0.58) },
      models: [{ training: at(0.7), heldOut: at(0.68), overLonger: at(0.1) }],
      plain: { training: at(0.61), heldOut: at(0.59), overLonger: at(0.01) },
    },
    comparisons: points([0.6, 0.65]),
    kinds: { ranked: points([0.55, 0.6]), independent: points([0.58, 0.64]) },
    optimised: { "best of n": curve("best of n"), ppo: curve("ppo") },
    taxed: [{ coefficient: 27.8, losses: blocks(1.234), judged: scored(0.6) }],
  };
}

test("figures and numbers are where they belong, and the goal is called by what came out", async () => {
  const report = await writeReport(results(0.6), out);
  const text = await readFile(report, "utf8");
  expect(text).toContain("over the largest base model, 15 times its size** | 100.0 % [100.0, 100.0] | yes |");
  expect(text).toContain("| … that has the prompt in the chat template | 100.0 % [100.0, 100.0] | yes |");
  expect(text).toContain("| DPO over SFT, medium | 100.0 % [100.0, 100.0] | yes |");
  expect(text).not.toContain("DPO over SFT, large");
  expect(text).toContain("must know more than: it knows more than that, in every seed");
  expect(text).toContain("right more often by +10.0 [+8.0, +12.0] points");
  expect(text).toContain("than length by +1.0 [−1.0, +3.0] points");
  expect(text).toContain("a difference of 2.0 points");
  expect(text).toContain("in every seed: from 60.0 to 65.0 %");
  expect(text).toContain("are worth more: +3.5 [+3.5, +3.5] points");
  expect(text).toContain("| base, large | 6.4M | 0.400 [0.400, 0.400] | 0.0 % [0.0, 0.0] |");
  expect(text).toContain("| Reward model, training labelers | 70.0 % [68.0, 72.0] | 72.4 % |");
  // Of d (1 − d/2) the points at 0, ½, 1, 2, 3 are 0, 0.375, 0.5, 0, −1.5.
  expect(text).toContain("| Best of n | 1 | d (1.00 − 0.50 d) | +0.50 at 1.0 | −1.50 at 3.0 | +3.00 | yes |");
  // d (1 − ½ ln d) rises until d = e.
  expect(text).toMatch(/\| PPO \| 1 \| d \(1\.00 − 0\.50 ln d\) \| \+1\.35 at 3\.0 .* no \|/);
  expect(text).toContain("PPO: in 0 of 1 seeds; Best of n: in 1 of 1 seeds.");
  expect(text).toContain("| small | +0.222 [+0.222, +0.222] | yes | −0.111 [−0.111, −0.111] | yes |");
  expect(text).toContain("| γ 27.8 | 1.234 | +0.012 [+0.012, +0.012] | 0.600 [0.600, 0.600] |");
  const pictures = [...text.matchAll(/\]\((\S+\.svg)\)/g)].map(([, name]) => name!);
  expect(pictures.toSorted()).toEqual(
    (await readdir(dirname(report))).filter((name) => name.endsWith(".svg")).toSorted(),
  );
  for (const name of pictures) {
    const svg = await readFile(join(dirname(report), name), "utf8");
    expect(svg).toMatch(/^<svg[\s\S]*<\/svg>$/);
    // Marks, not an empty frame.
    expect(svg.match(/<path/g)!.length, name).toBeGreaterThan(5);
  }
});

test("an effect that is not there is said not to be there", async () => {
  const given = results(0.1);
  // Of two seeds one rises, and the independent pairs are better in one and worse in the other.
  const point = (seed: number, wanted: number, accuracy: number) => ({ seed, wanted, prompts: 9, pairs: 90, accuracy });
  const comparisons = [point(1, 10, 0.6), point(1, 20, 0.65), point(2, 20, 0.62), point(2, 10, 0.63)];
  const kinds = {
    ranked: [point(1, 30, 0.6), point(2, 30, 0.62)],
    independent: [point(1, 30, 0.62), point(2, 30, 0.61)],
  };
  const unsure = { training: at(0.6), heldOut: at(0.6), overLonger: at(0.01) };
  const { losses } = given.judged.small;
  losses.PPO = blocks(1.2);
  losses["PPO-ptx"] = blocks(1.3);
  given.judged.medium.losses.PPO = [1.0, 1.5];
  const text = await readFile(
    await writeReport({ ...given, comparisons, kinds, reward: { ...given.reward, models: [unsure] } }, out),
    "utf8",
  );
  expect(text).toContain("15 times its size** | 0.0 % [0.0, 0.0] | **no: the other way round** |");
  expect(text).toContain("it knows more than that in 0 of 1 seeds only");
  expect(text).toContain("on average, **but not in every seed**: from 61.5 to 63.5 %");
  expect(text).toContain("**not to be told apart from them in worth**: +0.5 [−1.0, +2.0] points");
  expect(text).toContain(
    "| small | −0.022 [−0.022, −0.022] | **no: it gains** | +0.100 [+0.100, +0.100] | **no: it costs more** |",
  );
  expect(text).toMatch(/\| medium \| \+0\.028 \[.*\] \| \*\*not to be told\*\* \|/);
});
