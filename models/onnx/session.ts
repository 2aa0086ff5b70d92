// The only importer of onnxruntime-node: a graph made ready to run on this machine's CPU.
// `run` blocks the calling thread until the graph has run: never call it in a process that must answer people.
import { availableParallelism } from "node:os";
import * as ort from "onnxruntime-node";
import { type Data, type DType, formatShape, type Graph, GraphError } from "./graph.ts";
import { bytesOf, constantsOf, encodeModel } from "./proto.ts";

// The runtime's builds for Linux and macOS report each session to their maker and keep a device id in the user's home.
// It asks at the first session, so it is early enough here.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

export type Tensor = ort.Tensor;
export type Tensors = Record<string, Tensor>;

export interface SessionOptions {
  /** Threads of one operator; all cores by default. */
  threads?: number;
  /** Let the runtime rewrite the graph (fuse, move and drop nodes); true by default. */
  optimize?: boolean;
  /**
   * Keep memory for the next run instead of giving it back; true by default. Each session keeps its own, so that large graphs
   * would together hold several times what one of them needs.
   */
  arena?: boolean;
  /** Write the runtime's own profile (JSON, one event a node) to files that begin with this path. */
  profile?: string;
}

/**
 * How long a thread of the runtime looks for more work before it sleeps. By default it is so long that on two cores it takes them
 * from whatever else runs: the steps of a generation then take up to twice as long, and tests beside others twice the processor's
 * time. Without any, training is slower where an operator's work comes in many small parts.
 */
const spinMicroseconds = "200";

/** Bytes from which on a constant is handed over beside the graph: it is not copied into it, and they may be 2 GiB and more. */
const largeConstant = 2 ** 20;

function besideGraph(graph: Graph) {
  const large = [...constantsOf(graph)].filter(([, { byteLength }]) => byteLength >= largeConstant);
  return {
    places: new Map(large.map(([value]) => [value, { file: value.name, offset: 0 }])),
    externalData: large.map(([{ name }, data]) => ({ path: name, data: bytesOf(data) })),
  };
}

/** A tensor over `data`, not a copy: what the graph writes to a fetched tensor appears in the array. */
export function tensor(dtype: DType, data: Data, shape: readonly number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  if (data.length !== count) throw new GraphError(`${data.length} numbers do not fill ${formatShape(shape)}`);
  return new ort.Tensor(dtype, data as never, shape);
}

export class Session {
  private readonly session: ort.InferenceSession;

  private constructor(session: ort.InferenceSession) {
    this.session = session;
  }

  static async create(graph: Graph, options: SessionOptions = {}): Promise<Session> {
    const { places, externalData } = besideGraph(graph);
    const session = await ort.InferenceSession.create(encodeModel(graph, places), {
      externalData,
      executionProviders: ["cpu"],
      intraOpNumThreads: options.threads ?? availableParallelism(),
      interOpNumThreads: 1,
      extra: { session: { intra_op: { spin_duration_us: spinMicroseconds } } },
      // A plan of the memory for each shape makes runs no faster, and sessions keep twice as much.
      enableMemPattern: false,
      enableCpuMemArena: options.arena ?? true,
      graphOptimizationLevel: options.optimize === false ? "disabled" : "all",
      logSeverityLevel: 3,
      ...(options.profile ? { enableProfiling: true, profileFilePrefix: options.profile } : {}),
    });
    return new Session(session);
  }

  /**
   * Run the graph once. Outputs named in `fetches` are written in place into the tensors given there (and are not
   * copied); without `fetches` every output comes back as a new tensor.
   */
  async run(feeds: Tensors, fetches?: Tensors | readonly string[]): Promise<Tensors> {
    const results = fetches ? await this.session.run(feeds, fetches as never) : await this.session.run(feeds);
    return results as Tensors;
  }

  /** Close the profile file, where one was asked for. */
  endProfiling(): void {
    this.session.endProfiling();
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

/** Frees the memory of arrays that nobody reads any more, now: where little is allocated, a collection may never come. */
export function letGo(arrays: Iterable<Data>): void {
  for (const { buffer } of arrays) if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}

/** Lets timers, streams and signals run between two runs, which hold the thread. @throws the signal's reason when it has aborted */
export async function letOthersRun(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
