// `rankloop reproduce`: InstructGPT's result, small. Simulated labelers work in the application, and the models that it
// trains are judged by a gold judge that none of them has seen.

import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { baseSizes } from "../../models/train/base-sizes.ts";
import { pretrain, pretrainDefaults } from "../../models/train/pretrain.ts";
import { hashModel } from "../../models/train/run-state.ts";
import { zooDirectory } from "../training/model-directory.ts";
import { runLoop } from "./loop.ts";
import { type Measured, measure } from "./measure.ts";
import { promptsOf } from "./prompts.ts";
import { bySize, type Scale, sizes } from "./scale.ts";
import { Steps, type Tell } from "./steps.ts";
import { toEnd } from "./train.ts";

export interface ReproduceConfig {
  /** The folder of the run: the application's data, the result of each step, the report. */
  out: string;
  scale: Scale;
  /** Pre-train the base models as well, which takes hours, instead of taking the shipped ones. */
  fromScratch: boolean;
  signal: AbortSignal;
  tell: Tell;
}

/** Results are what the report is written from. */
export type Results = Measured & { minutes: number };

/** Runs a reproduction in `out`, or continues the one there. @throws Error when `out` has another reproduction, or no base models */
export async function reproduce(config: ReproduceConfig): Promise<Results> {
  const { scale, fromScratch, signal, tell } = config;
  const out = resolve(config.out);
  await claimFolder(out, { scale, bases: fromScratch ? "from scratch" : await shippedBases() });
  tell("Choosing the prompts …", "going on");
  const prompts = promptsOf(scale);
  const steps = new Steps(join(out, "steps"), stepsOf(scale, fromScratch), signal, tell);
  if (fromScratch) await pretrainBases(steps, scale, join(out, "base"));
  const loop = await runLoop(steps, prompts, scale, join(out, "application"));
  const results = await measure(steps, prompts, scale, loop);
  return { ...results, minutes: steps.seconds / 60 };
}

/** The steps in their order, each with its seconds on two cores. */
function stepsOf(scale: Scale, fromScratch: boolean): Record<string, number> {
  const each = (names: readonly (string | number)[], prefix: string, seconds: number) =>
    names.map((name) => [`${prefix} ${name}`, seconds * scale.time] as const);
  // Tokens a second of two cores, by parameters: a million of them pass 8,000.
  const pretraining = sizes.map((size) => {
    const { nEmbd, nLayer, tokens } = baseSizes[size];
    const seconds = ((scale.pretrainingTokens ?? tokens) / 8_000) * ((12 * nLayer * nEmbd ** 2) / 1e6);
    return [`pre-training ${size}`, 20 + seconds] as const;
  });
  return Object.fromEntries([
    ...(fromScratch ? pretraining : []),
    ...each(["demonstrations"], "collecting", 15),
    ...each(["models"], "base", 1),
    ...each(sizes, "fine-tuning", 65),
    ...each(["answers"], "ranking", 180),
    ...each([...scale.seeds, "by its last state"], "reward model", 140),
    ...each(sizes, "ppo", 145),
    ...each(sizes, "ppo-ptx", 220),
    ...each(scale.dpoSizes, "dpo", 100),
    ...each(["held-out answers"], "ranking", 60),
    ...each(sizes, "judging", 50),
    ...each(["accuracy"], "reward", 20),
    ...each(["comparisons", "kind"], "accuracy by", 210),
    ...each(["answers"], "first", 50),
    ...each(scale.seeds, "proxy", 40),
    ...each(scale.seeds, "best of n", 10),
    ...each(scale.seeds, "over-optimisation", 75),
    ...each(scale.ptxCoefficients, "alignment tax", 140),
  ]);
}

/** The shipped base models by their hash. @throws Error naming the first that is missing */
async function shippedBases(): Promise<Record<string, string>> {
  const zoo = zooDirectory();
  const hashes: [string, string][] = [];
  for (const size of sizes) {
    const { name } = baseSizes[size];
    if (!zoo || !existsSync(join(zoo, name))) {
      throw new Error(`The base model ${name} is not there: \`--from-scratch\` makes it, which takes hours.`);
    }
    hashes.push([name, await hashModel(join(zoo, name))]);
  }
  return Object.fromEntries(hashes);
}

/** Makes the shipped models again; the application then takes those. */
async function pretrainBases(steps: Steps, { pretrainingTokens: tokens }: Scale, folder: string): Promise<void> {
  await bySize((size) =>
    steps.run(`pre-training ${size}`, async (step) => {
      const places = { out: join(folder, baseSizes[size].name), checkpoints: join(step.folder, "checkpoint") };
      const settings = { ...pretrainDefaults(size), ...(tokens === undefined ? {} : { tokens }) };
      return (await toEnd(pretrain({ ...settings, ...places }, step.signal), "pre-training", step)).metrics;
    }),
  );
  process.env.RANKLOOP_MODELS = folder;
}

/** Claims the folder for this reproduction: results of different ones must not mix. @throws Error where it has another */
async function claimFolder(out: string, begun: object): Promise<void> {
  await mkdir(join(out, "steps"), { recursive: true });
  await mkdir(join(out, "application"), { recursive: true });
  const file = join(out, "reproduction.json");
  try {
    if (!isDeepStrictEqual(JSON.parse(await readFile(file, "utf8")), JSON.parse(JSON.stringify(begun)))) {
      throw new Error(
        `${out} has a reproduction with other settings or models: name another folder, or remove that one.`,
      );
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await writeFile(file, `${JSON.stringify(begun, null, 2)}\n`);
  }
}
