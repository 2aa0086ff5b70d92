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

/** Whether weight decay takes from a parameter of this shape. */
export const decays = (shape: readonly number[]): boolean => shape.length > 1;

/** Numbers of parameters with their gradients and moments, all of one shape. */
export interface Slot {
  parameter: Value;
  gradient: Value;
  mean: Value;
  square: Value;
}

/** Scalars fed at every step. */
export interface Schedule {
  /** ‖g‖ of the whole gradient. */
  norm: Value;
  learningRate: Value;
  /** The bias corrections 1 − β₁ᵗ and √(1 − β₂ᵗ), t = 1, 2, … */
  meanCorrection: Value;
  rootCorrection: Value;
  /** 0 for parameters that do not decay. */
  weightDecay: Value;
}

/** ‖g‖ over all gradients, shape []. */
export const globalNorm = (gradients: readonly Value[]): Value =>
  op.sqrt(gradients.map((gradient) => op.sumOfSquares(gradient)).reduce(op.add));

/**
 * g ← g · min(1, clip/‖g‖); m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
 * p ← p − lr · (weightDecay · p + (m/(1 − β₁ᵗ)) / (√v/√(1 − β₂ᵗ) + ε)).
 * @returns the new p, m and v.
 */
export function adamW(
  { parameter, gradient, mean, square }: Slot,
  schedule: Schedule,
  { beta1, beta2, epsilon, clip }: AdamWConfig,
): Omit<Slot, "gradient"> {
  const { norm, learningRate, meanCorrection, rootCorrection, weightDecay } = schedule;
  const scale = op.min(op.div(clip, op.add(norm, 1e-12)), 1);
  // The scalars are folded together first, so that the parameters are passed over as seldom as possible.
  const gain = op.mul(scale, 1 - beta1);
  const squareGain = op.mul(op.mul(scale, scale), 1 - beta2);
  const rate = op.div(op.mul(learningRate, rootCorrection), meanCorrection);
  const floor = op.mul(rootCorrection, epsilon);
  const keep = op.sub(1, op.mul(learningRate, weightDecay));
  const m = op.add(op.mul(mean, beta1), op.mul(gradient, gain));
  const v = op.add(op.mul(square, beta2), op.mul(op.mul(gradient, gradient), squareGain));
  const step = op.div(op.mul(m, rate), op.add(op.sqrt(v), floor));
  return { parameter: op.sub(op.mul(parameter, keep), step), mean: m, square: v };
}
