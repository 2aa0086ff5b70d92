// What every trainer does around its step: the learning rate, evaluation, checkpoints, resuming, stopping, time left.
// A batch depends on the step's number and the seed only, so a resumed run sees what an uninterrupted one would.
import type { Optimizer } from "./optimizer.ts";
import { type RunIdentity, readRun, saveRun } from "./run-state.ts";

/** A step has been taken. Metrics are from before its update; `eval/…` ones from after it, where it was evaluated. */
export interface TrainEvent {
  /** 1 for the first. */
  step: number;
  steps: number;
  secondsLeft: number;
  metrics: Record<string, number>;
}

/** What a trainer leaves behind. */
export interface TrainResult {
  /** The model directory. */
  dir: string;
  metrics: Record<string, number>;
}

export interface LoopConfig {
  optimizer: Optimizer;
  steps: number;
  /** Feeds of step `index` = 0, 1, …, and their width where the optimiser has several. */
  batch: (index: number) => { feeds: Record<string, Float32Array | Int32Array>; width?: number };
  /** Rate of step `index`. */
  learningRate: (index: number) => number;
  /** Measured after every `evaluateEvery`th step and after the last. */
  evaluate: () => Promise<Record<string, number>>;
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
 *   it aborts, after a checkpoint.
 */
export async function* trainLoop(config: LoopConfig): AsyncGenerator<TrainEvent, Record<string, number>> {
  const { optimizer, steps, checkpoints, identity, signal } = config;
  const saved = await readRun(checkpoints, identity);
  if (saved) optimizer.restore(saved);
  const save = () => saveRun(checkpoints, identity, optimizer.state());

  const started = { at: performance.now(), step: optimizer.step };
  let savedAt = started.at;
  let evaluation: Record<string, number> | undefined;
  while (optimizer.step < steps) {
    if (signal?.aborted) {
      await save();
      throw signal.reason;
    }
    const index = optimizer.step;
    const rate = config.learningRate(index);
    const { feeds, width } = config.batch(index);
    const metrics = { ...(await optimizer.run(feeds, rate, width)), learning_rate: rate };
    const { step } = optimizer;
    const due = step % config.evaluateEvery === 0 || step === steps;
    if (due) evaluation = await config.evaluate();
    // After the last step, too: what follows, writing the model, may fail for want of space.
    if (performance.now() - savedAt > config.checkpointMs || step === steps) {
      await save();
      savedAt = performance.now();
    }
    const msPerStep = (performance.now() - started.at) / (step - started.step);
    const secondsLeft = (msPerStep * (steps - step)) / 1000;
    yield { step, steps, secondsLeft, metrics: due ? { ...metrics, ...evaluation } : metrics };
    // session.run holds the thread: let timers and signals have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return evaluation ?? (await config.evaluate());
}

/** Linear warm-up over `warmup` steps, then a cosine from `peak` down to a tenth of it (GPT-3, InstructGPT). */
export function cosine(peak: number, steps: number, warmup = 0): (index: number) => number {
  return (index) => {
    if (index < warmup) return (peak * (index + 1)) / warmup;
    const progress = Math.min(1, (index - warmup) / Math.max(1, steps - warmup));
    return peak * (0.1 + 0.45 * (1 + Math.cos(Math.PI * progress)));
  };
}
