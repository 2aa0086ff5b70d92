// How well a language model knows texts: the mean loss over rows of documents, as pre-training has it.
import type { Weights } from "../gpt/checkpoint.ts";
import type { GptConfig } from "../gpt/config.ts";
import { hiddenStates, logProbabilities, type Parameters } from "../gpt/forward.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { packRows, type Rows, rowsBatch } from "./corpus.ts";
import { languageModel } from "./language-model.ts";
import { Measuring } from "./measuring.ts";

/** log p of each token of B rows of T given those before it in its row [B·T], nats; inputs `ids` [B, T] and `targets` [B·T, 1]. */
export function rowLogProbabilities(graph: Graph, parameters: Parameters, gpt: GptConfig, B: number, T: number): Value {
  const ids = graph.input("ids", "int32", [B, T]);
  const targets = graph.input("targets", "int32", [B * T, 1]);
  return logProbabilities(parameters, gpt, hiddenStates(parameters, gpt, ids), targets);
}

/** Mean of −log p over all tokens of B rows of T, nats, shape []; inputs as above. */
export const lmLoss = (graph: Graph, parameters: Parameters, gpt: GptConfig, B: number, T: number): Value =>
  op.neg(op.reduceMean(rowLogProbabilities(graph, parameters, gpt, B, T)));

/** Measures the loss of weights as they are just now. */
export class DocumentLoss {
  private readonly graphs: Measuring;
  private readonly rows: Rows;
  private readonly perRun: number;

  /** @param perRun rows computed together; the number of rows is a multiple of it. */
  constructor(config: GptConfig, rows: Rows, perRun: number, threads?: number) {
    this.rows = rows;
    this.perRun = perRun;
    this.graphs = new Measuring({
      config,
      kind: "lm",
      name: "document loss",
      threads,
      build: (graph, parameters, [B, T]) => lmLoss(graph, parameters, config, B!, T!),
    });
  }

  /** Mean over all rows, nats a token. @throws the signal's reason when it aborts. */
  async of(weights: Weights, signal?: AbortSignal): Promise<number> {
    const { rows, perRun } = this;
    const runs = rows.count / perRun;
    let sum = 0;
    for (let n = 0; n < runs; n++) {
      const [loss] = await this.graphs.run(
        weights,
        [perRun, rows.length - 1],
        rowsBatch(rows, n * perRun, perRun),
        signal,
      );
      sum += loss!;
    }
    return sum / runs;
  }

  async dispose(): Promise<void> {
    await this.graphs.dispose();
  }
}

/** Rows computed together, of 128 tokens each. */
const perRun = 8;

/**
 * The loss of a model directory on documents, nats a token.
 * @param rows of documents, made up to a multiple of 8.
 * @throws ModelDirectoryError; Error when there is no document; the signal's reason when it aborts.
 */
export async function documentLoss(
  dir: string,
  documents: () => Iterable<string>,
  {
    rows = 64,
    rowTokens = 128,
    threads,
    signal,
  }: { rows?: number; rowTokens?: number; threads?: number | undefined; signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const { config, weights } = await languageModel(dir);
  const length = Math.min(rowTokens, config.nCtx) + 1;
  const packed = packRows(documents, await loadTokenizer(dir), perRun * Math.ceil(rows / perRun), length);
  const loss = new DocumentLoss(config, packed, perRun, threads);
  try {
    return await loss.of(weights, signal);
  } finally {
    await loss.dispose();
  }
}
