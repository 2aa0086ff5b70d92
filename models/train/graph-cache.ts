// Graphs made ready to run, by the shape of their batch: as many as are kept bound the runtime's memory, since each
// session keeps what it once needed.
import type { Session } from "../onnx/session.ts";

/** How many a cache keeps. Building one anew takes a fraction of a second; a data set has a handful of shapes. */
const kept = 8;

export class GraphCache<T extends { session: Session }> {
  private readonly graphs = new Map<string, T>();
  private readonly build: (shape: readonly number[]) => Promise<T>;

  constructor(build: (shape: readonly number[]) => Promise<T>) {
    this.build = build;
  }

  /** The graph for a shape, built where it is not kept; the one unused for longest leaves. */
  async get(shape: readonly number[]): Promise<T> {
    const key = shape.join();
    let graph = this.graphs.get(key);
    if (graph) this.graphs.delete(key);
    else {
      const [oldest] = this.graphs;
      if (oldest && this.graphs.size >= kept) {
        this.graphs.delete(oldest[0]);
        await oldest[1].session.dispose();
      }
      graph = await this.build(shape);
    }
    // A Map keeps its order of insertion: the last one is the one used last.
    this.graphs.set(key, graph);
    return graph;
  }

  async dispose(): Promise<void> {
    for (const { session } of this.graphs.values()) await session.dispose();
    this.graphs.clear();
  }
}
