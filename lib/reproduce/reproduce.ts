// `rankloop reproduce`: InstructGPT's result, small. Simulated labelers work in the application, and the models that it
// trains are judged by a gold judge that none of them has seen.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { baseSizes } from "../../models/train/base-sizes.ts";
import { pretrain, pretrainDefaults } from "../../models/train/pretrain.ts";
import { runLoop } from "./loop.ts";
import { type Measured, measure } from "./measure.ts";
import { promptsOf } from "./prompts.ts";
import { bySize, type Scale, sizes } from "./scale.ts";
import { Steps, type Tell } from "./steps.ts";
import { toEnd } from "./tell-training.ts";

export interface ReproduceConfig {
  /** Folder of the run: the application's data, what each step left, the report. */
  out: string;
  scale: Scale;
  /** Pre-trains the base models, too, instead of taking the shipped ones: hours. */
  fromScratch: boolean;
  signal: AbortSignal;
  tell: Tell;
}

/** What comes out, for the report. */
export type Results = Measured & { minutes: number };

/** Goes on with what is in `out`, or begins there. @throws Error when `out` has a run of another scale */
export async function reproduce(config: ReproduceConfig): Promise<Results> {
  const { scale, fromScratch, signal, tell } = config;
  const out = resolve(config.out);
  await claimFolder(out, { scale, fromScratch });
  const prompts = promptsOf(scale);
  const steps = new Steps(join(out, "steps"), namesOf(scale, fromScratch), signal, tell);
  if (fromScratch) await pretrainBases(steps, scale, join(out, "base"));
  const loop = await runLoop(steps, prompts, scale, join(out, "application"));
  const results = await measure(steps, prompts, scale, loop);
  return { ...results, minutes: (await steps.seconds()) / 60 };
}

/** The steps in their order, each with its seconds on two cores. */
function namesOf(scale: Scale, fromScratch: boolean): Record<string, number> {
  const each = (names: readonly (string | number)[], prefix: string, seconds: number) =>
    names.map((name) => [`${prefix} ${name}`, seconds] as const);
  return Object.fromEntries([
    ...(fromScratch ? each(sizes, "pre-training", 4_000) : []),
    ["demonstrations", 30],
    ["base models", 1],
    ...each(sizes, "fine-tuning", 60),
    ["rankings", 200],
    ...each(scale.seeds, "reward model", 60),
    ...each(sizes, "ppo", 300),
    ...each(sizes, "ppo-ptx", 450),
    ...each(sizes, "dpo", 60),
    ["held-out rankings", 60],
    ...each(sizes, "judging", 90),
    ["reward accuracy", 20],
    ["accuracy by comparisons", 200],
    ["accuracy by kind", 200],
    ...each(scale.seeds, "proxy", 10),
    ...each(scale.seeds, "best of n", 60),
    ...each(scale.seeds, "over-optimisation", 120),
    ...each(scale.ptxCoefficients, "alignment tax", 90),
  ]);
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

/** A folder is for one reproduction: what its steps left belongs together. */
async function claimFolder(out: string, begun: Pick<ReproduceConfig, "scale" | "fromScratch">): Promise<void> {
  await mkdir(join(out, "steps"), { recursive: true });
  await mkdir(join(out, "application"), { recursive: true });
  const file = join(out, "reproduction.json");
  try {
    if (!isDeepStrictEqual(JSON.parse(await readFile(file, "utf8")), JSON.parse(JSON.stringify(begun)))) {
      throw new Error(`${out} has a reproduction with other settings: name another folder, or remove that one.`);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await writeFile(file, `${JSON.stringify(begun, null, 2)}\n`);
  }
}
