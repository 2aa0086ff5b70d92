// The memory that a run of a trainer takes, estimated from the model's header and the run's plan before the weights are read.

import { mustFit } from "../memory.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import { differentiated, type Objective } from "./optimizer.ts";

/** Parameters by name, with their shapes. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

export interface Trained {
  shapes: Shapes;
  objective: (graph: Graph, parameters: (name: string) => Value, shape: readonly number[]) => Objective;
  /** Shapes of all batches of all steps, step by step. */
  batches: readonly (readonly (readonly number[])[])[];
}

/** Bytes of so many numbers of 32 bits as the shapes have. */
export const bytesOf = (shapes: Shapes): number =>
  [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 4), 0);

/** Bytes that a run takes at the most: parameters, their moments and gradients, and what its graphs compute. */
export function trainingBytes({ shapes, objective, batches }: Trained): number {
  const several = batches.some(({ length }) => length > 1);
  const different = new Map(batches.flat().map((shape) => [shape.join(), shape]));
  const graphs = [...different.values()].map((shape) => differentiated(objective, shapes, shape));
  const held = graphs.filter(({ arena }) => arena).reduce((sum, { bytes }) => sum + bytes, 0);
  const largest = graphs.reduce((most, { arena, bytes }) => (arena ? most : Math.max(most, bytes)), 0);
  // Measuring on held-out data has graphs of its own: two of them, none larger than those that learn.
  const measuring = 2 * graphs.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  return (several ? 5 : 4) * bytesOf(shapes) + held + largest + measuring;
}

/**
 * A tenth more than is known of is for the runtime and the process itself.
 * @param dir of the model that is trained
 * @throws MemoryError where this machine has not so much to give
 */
export const mustFitTraining = (dir: string, bytes: number): void => mustFit(`Training ${dir}`, 1.1 * bytes);
