// Measuring episodes without training: what a model says before each token of their answers. The weights are fed, so
// that those of just now can be measured.
import { availableParallelism } from "node:os";
import type { Weights } from "../gpt/checkpoint.ts";
import type { GptConfig } from "../gpt/config.ts";
import { fedParameters, hiddenStates, logProbabilities, type Parameters, scores } from "../gpt/forward.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { Session, type Tensors, tensor } from "../onnx/session.ts";
import { GraphCache } from "./graph-cache.ts";
import type { Episode } from "./rollout.ts";
import { beforeTokens, type EpisodeRows, type RowsShape, rowsFeeds, rowsLayout, tokenTargets } from "./rows.ts";

/** From the states before the answers' tokens [N, C], a number for each [N]. */
type Reading = (parameters: Parameters, config: GptConfig, hidden: Value, shape: RowsShape) => Value;

/** log p of the token, nats; `temperature` as it was sampled with. */
export const tokenLogProbs =
  (temperature: number): Reading =>
  (parameters, config, hidden, shape) =>
    logProbabilities(parameters, config, hidden, tokenTargets(hidden.graph, shape), temperature);

/** V of the scalar head. */
export const tokenValues: Reading = (parameters, _, hidden) => scores(parameters, hidden);

export class EpisodeForward {
  private readonly config: GptConfig;
  private readonly rows: EpisodeRows;
  private readonly graphs: GraphCache<{ session: Session; inputs: readonly Value[] }>;

  /** @param kind which parameters `run` is given. */
  constructor(
    config: GptConfig,
    kind: "lm" | "reward",
    reading: Reading,
    rows: EpisodeRows,
    threads = availableParallelism(),
  ) {
    this.config = config;
    this.rows = rows;
    this.graphs = new GraphCache(async (sizes) => {
      const shape = sizes as RowsShape;
      const graph = new Graph();
      const parameters = fedParameters(graph, config, kind);
      const fed = graph.inputs.length;
      const hidden = hiddenStates(parameters, config, rowsLayout(graph, config, shape));
      graph.output("read", reading(parameters, config, beforeTokens(hidden, shape), shape));
      return { session: await Session.create(graph, { threads }), inputs: graph.inputs.slice(fed) };
    });
  }

  /** For each episode a number for each of its answer's tokens. */
  async run(weights: Weights, episodes: readonly Episode[]): Promise<Float32Array[]> {
    const result: Float32Array[] = [];
    const feeds: Tensors = {};
    for (const [name, { shape, data }] of weights) feeds[name] = tensor("float32", data, shape);
    for (const { rows, shape } of this.rows.batches([...episodes.keys()], (i) => episodes[i]!)) {
      const { session, inputs } = await this.graphs.get(shape);
      const data: Record<string, Int32Array> = rowsFeeds(
        rows.map((row) => row.map((i) => episodes[i]!)),
        shape,
        this.config.eosTokenId,
      );
      for (const input of inputs) feeds[input.name] = tensor(input.dtype, data[input.name]!, input.shape as number[]);
      const { read } = await session.run(feeds);
      let start = 0;
      for (const i of rows.flat()) {
        const { length } = episodes[i]!.answer;
        result[i] = (read!.data as Float32Array).slice(start, start + length);
        start += length;
      }
      // session.run holds the thread: let timers and signals have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return result;
  }

  async dispose(): Promise<void> {
    await this.graphs.dispose();
  }
}
