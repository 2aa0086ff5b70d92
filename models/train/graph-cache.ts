// A cache of graphs ready to run. Their number bounds the runtime's memory, because each session keeps what it once needed.
import type { Session } from "../onnx/session.ts";

export class GraphCache<T extends { session: Session }> {
  private readonly graphs = new Map<string, Promise<T>>();
  private readonly most: number;

  /** @param most graphs kept. Building one anew takes a fraction of a second; a data set has a handful of shapes. */
  constructor(most = 8) {
    this.most = most;
  }

  /** The graph of a key, built where it is not kept; the one unused for longest leaves. */
  async get(key: string, build: () => Promise<T>): Promise<T> {
    let graph = this.graphs.get(key);
    if (graph) this.graphs.delete(key);
    else {
      const [oldest] = this.graphs;
      if (oldest && this.graphs.size >= this.most) {
        this.graphs.delete(oldest[0]);
        await (await oldest[1]).session.dispose();
      }
      graph = build();
      graph.catch(() => this.graphs.delete(key));
    }
    // A Map keeps its order of insertion: the last one is the one used last.
    this.graphs.set(key, graph);
    return await graph;
  }

  async dispose(): Promise<void> {
    const graphs = [...this.graphs.values()];
    this.graphs.clear();
    for (const graph of graphs) await (await graph).session.dispose();
  }
}
