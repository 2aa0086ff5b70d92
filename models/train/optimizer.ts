// A training step as one ONNX graph: forward, backward and AdamW together. The weights live here, outside the graph,
// in two sets of arrays: a step reads one and writes the other, so that a step that went wrong can be dropped.

import { gradients } from "../onnx/grad.ts";
import { type DType, Graph, type Value } from "../onnx/graph.ts";
import { Session, type SessionOptions, type Tensors, tensor } from "../onnx/session.ts";
import { type AdamWConfig, adamW } from "./adamw.ts";

/** What a trainer's graph computes from parameters and batch. */
export interface Objective {
  /** float32, shape []. */
  loss: Value;
  /** Further scalars to report, by name. */
  metrics: Record<string, Value>;
}

export interface OptimizerConfig extends SessionOptions {
  /** Initial values; every one is trained. */
  weights: ReadonlyMap<string, { shape: number[]; data: Float32Array }>;
  /** Called once for each width of batch that comes up; 0 where a trainer has but one. */
  objective: (graph: Graph, parameters: (name: string) => Value, width: number) => Objective;
  adamW: AdamWConfig;
}

/** Where a run stands: all that the next step depends on besides its batch. */
export interface OptimizerState {
  /** Steps taken. */
  step: number;
  /** `name`, `name.mean` and `name.square` for every parameter. */
  arrays: Map<string, { shape: number[]; data: Float32Array }>;
}

/** The loss or the gradient became NaN or infinite; the weights are those from before the step. */
export class NonFiniteError extends Error {
  override name = "NonFiniteError";
  readonly step: number;
  constructor(step: number, what: string, value: number) {
    super(`Step ${step}: the ${what} is ${value}. Lower the learning rate, or look at that step's batch.`);
    this.step = step;
  }
}

const suffixes = ["", ".mean", ".square"] as const;
const schedule = ["learning_rate", "mean_correction", "root_correction"] as const;

/** The graph for one width, ready to run, and what it wants besides weights and moments. */
interface Step {
  session: Session;
  batch: Map<string, { dtype: DType; shape: number[] }>;
  metrics: Record<string, Float32Array>;
}

export class Optimizer {
  /** Steps taken so far. */
  step = 0;
  private readonly config: OptimizerConfig;
  /** Weights and moments by name. */
  private readonly shapes = new Map<string, number[]>();
  private readonly steps = new Map<number, Step>();
  /** [the set to read, the set to write] */
  private sets: [Record<string, Float32Array>, Record<string, Float32Array>];

  constructor(config: OptimizerConfig) {
    this.config = config;
    for (const [name, { shape }] of config.weights) {
      for (const suffix of suffixes) this.shapes.set(name + suffix, shape);
    }
    const blank = () =>
      Object.fromEntries(
        [...this.shapes].map(([name, shape]) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]),
      );
    this.sets = [blank(), blank()];
    for (const [name, { data }] of config.weights) this.sets[0][name]!.set(data);
  }

  /**
   * One step on a batch: the graph's inputs by name.
   * @returns `loss`, `gradient_norm` (before clipping) and the objective's metrics, all from before the update.
   * @throws NonFiniteError, leaving the weights as they were.
   */
  async run(
    batch: Record<string, Float32Array | Int32Array>,
    learningRate: number,
    width = 0,
  ): Promise<Record<string, number>> {
    let step = this.steps.get(width);
    if (!step) {
      step = await this.build(width);
      this.steps.set(width, step);
    }
    const t = this.step + 1;
    const { beta1, beta2 } = this.config.adamW;
    const scalars: Record<string, Float32Array> = {
      learning_rate: Float32Array.of(learningRate),
      mean_correction: Float32Array.of(1 - beta1 ** t),
      root_correction: Float32Array.of(Math.sqrt(1 - beta2 ** t)),
    };
    const [read, write] = this.sets;
    const feeds: Tensors = {};
    const fetches: Tensors = {};
    for (const [name, shape] of this.shapes) {
      feeds[name] = tensor("float32", read[name]!, shape);
      fetches[`new/${name}`] = tensor("float32", write[name]!, shape);
    }
    for (const [name, { dtype, shape }] of step.batch) {
      const data = scalars[name] ?? batch[name];
      if (!data) throw new Error(`the batch has no ${name}`);
      feeds[name] = tensor(dtype, data, shape);
    }
    for (const [name, data] of Object.entries(step.metrics)) fetches[`out/${name}`] = tensor("float32", data, []);
    await step.session.run(feeds, fetches);

    const metrics: Record<string, number> = {};
    for (const [name, [value]] of Object.entries(step.metrics)) metrics[name] = value!;
    for (const name of ["loss", "gradient_norm"]) {
      if (!Number.isFinite(metrics[name])) throw new NonFiniteError(t, name.replace("_", " "), metrics[name]!);
    }
    this.sets = [write, read];
    this.step = t;
    return metrics;
  }

  /** @throws GraphError where shapes disagree. */
  private async build(width: number): Promise<Step> {
    const { weights, objective, adamW: settings } = this.config;
    const graph = new Graph();
    const parameters = new Map<string, Value>();
    for (const [name, { shape }] of weights) parameters.set(name, graph.input(name, "float32", shape));
    const parameter = (name: string): Value => {
      const value = parameters.get(name);
      if (!value) throw new Error(`no parameter ${name}`);
      return value;
    };
    const { loss, metrics } = objective(graph, parameter, width);
    const all = [...parameters.values()];
    const slots = gradients(loss, all).map((gradient, i) => ({
      parameter: all[i]!,
      gradient,
      mean: graph.input(`${all[i]!.name}.mean`, "float32", all[i]!.shape),
      square: graph.input(`${all[i]!.name}.square`, "float32", all[i]!.shape),
    }));
    const [learningRate, meanCorrection, rootCorrection] = schedule.map((name) => graph.input(name, "float32", []));
    const { updated, norm } = adamW(
      slots,
      { learningRate: learningRate!, meanCorrection: meanCorrection!, rootCorrection: rootCorrection! },
      settings,
    );
    const scalars = { loss, gradient_norm: norm, ...metrics };
    for (const [name, value] of Object.entries(scalars)) graph.output(`out/${name}`, value);
    for (const [i, { parameter, mean, square }] of updated.entries()) {
      const { name } = all[i]!;
      graph.output(`new/${name}`, parameter);
      graph.output(`new/${name}.mean`, mean);
      graph.output(`new/${name}.square`, square);
    }
    return {
      session: await Session.create(graph, this.config),
      batch: new Map(
        graph.inputs
          .filter(({ name }) => !this.shapes.has(name))
          .map((x) => [x.name, { dtype: x.dtype, shape: x.shape.map((_, i) => x.size(i)) }]),
      ),
      metrics: Object.fromEntries(Object.keys(scalars).map((name) => [name, new Float32Array(1)])),
    };
  }

  /** The weights as they are now: arrays in use, to be read before the next step. */
  weights(): Map<string, { shape: number[]; data: Float32Array }> {
    const [now] = this.sets;
    return new Map([...this.config.weights].map(([name, { shape }]) => [name, { shape, data: now[name]! }]));
  }

  /** Weights and moments: arrays in use, to be read before the next step. */
  state(): OptimizerState {
    const [now] = this.sets;
    const arrays = new Map([...this.shapes].map(([name, shape]) => [name, { shape, data: now[name]! }]));
    return { step: this.step, arrays };
  }

  /** Go on from a saved state. @throws Error where an array is missing or has another size. */
  restore({ step, arrays }: OptimizerState): void {
    const [now] = this.sets;
    for (const [name, target] of Object.entries(now)) {
      if (arrays.get(name)?.data.length !== target.length) {
        throw new Error(`the checkpoint does not fit this model: ${name} is missing or differs in size`);
      }
    }
    for (const [name, target] of Object.entries(now)) target.set(arrays.get(name)!.data);
    this.step = step;
  }

  async dispose(): Promise<void> {
    for (const { session } of this.steps.values()) await session.dispose();
    this.steps.clear();
  }
}
