// Measuring prompts and their answers: rewards, values and log-probabilities are all read this way. A prompt with several
// answers is read once, with these behind it (packed.ts); one with a single answer stands in a row with others (rows.ts),
// unless a reward model reads its likelihood, too.

import { type Architecture, padId } from "../gpt/architecture.ts";
import type { Parameters } from "../gpt/block.ts";
import type { Weights } from "../gpt/checkpoint.ts";
import { hiddenStates } from "../gpt/forward.ts";
import { type Head, languageModelHead, logProbabilities, rewardHead, scores } from "../gpt/heads.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { Measuring } from "./measuring.ts";
import {
  answerTargets,
  batching,
  beforeAnswers,
  type PackedShape,
  packedFeeds,
  packedLayout,
  packedTokens,
  paddedLength,
  paddedShape,
  rewardFeatures,
  rewardFeeds,
  type Texts,
} from "./packed.ts";
import { sharedShapes } from "./plan.ts";
import {
  beforeTokens,
  lastFeeds,
  lastStates,
  RowShapes,
  type RowsShape,
  rowsFeeds,
  rowsLayout,
  sizeOf,
  type Text,
  tokenTargets,
} from "./rows.ts";

/** What is read of an answer, and where. */
export interface Reading {
  /** Says which one it is. */
  name: string;
  /** Of which model: which parameters there are, and what a reward head reads. */
  head: Head;
  /** Of the answer as a whole, what a reward head reads; or before each of its tokens. */
  at: "last" | "tokens";
  /** The states there [M, C], or what a head reads [M, scoreWidth], and the tokens themselves [M, 1], → a number for each [M]; of an answer also several [M, any]. */
  read: (config: Architecture, parameters: Parameters, states: Value, targets: () => Value) => Value;
}

/** A reward model's number for each answer. */
export const answerRewards = (head = rewardHead): Reading => ({
  name: "rewards",
  head,
  at: "last",
  read: (_, parameters, states) => scores(parameters, states),
});

/** What a head reads of each answer, see `rewardFeatures`. */
export const answerFeatures = (head: Head): Reading => ({
  name: "features",
  head,
  at: "last",
  read: (_c, _p, states) => states,
});

/** A reward model's number for each answer, and after it those of its M heads, the weights `heads.weight` [M, as read]. */
export const answerScoresOfHeads = (head: Head, M: number): Reading => ({
  name: `scores of ${M} heads`,
  head,
  at: "last",
  read: (_, parameters, states) => {
    const heads = states.graph.input("heads.weight", "float32", [M, states.size(1)]);
    const own = op.reshape(scores(parameters, states), [states.size(0), 1]);
    return op.concat([own, op.matMul(states, heads, { transB: true })], 1);
  },
});

/** log p of each of an answer's tokens given all before it, nats; `temperature` as it was sampled with. */
export const answerLogProbabilities = (temperature = 1): Reading => ({
  name: `log-probabilities at ${temperature}`,
  head: languageModelHead,
  at: "tokens",
  read: (config, parameters, states, targets) => logProbabilities(config, parameters, states, targets(), temperature),
});

/** V before each of an answer's tokens, of a value function. */
export const answerValues: Reading = {
  name: "values",
  head: rewardHead,
  at: "tokens",
  read: (_, parameters, states) => scores(parameters, states),
};

export interface ForwardOptions {
  threads?: number | undefined;
  /** Most tokens, padding included, of one run: what bounds the memory. */
  tokens?: number;
}

/** A batch, the graph it takes, and where its numbers go. */
interface Batch {
  shape: RowsShape | PackedShape;
  feeds: () => Record<string, Int32Array | Float32Array>;
  /** For each of its answers: the pack, the place in it, and its length. */
  answers: { pack: number; place: number; length: number }[];
}

export class ForwardPass {
  private readonly config: Architecture;
  private readonly reading: Reading;
  private readonly tokens: number;
  private readonly graphs: Measuring;

  constructor(config: Architecture, reading: Reading, { threads, tokens = 2048 }: ForwardOptions = {}) {
    this.config = config;
    this.reading = reading;
    this.tokens = tokens;
    const { head, name } = reading;
    this.graphs = new Measuring({ config, head, name, threads, build: (...given) => this.build(...given) });
  }

  /**
   * For each pack and each of its answers its number or numbers, or its tokens' numbers.
   * @throws the signal's reason when it aborts.
   */
  async run(weights: Weights, packs: readonly Texts[], signal?: AbortSignal) {
    const result = packs.map((): Float32Array[] => []);
    // Rows have the state at an answer's last token, or all of those before its tokens, and not both.
    const inRow = ({ answers }: Texts) =>
      answers.length === 1 && !(this.reading.at === "last" && this.reading.head.likelihoodPower !== undefined);
    const [single, several] = [[...packs.keys()], [...packs.keys()]].map((all, n) =>
      all.filter((i) => inRow(packs[i]!) === (n === 0)),
    ) as [number[], number[]];
    for (const { shape, feeds, answers } of [...this.inRows(packs, single), ...this.packed(packs, several)]) {
      const numbers = await this.graphs.run(weights, shape, feeds(), signal);
      const each = numbers.length / shape.at(-1)!;
      let start = 0;
      for (const { pack, place, length } of answers) {
        const count = this.reading.at === "last" ? each : length;
        result[pack]![place] = numbers.slice(start, start + count);
        start += count;
      }
    }
    return result;
  }

  private inRows(packs: readonly Texts[], members: readonly number[]): Batch[] {
    if (members.length === 0) return [];
    const { at } = this.reading;
    const { nCtx } = this.config;
    const texts = members.map((pack): Text & { pack: number } => {
      const { prompt, answers } = packs[pack]!;
      return { pack, prompt, answer: answers[0]! };
    });
    const sizes = texts.map(sizeOf);
    const longest = (of: "length" | "read") => sizes.reduce((most, size) => Math.max(most, size[of]), 0);
    const total = (of: "length" | "read") => sizes.reduce((sum, size) => sum + size[of], 0);
    // From few steps, so that other texts find the same graphs.
    const padded = paddedLength(longest("length"));
    const width = longest("length") > nCtx ? padded : Math.min(nCtx, padded);
    const share = Math.ceil((4 * total("read")) / total("length")) / 4;
    const shapes = new RowShapes({
      longest: width,
      tokens: this.tokens,
      parts: [1, 0.25],
      // Texts of 16 tokens and more fill a row before their last states do.
      reads: (R, W) =>
        at === "last" ? R * Math.ceil(W / 16) : Math.max(Math.ceil(share * R * W), Math.min(W, longest("read"))),
    });
    const read = (text: Text) => (at === "last" ? { ...sizeOf(text), read: 1 } : sizeOf(text));
    return shapes.batches(texts, read).map(({ rows, shape }) => ({
      shape,
      feeds: () => (at === "last" ? lastFeeds : rowsFeeds)(rows, shape, padId(this.config)),
      answers: rows.flat().map(({ pack, answer }) => ({ pack, place: 0, length: answer.length })),
    }));
  }

  private packed(packs: readonly Texts[], members: readonly number[]): Batch[] {
    if (members.length === 0) return [];
    // From few steps, too, and few of them.
    const own = members.map((i) => packs[i]!);
    const batches = batching(own, paddedLength)([...own.keys()], this.tokens);
    const shapes = sharedShapes(
      batches.map(({ shape }) => paddedShape(shape)),
      packedTokens,
    );
    return batches.map((batch, i) => ({
      shape: shapes[i]!,
      feeds: () => ({
        ...packedFeeds(batch, shapes[i]!, padId(this.config)),
        ...(this.reading.at === "last" ? rewardFeeds(batch, shapes[i]!, this.reading.head) : {}),
      }),
      answers: batch.members.flatMap((m) =>
        own[m]!.answers.map(({ length }, place) => ({ pack: members[m]!, place, length })),
      ),
    }));
  }

  private build(graph: Graph, parameters: Parameters, sizes: readonly number[]): Value {
    const { config, reading } = this;
    const last = reading.at === "last";
    if (sizes.length === 3) {
      const shape = sizes as RowsShape;
      const hidden = hiddenStates(config, parameters, rowsLayout(graph, config, shape));
      const states = last ? lastStates(hidden, shape) : beforeTokens(hidden, shape);
      return reading.read(config, parameters, states, () => tokenTargets(graph, shape));
    }
    const shape = sizes as PackedShape;
    const hidden = hiddenStates(config, parameters, packedLayout(graph, shape));
    const states = last
      ? rewardFeatures(config, reading.head, parameters, hidden, shape)
      : beforeAnswers(hidden, shape);
    return reading.read(config, parameters, states, () => answerTargets(graph, shape));
  }

  async dispose(): Promise<void> {
    await this.graphs.dispose();
  }
}
