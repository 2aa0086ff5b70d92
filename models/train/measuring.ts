// Graphs that measure and do not train: forward passes to which the weights are fed, so that a trainer can measure its current
// weights and models of one shape share a graph. All are in one cache, so that measuring again builds none.
import { availableParallelism } from "node:os";
import type { Architecture } from "../gpt/architecture.ts";
import type { Parameters } from "../gpt/block.ts";
import type { Weights } from "../gpt/checkpoint.ts";
import { fedParameters } from "../gpt/forward.ts";
import type { Head } from "../gpt/heads.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { keepsMemory, peakBytes } from "../onnx/peak.ts";
import { letOthersRun, Session, type Tensors, tensor } from "../onnx/session.ts";
import { GraphCache } from "./graph-cache.ts";

/** PPO uses a dozen: of reward model, reference and value function two widths of rows, whole and nearly empty batches. */
const graphs = new GraphCache<{ session: Session; inputs: readonly Value[] }>(16);
/** How long unused graphs are kept, in case another evaluation follows. */
const idleMs = 60_000;
let open = 0;
let idle: NodeJS.Timeout | undefined;

interface MeasuringConfig {
  config: Architecture;
  /** The head, which decides the parameters that are fed. */
  head: Head;
  /** What they compute: graphs of one name, shape and model shape are the same. */
  name: string;
  /** The number or numbers to read. */
  build: (graph: Graph, parameters: Parameters, shape: readonly number[]) => Value;
  threads?: number | undefined;
}

export class Measuring {
  private readonly measured: MeasuringConfig;
  private readonly threads: number;
  private disposed = false;

  constructor(measured: MeasuringConfig) {
    this.measured = measured;
    this.threads = measured.threads ?? availableParallelism();
    open++;
    clearTimeout(idle);
  }

  /**
   * @param weights the model's, and others that the graph names.
   * @param feeds for whichever of the inputs the graph has.
   * @throws GraphError where shapes disagree; the signal's reason when it aborts.
   */
  async run(
    weights: Weights,
    shape: readonly number[],
    feeds: Record<string, Int32Array | Float32Array>,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const { config, head, name } = this.measured;
    const key = JSON.stringify([name, head, this.threads, shape, config]);
    const { session, inputs } = await graphs.get(key, () => this.graph(shape));
    const all: Tensors = {};
    for (const [parameter, { shape, data }] of weights) all[parameter] = tensor("float32", data, shape);
    for (const input of inputs) {
      const data = feeds[input.name];
      if (data) all[input.name] = tensor(input.dtype, data, input.shape as number[]);
    }
    const { read } = await session.run(all);
    await letOthersRun(signal);
    return read!.data as Float32Array;
  }

  private async graph(shape: readonly number[]) {
    const { config, head, build } = this.measured;
    const graph = new Graph();
    const parameters = fedParameters(graph, config, head);
    const fed = graph.inputs.length;
    graph.output("read", build(graph, parameters, shape));
    const arena = keepsMemory(peakBytes(graph));
    return { session: await Session.create(graph, { threads: this.threads, arena }), inputs: graph.inputs.slice(fed) };
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    open--;
    if (open > 0) return;
    idle = setTimeout(() => void graphs.dispose(), idleMs);
    idle.unref();
  }
}
