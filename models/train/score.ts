// A reward model in use: prompt and answer → one number, higher is better. Only differences within a prompt mean much.
import { availableParallelism } from "node:os";
import { ModelDirectoryError, readModel, type Weights } from "../gpt/checkpoint.ts";
import type { GptConfig } from "../gpt/config.ts";
import { fedParameters, hiddenStates, rewards } from "../gpt/forward.ts";
import { loadTokenizer, type Tokenizer } from "../gpt/tokenizer.ts";
import { Graph } from "../onnx/graph.ts";
import { Session, type Tensors, tensor } from "../onnx/session.ts";
import type { PromptGroup } from "./data.ts";
import { answerRow, padRows, type Row, rowWidth } from "./rows.ts";

const rowsPerRun = 8;

/** The forward pass of a reward model for rows of any length; the weights are fed, so a trainer can measure as it goes. */
export class RewardForward {
  private readonly config: GptConfig;
  private readonly threads: number;
  private readonly sessions = new Map<number, Session>();

  constructor(config: GptConfig, threads = availableParallelism()) {
    this.config = config;
    this.threads = threads;
  }

  /** Rewards of rows, in their order. */
  async run(weights: Weights, rows: readonly Row[]): Promise<Float64Array> {
    const result = new Float64Array(rows.length);
    const feeds: Tensors = {};
    for (const [name, { shape, data }] of weights) feeds[name] = tensor("float32", data, shape);
    // Rows of like length go together: a batch is as wide as its longest.
    const order = rows.map((_, i) => i).sort((a, b) => rows[a]!.ids.length - rows[b]!.ids.length);
    for (let first = 0; first < order.length; first += rowsPerRun) {
      const some = order.slice(first, first + rowsPerRun);
      const width = rowWidth(rows[some.at(-1)!]!.ids.length, this.config.nCtx);
      const { ids, last } = padRows(
        some.map((i) => rows[i]!),
        rowsPerRun,
        width,
        this.config.eosTokenId,
      );
      feeds.ids = tensor("int32", ids, [rowsPerRun, width]);
      feeds.last = tensor("int32", last, [rowsPerRun]);
      const { rewards } = await (await this.session(width)).run(feeds);
      for (const [r, i] of some.entries()) result[i] = (rewards!.data as Float32Array)[r]!;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return result;
  }

  private async session(width: number): Promise<Session> {
    let session = this.sessions.get(width);
    if (!session) {
      const graph = new Graph();
      const parameters = fedParameters(graph, this.config, "reward");
      const ids = graph.input("ids", "int32", [rowsPerRun, width]);
      const last = graph.input("last", "int32", [rowsPerRun]);
      graph.output("rewards", rewards(parameters, hiddenStates(parameters, this.config, ids), last));
      session = await Session.create(graph, { threads: this.threads });
      this.sessions.set(width, session);
    }
    return session;
  }

  async dispose(): Promise<void> {
    for (const session of this.sessions.values()) await session.dispose();
    this.sessions.clear();
  }
}

/** Rewards of every answer of every group. */
export async function scoreGroups(
  forward: RewardForward,
  weights: Weights,
  rows: readonly (readonly Row[])[],
): Promise<Float64Array[]> {
  const scores = await forward.run(weights, rows.flat());
  let start = 0;
  return rows.map((group) => {
    start += group.length;
    return scores.slice(start - group.length, start);
  });
}

export class RewardScorer {
  private readonly forward: RewardForward;
  private readonly weights: Weights;
  private readonly tokenizer: Tokenizer;
  private readonly context: number;

  private constructor(config: GptConfig, weights: Weights, tokenizer: Tokenizer, threads: number | undefined) {
    this.forward = new RewardForward(config, threads);
    this.weights = weights;
    this.tokenizer = tokenizer;
    this.context = config.nCtx;
  }

  /** @throws ModelDirectoryError when `dir` is no reward model. */
  static async load(dir: string, { threads }: { threads?: number } = {}): Promise<RewardScorer> {
    const { config, kind, weights } = await readModel(dir);
    if (kind !== "reward") throw new ModelDirectoryError(`${dir} holds a language model, not a reward model.`);
    return new RewardScorer(config, weights, await loadTokenizer(dir), threads);
  }

  /** One number for each item. */
  async score(items: readonly { prompt: string; answer: string }[]): Promise<Float64Array> {
    const rows = items.map(({ prompt, answer }) => answerRow(this.tokenizer, prompt, answer, this.context));
    return await this.forward.run(this.weights, rows);
  }

  async scoreGroups(groups: readonly PromptGroup[]): Promise<Float64Array[]> {
    const rows = groups.map(({ prompt, answers }) =>
      answers.map((answer) => answerRow(this.tokenizer, prompt, answer, this.context)),
    );
    return await scoreGroups(this.forward, this.weights, rows);
  }

  async dispose(): Promise<void> {
    await this.forward.dispose();
  }
}
