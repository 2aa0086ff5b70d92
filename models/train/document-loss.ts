// How well a language model knows texts: the mean loss over documents, as pre-training has it.

import type { Architecture } from "../gpt/architecture.ts";
import type { Parameters } from "../gpt/block.ts";
import { languageModel, type Weights } from "../gpt/checkpoint.ts";
import { languageModelHead } from "../gpt/heads.ts";
import { loadTokenizer, type Tokenizer } from "../gpt/tokenizer.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { type DocumentPass, passesOf, piecesFor, piecesOf } from "./document-rows.ts";
import { Measuring } from "./measuring.ts";
import { fillRows, type RowsShape, rowLogProbabilities, sizeOf } from "./rows.ts";

/**
 * −Σ w · log p(token | those before it in its document), nats, shape []. Inputs beside those of rows: `weight` [N], with
 * which it is a mean.
 */
export function lmLoss(graph: Graph, gpt: Architecture, parameters: Parameters, shape: RowsShape): Value {
  const read = rowLogProbabilities(graph, gpt, parameters, shape);
  return op.neg(op.reduceSum(op.mul(read, graph.input("weight", "float32", [shape[2]]))));
}

/** Measures the loss of weights as they are just now. */
export class DocumentLoss {
  private readonly graphs: Measuring;
  private readonly passes: readonly DocumentPass[];

  constructor(config: Architecture, passes: readonly DocumentPass[], threads?: number) {
    this.passes = passes;
    this.graphs = new Measuring({
      config,
      head: languageModelHead,
      name: "document loss",
      threads,
      build: (graph, parameters, shape) => lmLoss(graph, config, parameters, shape as RowsShape),
    });
  }

  /** Mean over all tokens, nats. @throws the signal's reason when it aborts. */
  async of(weights: Weights, signal?: AbortSignal): Promise<number> {
    let sum = 0;
    for (const { shape, feeds } of this.passes) {
      const [part] = await this.graphs.run(weights, shape, feeds, signal);
      sum += part!;
    }
    return sum;
  }

  async dispose(): Promise<void> {
    await this.graphs.dispose();
  }
}

/** Most documents of the world are shorter than half a row. */
const rowTokens = 256;
const passTokens = 2048;

/** Documents to measure on, until they have so many tokens. @throws Error when there is none. */
export function documentsToMeasure(
  documents: () => Iterable<string>,
  tokenizer: Tokenizer,
  { nCtx }: Architecture,
  tokens = 8192,
): DocumentPass[] {
  const width = Math.min(rowTokens, nCtx);
  const texts = piecesFor(piecesOf(documents, tokenizer, width), tokens);
  return passesOf(fillRows(texts, sizeOf, [width]), passTokens, tokenizer.eosId);
}

/**
 * The loss of a model directory on documents, nats a token.
 * @throws ModelDirectoryError; Error when there is no document; the signal's reason when it aborts.
 */
export async function documentLoss(
  dir: string,
  documents: () => Iterable<string>,
  { tokens, threads, signal }: { tokens?: number; threads?: number | undefined; signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const { config, weights } = await languageModel(dir);
  const passes = documentsToMeasure(documents, await loadTokenizer(dir), config, tokens);
  const loss = new DocumentLoss(config, passes, threads);
  try {
    return await loss.of(weights, signal);
  } finally {
    await loss.dispose();
  }
}
