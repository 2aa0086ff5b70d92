// The loop of every trainer around its step: the learning rate, evaluation, checkpoints, resuming, stopping, time left.
// A batch depends on the step's number and the seed only, so a resumed run sees what an uninterrupted one would.

import { letOthersRun } from "../onnx/session.ts";
import type { Batch, Optimizer, OptimizerState } from "./optimizer.ts";
import { type RunIdentity, readRun, saveRun } from "./run-state.ts";

/**
 * A TrainEvent comes after each step. Its metrics are from before the step's update; `eval/…` metrics are from after it, where
 * there was an evaluation. An event before the first step describes the data: its metrics are `train/…` only.
 */
export interface TrainEvent {
  /** 1 for the first; 0 before it. */
  step: number;
  /** Fewer than planned once the run ends early. */
  steps: number;
  /** null while no step has been timed. */
  secondsLeft: number | null;
  metrics: Record<string, number>;
}

/** Tell reports what a trainer does between two steps, which may take a minute: "sampling 256 answers". */
export type Tell = (phase: string) => void;

/** TrainResult is what a finished trainer leaves. */
export interface TrainResult {
  /** The model directory. */
  dir: string;
  metrics: Record<string, number>;
}

/** Takes all steps of a trainer, handing on each as it is taken. @returns what it leaves behind */
export async function allSteps(
  run: AsyncGenerator<TrainEvent, TrainResult>,
  seen: (event: TrainEvent) => unknown,
): Promise<TrainResult> {
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
    await seen(value);
  }
}

/** A Learner takes the steps, and holds all that the next step depends on. */
export interface Learner {
  /**
   * Take step `index` = 0, 1, … @returns its metrics.
   * @throws NonFiniteError naming the step; the signal's reason when it aborts, at most a second or so later.
   */
  take: (index: number, signal?: AbortSignal) => Promise<Record<string, number>>;
  /** The state for a checkpoint, whose arrays are still in use. null where a step was left half done. */
  state: () => OptimizerState | null;
  /** Restores the state of a checkpoint. */
  restore: (state: OptimizerState) => void;
}

export interface LoopConfig {
  learner: Learner;
  steps: number;
  /** Counts of the data, the metrics of the first event. */
  figures?: Record<string, number>;
  /** Whether the run may end before its last step; asked after each measurement. */
  isDone?: () => boolean;
  /** Measured after every `evaluateEvery`th step and after the last. */
  evaluate: (step: number) => Promise<Record<string, number>>;
  evaluateEvery: number;
  /** Directory of the run's last checkpoint; a run that finds one there goes on from it. */
  checkpoints: string;
  /** Time between checkpoints, ms. */
  checkpointMs: number;
  identity: RunIdentity;
  signal: AbortSignal | undefined;
}

/**
 * Take all steps, one event each.
 * @returns the last evaluation.
 * @throws NonFiniteError naming the step; RunStateError when the checkpoint is another run's; the signal's reason when
 *   it aborts, soon and not only after the step: what was done is in the checkpoint, but for a step or an evaluation that
 *   is half done and cannot be gone on with. Those are taken again from the last checkpoint, to the same numbers.
 */
export async function* trainLoop(config: LoopConfig): AsyncGenerator<TrainEvent, Record<string, number>> {
  const { learner, steps, checkpoints, identity, signal, figures, isDone = () => false } = config;
  const first = await goOn(learner, checkpoints, identity);
  const save = async () => {
    const state = learner.state();
    // Before the first step there is nothing to keep.
    if (state && state.step > 0) await saveRun(checkpoints, identity, state);
  };

  if (figures && first === 0) yield { step: first, steps, secondsLeft: null, metrics: figures };
  const started = performance.now();
  let savedAt = started;
  let evaluation: Record<string, number> | undefined;
  for (let index = first; index < steps && !isDone(); index++) {
    let metrics: Record<string, number>;
    try {
      signal?.throwIfAborted();
      metrics = await learner.take(index, signal);
    } catch (error) {
      if (signal?.aborted) await save();
      throw error;
    }
    const step = index + 1;
    const due = step % config.evaluateEvery === 0 || step === steps;
    if (due) evaluation = await config.evaluate(step);
    const last = step === steps || isDone();
    // After the last step, too: what follows, writing the model, may fail for want of space.
    if (performance.now() - savedAt > config.checkpointMs || last) {
      await save();
      savedAt = performance.now();
    }
    const msPerStep = (performance.now() - started) / (step - first);
    const secondsLeft = last ? 0 : (msPerStep * (steps - step)) / 1000;
    yield { step, steps: last ? step : steps, secondsLeft, metrics: due ? { ...metrics, ...evaluation } : metrics };
    await letOthersRun();
  }
  return evaluation ?? (await config.evaluate(steps));
}

/** Restores the checkpoint, where there is one. @returns the steps behind it. Apart, so that nothing holds what was read. */
async function goOn(learner: Learner, checkpoints: string, identity: RunIdentity): Promise<number> {
  const saved = await readRun(checkpoints, identity);
  if (saved) learner.restore(saved);
  return saved?.step ?? 0;
}

/** Steps of one optimiser: the batches of step `index`, and its learning rate. */
export function learning(
  optimizer: Optimizer,
  batches: (index: number) => readonly Batch[] | Promise<readonly Batch[]>,
  learningRate: (index: number) => number,
): Learner {
  return {
    take: async (index, signal) => {
      const rate = learningRate(index);
      return { ...(await optimizer.run(await batches(index), rate, signal)), learning_rate: rate };
    },
    state: () => optimizer.state(),
    restore: (state) => optimizer.restore(state),
  };
}

/** Linear warm-up over `warmup` steps, then a cosine from `peak` down to a tenth of it (GPT-3, InstructGPT). */
export function cosine(peak: number, steps: number, warmup = 0): (index: number) => number {
  return (index) => {
    if (index < warmup) return (peak * (index + 1)) / warmup;
    const progress = Math.min(1, (index - warmup) / Math.max(1, steps - warmup));
    return peak * (0.1 + 0.45 * (1 + Math.cos(Math.PI * progress)));
  };
}
