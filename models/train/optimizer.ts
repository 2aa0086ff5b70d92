// A training step: gradients of one or more batches, added up, then AdamW. Each batch runs as one ONNX graph, forward
// and backward together, and the update as another. The weights live here, outside the graphs, in two sets of arrays:
// a step reads one and writes the other, so that a step that went wrong can be dropped.

import { gradients } from "../onnx/grad.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { letOthersRun, Session, type SessionOptions, type Tensors, tensor } from "../onnx/session.ts";
import { type AdamWConfig, adamW } from "./adamw.ts";
import { GraphCache } from "./graph-cache.ts";

/** What a trainer's graph computes from parameters and batch. */
export interface Objective {
  /** float32, shape []. Of a step's batches the losses add up: each holds its share of the whole. */
  loss: Value;
  /** Further scalars to report, by name. They add up too. */
  metrics: Record<string, Value>;
}

/** The graph's inputs by name, and the sizes it is built for, where a trainer's batches differ in size. */
export interface Batch {
  feeds: Record<string, Float32Array | Int32Array | Uint8Array>;
  shape?: readonly number[];
}

type Arrays = Map<string, { shape: number[]; data: Float32Array }>;

export interface OptimizerConfig extends SessionOptions {
  /** Initial values; every one is trained. */
  weights: ReadonlyMap<string, { shape: number[]; data: Float32Array }>;
  /** Called once for each shape of batch that comes up. */
  objective: (graph: Graph, parameters: (name: string) => Value, shape: readonly number[]) => Objective;
  adamW: AdamWConfig;
}

/** Where a run stands: all that the next step depends on besides its batch. */
export interface OptimizerState {
  /** Steps taken. */
  step: number;
  /** `name`, `name.mean` and `name.square` for every parameter. */
  arrays: Arrays;
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

/** The graph for one shape of batch, ready to run. */
interface Differentiated {
  session: Session;
  /** The batch's inputs. */
  inputs: readonly Value[];
  /** Names of the scalars it reports, the loss first. */
  scalars: readonly string[];
}

export class Optimizer {
  /** Steps taken so far. */
  step = 0;
  private readonly config: OptimizerConfig;
  /** Weights and moments by name. */
  private readonly shapes = new Map<string, number[]>();
  private readonly graphs = new GraphCache<Differentiated>();
  private update: Promise<Session> | undefined;
  /** [the set to read, the set to write] */
  private sets: [Record<string, Float32Array>, Record<string, Float32Array>];
  /** The sum over a step's batches, and a batch's own where there are several. */
  private readonly gradient: [Record<string, Float32Array>, Record<string, Float32Array>?];

  constructor(config: OptimizerConfig) {
    this.config = config;
    for (const [name, { shape }] of config.weights) {
      for (const suffix of suffixes) this.shapes.set(name + suffix, shape);
    }
    this.sets = [blank(this.shapes), blank(this.shapes)];
    this.gradient = [this.blankGradient()];
    for (const [name, { data }] of config.weights) this.sets[0][name]!.set(data);
  }

  /**
   * One step on the batches together: memory is that of the largest.
   * @returns `loss`, `gradient_norm` (before clipping) and the objective's metrics, all from before the update.
   * @throws NonFiniteError, or the signal's reason when it aborts, leaving the weights as they were.
   */
  async run(batches: readonly Batch[], learningRate: number, signal?: AbortSignal): Promise<Record<string, number>> {
    const t = this.step + 1;
    const metrics = await this.differentiateAll(batches, signal);
    if (!Number.isFinite(metrics.loss)) throw new NonFiniteError(t, "loss", metrics.loss!);
    const { beta1, beta2 } = this.config.adamW;
    const norm = new Float32Array(1);
    const [read, write] = this.sets;
    const feeds: Tensors = {
      learning_rate: scalar(learningRate),
      mean_correction: scalar(1 - beta1 ** t),
      root_correction: scalar(Math.sqrt(1 - beta2 ** t)),
    };
    const fetches: Tensors = { "out/gradient_norm": tensor("float32", norm, []) };
    for (const [name, shape] of this.shapes) {
      feeds[name] = tensor("float32", read[name]!, shape);
      fetches[`new/${name}`] = tensor("float32", write[name]!, shape);
    }
    for (const [name, { shape }] of this.config.weights) {
      feeds[`gradient/${name}`] = tensor("float32", this.gradient[0][name]!, shape);
    }
    this.update ??= this.buildUpdate();
    await (await this.update).run(feeds, fetches);
    if (!Number.isFinite(norm[0])) throw new NonFiniteError(t, "gradient norm", norm[0]!);
    this.sets = [write, read];
    this.step = t;
    return { ...metrics, gradient_norm: norm[0]! };
  }

  /** Gradients of all batches into `gradient[0]`. @returns their scalars' sums. */
  private async differentiateAll(
    batches: readonly Batch[],
    signal: AbortSignal | undefined,
  ): Promise<Record<string, number>> {
    const metrics: Record<string, number> = {};
    const [sum] = this.gradient;
    for (const [i, { feeds: batch, shape = [] }] of batches.entries()) {
      const { session, inputs, scalars } = await this.graphs.get(shape.join(), () => this.differentiate(shape));
      if (i > 0) this.gradient[1] ??= this.blankGradient();
      const target = i === 0 ? sum : this.gradient[1]!;
      const feeds: Tensors = {};
      const fetches: Tensors = {};
      for (const [name, { shape }] of this.config.weights) {
        feeds[name] = tensor("float32", this.sets[0][name]!, shape);
        fetches[`gradient/${name}`] = tensor("float32", target[name]!, shape);
      }
      for (const { name, dtype, shape } of inputs) {
        const data = batch[name];
        if (!data) throw new Error(`the batch has no ${name}`);
        feeds[name] = tensor(dtype, data, shape as number[]);
      }
      const values = scalars.map(() => new Float32Array(1));
      for (const [s, name] of scalars.entries()) fetches[`out/${name}`] = tensor("float32", values[s]!, []);
      await session.run(feeds, fetches);
      for (const [s, name] of scalars.entries()) metrics[name] = (metrics[name] ?? 0) + values[s]![0]!;
      if (i > 0) for (const [name, data] of Object.entries(sum)) addTo(data, target[name]!);
      await letOthersRun(signal);
    }
    return metrics;
  }

  /** @throws GraphError where shapes disagree. */
  private async differentiate(shape: readonly number[]): Promise<Differentiated> {
    const { weights, objective } = this.config;
    const graph = new Graph();
    const parameters = new Map<string, Value>();
    for (const [name, { shape }] of weights) parameters.set(name, graph.input(name, "float32", shape));
    const parameter = (name: string): Value => {
      const value = parameters.get(name);
      if (!value) throw new Error(`no parameter ${name}`);
      return value;
    };
    const { loss, metrics } = objective(graph, parameter, shape);
    const scalars = { loss, ...metrics };
    for (const [name, value] of Object.entries(scalars)) graph.output(`out/${name}`, value);
    const all = [...parameters.values()];
    for (const [i, gradient] of gradients(loss, all).entries()) graph.output(`gradient/${all[i]!.name}`, gradient);
    return {
      session: await Session.create(graph, this.config),
      inputs: graph.inputs.slice(all.length),
      scalars: Object.keys(scalars),
    };
  }

  private async buildUpdate(): Promise<Session> {
    const graph = new Graph();
    const input = (name: string, shape: number[] = []) => graph.input(name, "float32", shape);
    const slots = [...this.config.weights].map(([name, { shape }]) => ({
      name,
      parameter: input(name, shape),
      gradient: input(`gradient/${name}`, shape),
      mean: input(`${name}.mean`, shape),
      square: input(`${name}.square`, shape),
    }));
    const schedule = {
      learningRate: input("learning_rate"),
      meanCorrection: input("mean_correction"),
      rootCorrection: input("root_correction"),
    };
    const { updated, norm } = adamW(slots, schedule, this.config.adamW);
    graph.output("out/gradient_norm", norm);
    for (const [i, { parameter, mean, square }] of updated.entries()) {
      const { name } = slots[i]!;
      graph.output(`new/${name}`, parameter);
      graph.output(`new/${name}.mean`, mean);
      graph.output(`new/${name}.square`, square);
    }
    return await Session.create(graph, this.config);
  }

  private blankGradient(): Record<string, Float32Array> {
    return blank(new Map([...this.config.weights].map(([name, { shape }]) => [name, shape])));
  }

  /** The weights as they are now: arrays in use, to be read before the next step. */
  weights(): Arrays {
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
    await this.graphs.dispose();
    await (await this.update)?.dispose();
    this.update = undefined;
  }
}

const scalar = (x: number) => tensor("float32", Float32Array.of(x), []);

function blank(shapes: ReadonlyMap<string, readonly number[]>): Record<string, Float32Array> {
  const arrays = [...shapes].map(([name, shape]) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]);
  return Object.fromEntries(arrays) as Record<string, Float32Array>;
}

function addTo(sum: Float32Array, more: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += more[i]!;
}
