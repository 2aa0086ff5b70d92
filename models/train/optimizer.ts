// A training step: gradients of one or more batches, added up, then AdamW. Each batch runs as one ONNX graph, forward
// and backward together. The weights live here, outside the graphs. The update goes over them in stretches, in place, once
// the gradient is known to be finite, so that a step that went wrong changes nothing.

import { gradients } from "../onnx/grad.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { keepsMemory, peakBytes } from "../onnx/peak.ts";
import { letOthersRun, Session, type SessionOptions, type Tensors, tensor } from "../onnx/session.ts";
import { type AdamWConfig, adamW, decays, globalNorm } from "./adamw.ts";
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

interface Update {
  /** The gradient's norm, from the gradients by parameter. */
  norm: Session;
  /** AdamW on a stretch of numbers. */
  stretches: Session;
}

/** The graph for one shape of batch, ready to run. */
interface Differentiated {
  session: Session;
  /** The batch's inputs. */
  inputs: readonly Value[];
  /** Names of the scalars it reports, the loss first. */
  scalars: readonly string[];
}

/**
 * Numbers of one kind for all parameters, end to end. Decaying ones stand first, so that one pass of the update finds one kind of
 * them in a stretch.
 */
class Flat {
  readonly all: Float32Array;
  readonly parts: ReadonlyMap<string, Float32Array>;

  constructor(layout: Layout) {
    this.all = new Float32Array(layout.length);
    this.parts = new Map([...layout.places].map(([name, [start, end]]) => [name, this.all.subarray(start, end)]));
  }
}

interface Layout {
  shapes: ReadonlyMap<string, number[]>;
  places: ReadonlyMap<string, readonly [start: number, end: number]>;
  /** Where those that do not decay begin. */
  decaying: number;
  length: number;
}

function layoutOf(shapes: ReadonlyMap<string, number[]>): Layout {
  const places = new Map<string, readonly [number, number]>();
  let length = 0;
  const place = (decay: boolean) => {
    for (const [name, shape] of shapes) {
      if (decays(shape) !== decay) continue;
      const start = length;
      length += shape.reduce((a, b) => a * b, 1);
      places.set(name, [start, length]);
    }
    return length;
  };
  return { shapes, places, decaying: place(true), length: place(false) };
}

/** Numbers that an update passes over at a time: what it makes of them stays in the processor's cache. */
const stretch = 2 ** 17;

export class Optimizer {
  /** Steps taken so far. */
  step = 0;
  private readonly config: Omit<OptimizerConfig, "weights">;
  private readonly layout: Layout;
  private readonly graphs = new GraphCache<Differentiated>();
  private update: Promise<Update> | undefined;
  /** The parameters, and the moments of their gradients. */
  private readonly now: Record<(typeof suffixes)[number], Flat>;
  /** The sum over a step's batches, and a batch's own where there are several. */
  private readonly gradient: [Flat, Flat?];

  constructor({ weights, ...config }: OptimizerConfig) {
    this.config = config;
    this.layout = layoutOf(new Map([...weights].map(([name, { shape }]) => [name, shape])));
    const [parameters, means, squares] = suffixes.map(() => new Flat(this.layout)) as [Flat, Flat, Flat];
    this.now = { "": parameters, ".mean": means, ".square": squares };
    this.gradient = [new Flat(this.layout)];
    for (const [name, { data }] of weights) parameters.parts.get(name)!.set(data);
  }

  /**
   * One step on the batches together: memory is that of the largest.
   * @returns `loss`, `gradient_norm` (before clipping) and the objective's metrics, all from before the update.
   * @throws NonFiniteError, or the signal's reason when it aborts, leaving the weights as they were.
   */
  async run(batches: readonly Batch[], learningRate: number, signal?: AbortSignal): Promise<Record<string, number>> {
    signal?.throwIfAborted();
    const t = this.step + 1;
    const metrics = await this.differentiateAll(batches, signal);
    if (!Number.isFinite(metrics.loss)) throw new NonFiniteError(t, "loss", metrics.loss!);
    this.update ??= this.buildUpdate();
    const { norm, stretches } = await this.update;
    const length = new Float32Array(1);
    await norm.run(this.fed(this.gradient[0], "gradient/"), { "out/gradient_norm": tensor("float32", length, []) });
    if (!Number.isFinite(length[0])) throw new NonFiniteError(t, "gradient norm", length[0]!);
    const { beta1, beta2, weightDecay } = this.config.adamW;
    const schedule = {
      gradient_norm: tensor("float32", length, []),
      learning_rate: scalar(learningRate),
      mean_correction: scalar(1 - beta1 ** t),
      root_correction: scalar(Math.sqrt(1 - beta2 ** t)),
    };
    const { decaying, length: count } = this.layout;
    for (const [from, to, decay] of [
      [0, decaying, weightDecay],
      [decaying, count, 0],
    ] as const) {
      for (let start = from; start < to; start += stretch) {
        const part = ({ all }: Flat) => {
          const some = all.subarray(start, Math.min(start + stretch, to));
          return tensor("float32", some, [some.length]);
        };
        const slot = {
          parameter: part(this.now[""]),
          mean: part(this.now[".mean"]),
          square: part(this.now[".square"]),
        };
        // Each is read before the node that writes it, so that it can be written in its place.
        const written = Object.entries(slot).map(([name, own]) => [`new/${name}`, own]);
        const feeds = { ...schedule, ...slot, gradient: part(this.gradient[0]), weight_decay: scalar(decay) };
        await stretches.run(feeds, Object.fromEntries(written));
      }
    }
    this.step = t;
    return { ...metrics, gradient_norm: length[0]! };
  }

  /** Tensors over the parts, by the parameters' names. */
  private fed({ parts }: Flat, prefix = ""): Tensors {
    const { shapes } = this.layout;
    return Object.fromEntries(
      [...shapes].map(([name, shape]) => [prefix + name, tensor("float32", parts.get(name)!, shape)]),
    );
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
      if (i > 0) this.gradient[1] ??= new Flat(this.layout);
      const target = i === 0 ? sum : this.gradient[1]!;
      const feeds = this.fed(this.now[""]);
      const fetches = this.fed(target, "gradient/");
      for (const { name, dtype, shape } of inputs) {
        const data = batch[name];
        if (!data) throw new Error(`the batch has no ${name}`);
        feeds[name] = tensor(dtype, data, shape as number[]);
      }
      const values = scalars.map(() => new Float32Array(1));
      for (const [s, name] of scalars.entries()) fetches[`out/${name}`] = tensor("float32", values[s]!, []);
      await session.run(feeds, fetches);
      for (const [s, name] of scalars.entries()) metrics[name] = (metrics[name] ?? 0) + values[s]![0]!;
      if (i > 0) addTo(sum.all, target.all);
      await letOthersRun(signal);
    }
    return metrics;
  }

  /** @throws GraphError where shapes disagree. */
  private async differentiate(shape: readonly number[]): Promise<Differentiated> {
    const { graph, scalars, inputs, arena } = differentiated(this.config.objective, this.layout.shapes, shape);
    return { session: await Session.create(graph, { ...this.config, arena }), inputs, scalars };
  }

  private async buildUpdate(): Promise<Update> {
    const measuring = new Graph();
    const gradients = [...this.layout.shapes].map(([name, shape]) =>
      measuring.input(`gradient/${name}`, "float32", shape),
    );
    measuring.output("out/gradient_norm", globalNorm(gradients));

    const graph = new Graph();
    const number = (name: string) => graph.input(name, "float32", []);
    const list = (name: string) => graph.input(name, "float32", ["n"]);
    const schedule = {
      norm: number("gradient_norm"),
      learningRate: number("learning_rate"),
      meanCorrection: number("mean_correction"),
      rootCorrection: number("root_correction"),
      weightDecay: number("weight_decay"),
    };
    const slot = {
      parameter: list("parameter"),
      gradient: list("gradient"),
      mean: list("mean"),
      square: list("square"),
    };
    for (const [name, value] of Object.entries(adamW(slot, schedule, this.config.adamW)))
      graph.output(`new/${name}`, value);
    return {
      norm: await Session.create(measuring, this.config),
      stretches: await Session.create(graph, this.config),
    };
  }

  /** The weights as they are now: arrays in use, to be read before the next step. */
  weights(): Arrays {
    const { parts } = this.now[""];
    return new Map([...this.layout.shapes].map(([name, shape]) => [name, { shape, data: parts.get(name)! }]));
  }

  /** Weights and moments: arrays in use, to be read before the next step. */
  state(): OptimizerState {
    const arrays: Arrays = new Map();
    for (const [name, shape] of this.layout.shapes) {
      for (const suffix of suffixes) arrays.set(name + suffix, { shape, data: this.now[suffix].parts.get(name)! });
    }
    return { step: this.step, arrays };
  }

  /** Go on from a saved state. @throws Error where an array is missing or has another size. */
  restore({ step, arrays }: OptimizerState): void {
    const targets = [...this.state().arrays].map(([name, { data }]) => ({ name, data }));
    for (const { name, data } of targets) {
      if (arrays.get(name)?.data.length !== data.length) {
        throw new Error(`the checkpoint does not fit this model: ${name} is missing or differs in size`);
      }
    }
    for (const { name, data } of targets) data.set(arrays.get(name)!.data);
    this.step = step;
  }

  async dispose(): Promise<void> {
    await this.graphs.dispose();
    const { norm, stretches } = (await this.update) ?? {};
    await norm?.dispose();
    await stretches?.dispose();
    this.update = undefined;
  }
}

/** From so many bytes of activations on, they are computed again on the way back instead of being kept. */
const muchKept = 2 ** 30;

/** The graph of an objective and its gradients, and what a run of it takes at the most beside parameters and gradients. */
export function differentiated(
  objective: OptimizerConfig["objective"],
  shapes: ReadonlyMap<string, readonly number[]>,
  batch: readonly number[],
) {
  const build = (recompute: boolean) => {
    const graph = new Graph();
    const parameters = new Map([...shapes].map(([name, shape]) => [name, graph.input(name, "float32", shape)]));
    const parameter = (name: string): Value => {
      const value = parameters.get(name);
      if (!value) throw new Error(`no parameter ${name}`);
      return value;
    };
    const { loss, metrics } = objective(graph, parameter, batch);
    const scalars = { loss, ...metrics };
    for (const [name, value] of Object.entries(scalars)) graph.output(`out/${name}`, value);
    const all = [...parameters.values()];
    for (const [i, gradient] of gradients(loss, all, { recompute }).entries()) {
      graph.output(`gradient/${all[i]!.name}`, gradient);
    }
    const bytes = peakBytes(graph);
    return {
      graph,
      inputs: graph.inputs.slice(all.length),
      scalars: Object.keys(scalars),
      bytes,
      arena: keepsMemory(bytes),
    };
  };
  const kept = build(false);
  return kept.bytes < muchKept ? kept : build(true);
}

const scalar = (x: number) => tensor("float32", Float32Array.of(x), []);

function addTo(sum: Float32Array, more: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += more[i]!;
}
