// The shapes of training runs, as schemas: what is asked for, and what is told of a run. Browser-safe: the settings are the
// trainers' own, in files apart from the runtime.
import * as z from "zod";
import { dpoSettings } from "../../models/train/dpo-config.ts";
import { type PpoSettings, ppoProblem, ppoSettings } from "../../models/train/ppo-config.ts";
import { rewardSettings } from "../../models/train/reward-config.ts";
import { sftSettings } from "../../models/train/sft-config.ts";
import { trainingDatasets, trainingKinds } from "../vocabulary/labeling.ts";
import { id, job, model, name, time } from "../vocabulary/shapes.ts";

/** Matches control characters and marks of text direction, but not the joiners that scripts and emoji need. */
const invisible = /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u;
export const modelName = name("The name of the model", 60).refine(
  (value) => !invisible.test(value),
  "The name of the model is one line of visible characters.",
);
const begun = { name: modelName, baseModelId: id };
/** A run to be started, on the data as they are then. Settings left out are the trainer's defaults. */
export const newTraining = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("sft"),
    ...begun,
    /** The reward model that chooses the epoch to keep, by the scores of its answers. Absent: the last epoch is kept. */
    rewardModelId: id.optional(),
    settings: sftSettings,
  }),
  z.object({ kind: z.literal("reward"), ...begun, settings: rewardSettings }),
  z.object({ kind: z.literal("dpo"), ...begun, settings: dpoSettings }),
  z.object({
    kind: z.literal("ppo"),
    /** The base model is where the policy starts, and the reference of its KL. */
    ...begun,
    rewardModelId: id,
    /** Texts that it must not forget how to write (PPO-ptx): "small-world", or one of `sources`. Absent: plain PPO. */
    texts: z.string().min(1).max(200).optional(),
    settings: ppoSettings.refine((settings) => ppoProblem(settings) === null, {
      error: (issue) => ppoProblem(issue.input as PpoSettings) ?? undefined,
    }),
  }),
]);
export type NewTraining = z.infer<typeof newTraining>;

export const trainingData = z.object({
  dataset: z.enum(trainingDatasets),
  /** Which texts these are; null for people's data. */
  source: z.string().nullable(),
  /** How many comparisons, demonstrations, prompts or texts there are. */
  items: z.int(),
  /** Lines of the file: for comparisons their pairs without ties. */
  lines: z.int(),
  /** SHA-256 of the file the run reads; null before it is written. */
  hash: z.string().nullable(),
});
export type TrainingData = z.infer<typeof trainingData>;

export const trainingRun = z.object({
  id,
  name: z.string(),
  kind: z.enum(trainingKinds),
  baseModelId: id,
  baseModelName: z.string(),
  rewardModelId: id.nullable(),
  rewardModelName: z.string().nullable(),
  outputModelId: id.nullable(),
  state: job.shape.state,
  error: z.string().nullable(),
  startedBy: z.string(),
  createdAt: time,
  finishedAt: time.nullable(),
  /** Every setting by its name, see the trainer's config. */
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  data: z.array(trainingData),
  step: z.int(),
  steps: z.int(),
  secondsLeft: z.number().nullable(),
  /** The work under way between two steps, e.g. "sampling 128 answers". */
  phase: z.string().nullable(),
});
export type TrainingRun = z.infer<typeof trainingRun>;

/** An ancestor is a model with the run that made it. */
export const ancestor = model.pick({ id: true, name: true, kind: true, origin: true }).extend({
  /** The run that made it; null for one that was not trained here. */
  run: trainingRun.nullable(),
});
export type Ancestor = z.infer<typeof ancestor>;

/** One point of one curve: `loss`, `eval/accuracy`, `objective/kl` … */
export const metricPoint = z.object({ step: z.int(), name: z.string(), value: z.number() });
export type MetricPoint = z.infer<typeof metricPoint>;
