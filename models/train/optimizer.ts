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
  objective: (graph: Graph, parameters: (name: string) => Value) => Objective;
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

export class Optimizer {
  /** Steps taken so far. */
  step = 0;
  private readonly session: Session;
  private readonly adamW: AdamWConfig;
  private readonly shapes: Map<string, number[]>;
  private readonly dtypes: Map<string, { dtype: DType; shape: number[] }>;
  private readonly outputs: Record<string, Float32Array>;
  private readonly outputTensors: Tensors;
  /** Tensors of the weights and moments: [the set to read, the set to write]. */
  private sets: [Record<string, Float32Array>, Record<string, Float32Array>];

  private constructor(session: Session, graph: Graph, config: OptimizerConfig, metrics: string[]) {
    this.session = session;
    this.adamW = config.adamW;
    this.shapes = new Map();
    for (const [name, { shape }] of config.weights) {
      for (const suffix of suffixes) this.shapes.set(name + suffix, shape);
    }
    this.dtypes = new Map(
      graph.inputs
        .filter(({ name }) => !this.shapes.has(name))
        .map((x) => [x.name, { dtype: x.dtype, shape: x.shape.map((_, i) => x.size(i)) }]),
    );
    this.outputs = Object.fromEntries(metrics.map((name) => [name, new Float32Array(1)]));
    this.outputTensors = Object.fromEntries(metrics.map((name) => [name, tensor("float32", this.outputs[name]!, [])]));
    const blank = () =>
      Object.fromEntries(
        [...this.shapes].map(([name, shape]) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]),
      );
    this.sets = [blank(), blank()];
    for (const [name, { data }] of config.weights) this.sets[0][name]!.set(data);
  }

  /** Build the graph and make it ready to run. @throws GraphError where shapes disagree. */
  static async create(config: OptimizerConfig): Promise<Optimizer> {
    const graph = new Graph();
    const parameters = new Map<string, Value>();
    for (const [name, { shape }] of config.weights) parameters.set(name, graph.input(name, "float32", shape));
    const { loss, metrics } = config.objective(graph, (name) => {
      const value = parameters.get(name);
      if (!value) throw new Error(`no parameter ${name}`);
      return value;
    });
    const all = [...parameters.values()];
    const grads = gradients(loss, all);
    const slots = all.map((parameter, i) => ({
      parameter,
      gradient: grads[i]!,
      mean: graph.input(`${parameter.name}.mean`, "float32", parameter.shape),
      square: graph.input(`${parameter.name}.square`, "float32", parameter.shape),
    }));
    const [learningRate, meanCorrection, rootCorrection] = schedule.map((name) => graph.input(name, "float32", []));
    const { updated, norm } = adamW(
      slots,
      { learningRate: learningRate!, meanCorrection: meanCorrection!, rootCorrection: rootCorrection! },
      config.adamW,
    );
    const scalars = { loss, gradient_norm: norm, ...metrics };
    for (const [name, value] of Object.entries(scalars)) graph.output(`out/${name}`, value);
    for (const [i, { parameter, mean, square }] of updated.entries()) {
      const { name } = all[i]!;
      graph.output(`new/${name}`, parameter);
      graph.output(`new/${name}.mean`, mean);
      graph.output(`new/${name}.square`, square);
    }
    const session = await Session.create(graph, config);
    return new Optimizer(
      session,
      graph,
      config,
      Object.keys(scalars).map((name) => `out/${name}`),
    );
  }

  /**
   * One step on a batch: the graph's inputs by name.
   * @returns `loss`, `gradient_norm` (before clipping) and the objective's metrics, all from before the update.
   * @throws NonFiniteError, leaving the weights as they were.
   */
  async run(batch: Record<string, Float32Array | Int32Array>, learningRate: number): Promise<Record<string, number>> {
    const t = this.step + 1;
    const { beta1, beta2 } = this.adamW;
    const scalars = {
      learning_rate: learningRate,
      mean_correction: 1 - beta1 ** t,
      root_correction: Math.sqrt(1 - beta2 ** t),
    };
    const [read, write] = this.sets;
    const feeds: Tensors = {};
    for (const [name, shape] of this.shapes) feeds[name] = tensor("float32", read[name]!, shape);
    for (const [name, { dtype, shape }] of this.dtypes) {
      const scalar = scalars[name as keyof typeof scalars];
      const data = scalar === undefined ? batch[name] : Float32Array.of(scalar);
      if (!data) throw new Error(`the batch has no ${name}`);
      feeds[name] = tensor(dtype, data, shape);
    }
    const fetches: Tensors = { ...this.outputTensors };
    for (const [name, shape] of this.shapes) fetches[`new/${name}`] = tensor("float32", write[name]!, shape);
    await this.session.run(feeds, fetches);

    const metrics: Record<string, number> = {};
    for (const [name, [value]] of Object.entries(this.outputs)) metrics[name.slice("out/".length)] = value!;
    for (const name of ["loss", "gradient_norm"]) {
      if (!Number.isFinite(metrics[name])) throw new NonFiniteError(t, name.replace("_", " "), metrics[name]!);
    }
    this.sets = [write, read];
    this.step = t;
    return metrics;
  }

  /** The weights as they are now: arrays in use, to be read before the next step. */
  weights(): Map<string, { shape: number[]; data: Float32Array }> {
    const moments = [".mean", ".square"];
    return new Map([...this.state().arrays].filter(([name]) => !moments.some((suffix) => name.endsWith(suffix))));
  }

  /** Weights and moments: arrays in use, to be read before the next step. */
  state(): OptimizerState {
    const [now] = this.sets;
    return {
      step: this.step,
      arrays: new Map([...this.shapes].map(([name, shape]) => [name, { shape, data: now[name]! }])),
    };
  }

  /** Go on from a saved state. @throws Error where an array is missing or has another size. */
  restore({ step, arrays }: OptimizerState): void {
    const [now] = this.sets;
    for (const [name, target] of Object.entries(now)) {
      const saved = arrays.get(name)?.data;
      if (saved?.length !== target.length)
        throw new Error(`the checkpoint does not fit this model: ${name} is missing or differs in size`);
    }
    for (const [name, target] of Object.entries(now)) target.set(arrays.get(name)!.data);
    this.step = step;
  }

  async dispose(): Promise<void> {
    await this.session.dispose();
  }
}
