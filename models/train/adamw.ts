// AdamW (Loshchilov & Hutter 2019) with gradient clipping by global norm, as nodes of the training graph.
import type { Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";

export interface AdamWConfig {
  /** Decay of the gradient's mean. GPT-3 and InstructGPT: 0.9. */
  beta1: number;
  /** Decay of the squared gradient's mean. GPT-3 and InstructGPT: 0.95. */
  beta2: number;
  /** Added to the root, against division by zero. GPT-3: 1e-8. */
  epsilon: number;
  /** Share of a weight taken off at each step, times the learning rate. Matrices only, not biases and norms. GPT-3: 0.1. */
  weightDecay: number;
  /** Largest global norm of the gradient; a longer one is scaled down to it. GPT-3: 1. */
  clip: number;
}

export const adamWDefaults: AdamWConfig = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, clip: 1 };

/** One parameter with its gradient and moments, and what they become. All of one shape. */
export interface Slot {
  parameter: Value;
  gradient: Value;
  mean: Value;
  square: Value;
}

/** Scalars fed at every step: the learning rate and the bias corrections 1 − β₁ᵗ and √(1 − β₂ᵗ), t = 1, 2, … */
export interface Schedule {
  learningRate: Value;
  meanCorrection: Value;
  rootCorrection: Value;
}

/**
 * g ← g · min(1, clip/‖g‖); m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
 * p ← p − lr · (weightDecay · p + (m/(1 − β₁ᵗ)) / (√v/√(1 − β₂ᵗ) + ε)).
 * @returns the new p, m, v of each slot, and ‖g‖ before clipping (shape []).
 */
export function adamW(slots: readonly Slot[], schedule: Schedule, config: AdamWConfig) {
  const { beta1, beta2, epsilon, weightDecay, clip } = config;
  const squares = slots.map(({ gradient }) => op.sumOfSquares(gradient));
  const norm = op.sqrt(squares.reduce(op.add));
  const scale = op.min(op.div(clip, op.add(norm, 1e-12)), 1);
  const { learningRate, meanCorrection, rootCorrection } = schedule;
  // The scalars are folded together first, so that each parameter is passed over as seldom as possible.
  const gain = op.mul(scale, 1 - beta1);
  const squareGain = op.mul(op.mul(scale, scale), 1 - beta2);
  const rate = op.div(op.mul(learningRate, rootCorrection), meanCorrection);
  const floor = op.mul(rootCorrection, epsilon);
  const keep = op.sub(1, op.mul(learningRate, weightDecay));

  const updated = slots.map(({ parameter, gradient, mean, square }) => {
    const m = op.add(op.mul(mean, beta1), op.mul(gradient, gain));
    const v = op.add(op.mul(square, beta2), op.mul(op.mul(gradient, gradient), squareGain));
    const step = op.div(op.mul(m, rate), op.add(op.sqrt(v), floor));
    const decays = weightDecay > 0 && parameter.rank > 1;
    return { parameter: op.sub(decays ? op.mul(parameter, keep) : parameter, step), mean: m, square: v };
  });
  return { updated, norm };
}
