// What learning from people costs on pre-training text, and what PPO-ptx gives back (InstructGPT, 4.2 and figure 33).
import { join } from "node:path";
import { bootstrap, type Interval, mean } from "../../models/interval.ts";
import { documentLoss } from "../../models/train/document-loss.ts";
import { type Judged, judged } from "../../models/train/gold.ts";
import { trainPpo } from "../../models/train/ppo.ts";
import type { Task } from "../../models/world/asking.ts";
import { documents } from "../../models/world/documents.ts";
import { writeRecords } from "./data.ts";
import type { Scale } from "./scale.ts";
import type { Step } from "./steps.ts";
import { toEnd } from "./train.ts";

/** Loss on documents that nothing was trained on, nats a token: one number for each of some blocks of documents. */
export type BlockLosses = number[];

/** A model's loss on the world's documents, in the same blocks for all models, so that they compare block by block. */
export async function lossOnWorld(model: string, { taxBlocks }: Scale, signal: AbortSignal): Promise<BlockLosses> {
  const losses: BlockLosses = [];
  for (let block = 1; block <= taxBlocks; block++) {
    losses.push(await documentLoss(model, () => documents(block, "validation"), { tokens: 4096, signal }));
  }
  return losses;
}

/** How far the loss of a model is above that of the model it was trained from, with its interval over the blocks. */
export const taxOf = (losses: BlockLosses, before: BlockLosses): Interval =>
  bootstrap(
    losses.map((loss, block) => loss - before[block]!),
    mean,
  );

export interface Taxed {
  /** γ, the weight of the pre-training loss; 0 is PPO without it. */
  coefficient: number;
  losses: BlockLosses;
  judged: Judged;
}

interface Given {
  scale: Scale;
  /** Directories of the SFT model and the reward model. */
  model: string;
  reward: string;
  /** The prompts that policies practise on, and those they are measured on. */
  practice: readonly Task[];
  heldOut: readonly Task[];
}

/** Trains and measures one policy for a γ, everything else being equal. */
export async function byCoefficient(given: Given, coefficient: number, step: Step): Promise<Taxed> {
  const { scale, model, reward, practice, heldOut } = given;
  const prompts = join(step.folder, "prompts.jsonl");
  await writeRecords(
    prompts,
    practice.map(({ prompt }) => ({ prompt })),
  );
  const run = trainPpo(
    {
      ...scale.ppo,
      model,
      reward,
      prompts,
      ...(coefficient === 0 ? {} : { ptxCoefficient: coefficient, pretraining: () => documents(1, "train") }),
      out: join(step.folder, "policy"),
      checkpoints: join(step.folder, "checkpoint"),
    },
    step.signal,
  );
  const { dir } = await toEnd(run, `PPO with γ ${coefficient}`, step);
  const { samples, answerTokens } = scale;
  return {
    coefficient,
    losses: await lossOnWorld(dir, scale, step.signal),
    judged: await judged({ model: dir, tasks: heldOut, samples, answerTokens, seed: 1, signal: step.signal }),
  };
}
