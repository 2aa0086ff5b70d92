// Keeping the best model of a run, by its measurements, instead of the last one.
import type { Weights } from "../gpt/checkpoint.ts";
import type { Learner } from "./loop.ts";
import type { OptimizerState } from "./optimizer.ts";

/** KeptBest keeps the weights with the highest score, also in the checkpoint, so that a resumed run has them. */
export class KeptBest implements Learner {
  /** The step at which they were measured; 0 before the first measurement. */
  at = 0;
  /** The best weights; undefined before the first measurement. */
  weights: Weights | undefined;
  /** How many measurements since then were no better. */
  private since = 0;
  private score = Number.NEGATIVE_INFINITY;
  private readonly learner: Learner;
  private readonly patience: number;
  readonly take: Learner["take"];

  /** @param patience measurements without a better one after which a run may end; 0: it never may */
  constructor(learner: Learner, patience = 0) {
    this.learner = learner;
    this.patience = patience;
    this.take = learner.take;
  }

  /** Takes a measurement into account. A higher score is better; without a score nothing changes. */
  consider(exact: number | undefined, at: number, weights: Weights): void {
    if (exact === undefined) return;
    // As a checkpoint holds it, so that a resumed run compares the same numbers.
    const score = Math.fround(exact);
    if (score <= this.score) {
      this.since++;
      return;
    }
    [this.score, this.at, this.since] = [score, at, 0];
    this.weights = new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
  }

  readonly isDone = (): boolean => this.patience > 0 && this.since >= this.patience;

  state(): OptimizerState | null {
    const state = this.learner.state();
    if (!state || !this.weights) return state;
    const { step, arrays } = state;
    const kept = [...this.weights].map(([name, array]) => [`kept/${name}`, array] as const);
    const figures = { shape: [3], data: Float32Array.of(this.at, this.score, this.since) };
    return { step, arrays: new Map([...arrays, ...kept, ["kept", figures]]) };
  }

  restore({ step, arrays }: OptimizerState): void {
    const figures = arrays.get("kept")?.data;
    if (figures) {
      [this.at, this.score, this.since] = [figures[0]!, figures[1]!, figures[2]!];
      const kept = [...arrays].filter(([name]) => name.startsWith("kept/"));
      this.weights = new Map(kept.map(([name, array]) => [name.slice("kept/".length), array]));
    }
    this.learner.restore({ step, arrays });
  }
}
