// Measuring without training: a forward pass over prompts and their answers, into which the weights are fed, so that a
// trainer can measure the ones it has just now. Rewards, values and log-probabilities are all read this way.
import { availableParallelism } from "node:os";
import type { Weights } from "../gpt/checkpoint.ts";
import type { GptConfig } from "../gpt/config.ts";
import { fedParameters, hiddenStates, logProbabilities, type Parameters, scores } from "../gpt/forward.ts";
import type { TensorData } from "../gpt/safetensors.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { Session, type Tensors, tensor } from "../onnx/session.ts";
import { GraphCache } from "./graph-cache.ts";
import {
  answerTargets,
  atLast,
  beforeAnswers,
  type Pack,
  type PackedShape,
  packedBatches,
  packedFeeds,
  packedLayout,
  packedShape,
} from "./packed.ts";

/**
 * What is read off the hidden states [N, C]: one number for each answer [R], or for each answer's token [R·S], or several
 * for each answer [R, any].
 */
export type Reading = (parameters: Parameters, config: GptConfig, hidden: Value, shape: PackedShape) => Value;

/** A reward model's number for each answer, read at its last token [R]. */
export const answerRewards: Reading = (parameters, _, hidden, shape) => scores(parameters, atLast(hidden, shape));

/** What a head reads: the state at each answer's last token [R, C]. */
export const answerFeatures: Reading = (_parameters, _config, hidden, shape) => atLast(hidden, shape);

/** A reward model's number for each answer, and after it those of its `heads` [M, C]: [R, 1 + M]. */
export const answerJudgements =
  ({ shape: size, data }: TensorData): Reading =>
  (parameters, _, hidden, shape) => {
    const last = atLast(hidden, shape);
    const heads = hidden.graph.unnamed("float32", size, data);
    const own = op.reshape(scores(parameters, last), [shape[2], 1]);
    return op.concat([own, op.matMul(last, heads, { transB: true })], 1);
  };

/** log p of each answer's token given all before it [R·S], in nats; `temperature` as it was sampled with. */
export const answerLogProbabilities =
  (temperature = 1): Reading =>
  (parameters, config, hidden, shape) => {
    const targets = answerTargets(hidden.graph, shape);
    return logProbabilities(parameters, config, beforeAnswers(hidden, shape), targets, temperature);
  };

export interface ForwardOptions {
  threads?: number | undefined;
  /** Most tokens, padding included, of one run: what bounds the memory. */
  tokens?: number;
}

export class PackedForward {
  private readonly config: GptConfig;
  private readonly tokens: number;
  private readonly graphs: GraphCache<{ session: Session; inputs: readonly Value[] }>;

  /** @param kind which parameters `run` is given. */
  constructor(config: GptConfig, kind: "lm" | "reward", reading: Reading, options: ForwardOptions = {}) {
    const { threads = availableParallelism(), tokens = 2048 } = options;
    this.config = config;
    this.tokens = tokens;
    this.graphs = new GraphCache(async (sizes) => {
      const shape = sizes as PackedShape;
      const graph = new Graph();
      const parameters = fedParameters(graph, config, kind);
      const fed = graph.inputs.length;
      const hidden = hiddenStates(parameters, config, packedLayout(graph, config, shape));
      graph.output("read", reading(parameters, config, hidden, shape));
      return { session: await Session.create(graph, { threads }), inputs: graph.inputs.slice(fed) };
    });
  }

  /** For each pack and each of its answers its number or numbers, or its tokens' numbers. */
  async run(weights: Weights, packs: readonly Pack[]): Promise<Float32Array[][]> {
    const result = packs.map((): Float32Array[] => []);
    const feeds: Tensors = {};
    for (const [name, { shape, data }] of weights) feeds[name] = tensor("float32", data, shape);
    for (const members of packedBatches(packs, this.tokens)) {
      const batch = members.map((i) => packs[i]!);
      const shape = packedShape(batch);
      const { session, inputs } = await this.graphs.get(shape);
      const data: Record<string, Int32Array | Float32Array> = packedFeeds(batch, shape, this.config.eosTokenId);
      for (const input of inputs) feeds[input.name] = tensor(input.dtype, data[input.name]!, input.shape as number[]);
      const { read } = await session.run(feeds);
      const numbers = read!.data as Float32Array;
      const each = numbers.length / shape[2];
      const ofTokens = read!.dims.length === 1;
      let start = 0;
      for (const [b, { answers }] of batch.entries()) {
        result[members[b]!] = answers.map(({ length }) => {
          start += each;
          return numbers.slice(start - each, ofTokens ? start - each + Math.min(each, length) : start);
        });
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
