// A reward model in use: prompt and answer → one number, higher is better. Only differences within a prompt mean much.
import type { PromptContent } from "../../lib/vocabulary/conversation.ts";
import type { Architecture } from "../gpt/architecture.ts";
import { ModelDirectoryError, readHeads, readModel, type Weights } from "../gpt/checkpoint.ts";
import { loadTokenizer, type Tokenizer } from "../gpt/tokenizer.ts";
import { disagreement } from "./ensemble.ts";
import { answerRewards, answerScoresOfHeads, type ForwardOptions, ForwardPass, type Reading } from "./forward-pass.ts";
import { type Pack, packOf } from "./packed.ts";

/** Answers to one prompt. */
interface Answered {
  prompt: PromptContent;
  answers: readonly string[];
}

export interface GroupScores {
  /** One for each answer. */
  scores: number[];
  /** For each answer its score by each head of the ensemble; none where the model has no heads. */
  heads: number[][];
  /** How far the heads disagree, see `disagreement`; null where the model has none. */
  disagreement: number | null;
}

/** A score that is no number; the message is one sentence. */
export class ScoreError extends Error {
  override name = "ScoreError";
}

/** The scores, if all are finite. @param who gave them @throws ScoreError */
export function finiteScores<T extends ArrayLike<number>>(scores: T, who: string): T {
  const wrong = Array.from(scores).find((score) => !Number.isFinite(score));
  if (wrong === undefined) return scores;
  throw new ScoreError(`${who} gave an answer the score ${wrong}: its weights are damaged, or far too large.`);
}

interface Loaded {
  dir: string;
  config: Architecture;
  weights: Weights;
  tokenizer: Tokenizer;
  reading: Reading;
}

/** What scores answers: a reward model in a directory here, or one at an address (models/address); who asks need not know. */
export interface Scorer {
  /** One number for each item. @throws ScoreError */
  score(items: readonly { prompt: PromptContent; answer: string }[], signal?: AbortSignal): Promise<ArrayLike<number>>;
  dispose(): void | Promise<void>;
}

export class RewardScorer implements Scorer {
  private readonly dir: string;
  private readonly forward: ForwardPass;
  private readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  /** Tokens of prompt and answer together, at most. */
  readonly context: number;
  /** Does the score depend on where the answer begins? Else it is read at the last token alone. */
  readonly readsLikelihood: boolean;

  private constructor({ dir, config, weights, tokenizer, reading }: Loaded, options: ForwardOptions) {
    this.dir = dir;
    this.forward = new ForwardPass(config, reading, options);
    this.weights = weights;
    this.tokenizer = tokenizer;
    this.context = config.nCtx;
    this.readsLikelihood = reading.head.likelihoodPower !== undefined;
  }

  /** @throws ModelDirectoryError when `dir` is no reward model. */
  static async load(dir: string, options: ForwardOptions = {}): Promise<RewardScorer> {
    const { config, weights, ...head } = await readModel(dir);
    if (head.kind !== "reward") throw new ModelDirectoryError(`${dir} holds a language model, not a reward model.`);
    const heads = await readHeads(dir);
    const reading = heads ? answerScoresOfHeads(head, heads.shape[0]!) : answerRewards(head);
    if (heads) weights.set("heads.weight", heads);
    return new RewardScorer({ dir, config, weights, tokenizer: await loadTokenizer(dir), reading }, options);
  }

  /** One number for each item. Answers to the same prompt share its reading. @throws ScoreError */
  async score(
    items: readonly { prompt: PromptContent; answer: string }[],
    signal?: AbortSignal,
  ): Promise<Float64Array> {
    const byPrompt = [...Map.groupBy(items.keys(), (i) => JSON.stringify(items[i]!.prompt)).values()];
    const scores = await this.scoreGroups(
      byPrompt.map((indices) => ({
        prompt: items[indices[0]!]!.prompt,
        answers: indices.map((i) => items[i]!.answer),
      })),
      signal,
    );
    const result = new Float64Array(items.length);
    for (const [g, indices] of byPrompt.entries()) for (const [n, i] of indices.entries()) result[i] = scores[g]![n]!;
    return result;
  }

  /** One number for each answer of each group. */
  async scoreGroups(groups: readonly Answered[], signal?: AbortSignal): Promise<number[][]> {
    return (await this.scoreWithHeads(groups, signal)).map(({ scores }) => scores);
  }

  /** The scores of each group, and how sure the model's heads are of their order. */
  async scoreWithHeads(groups: readonly Answered[], signal?: AbortSignal): Promise<GroupScores[]> {
    const packs = groups.map(({ prompt, answers }) => packOf(this.tokenizer, prompt, answers, this.context));
    return this.read(packs, signal);
  }

  /**
   * The score of each answer as tokens behind those of its prompt: texts that were put together elsewhere.
   * @param texts neither part is empty, and both together are no longer than the context
   */
  async scoreTokens(
    texts: readonly { prompt: readonly number[]; answer: readonly number[] }[],
    signal?: AbortSignal,
  ): Promise<number[]> {
    const packs = texts.map(({ prompt, answer }) => ({ prompt, answers: [answer], cut: [false] }));
    return (await this.read(packs, signal)).map(({ scores }) => scores[0]!);
  }

  private async read(packs: Pack[], signal: AbortSignal | undefined): Promise<GroupScores[]> {
    const read = await this.forward.run(this.weights, packs, signal);
    return read.map((answers) => {
      const scores = finiteScores(
        answers.map(([score]) => score!),
        this.dir,
      );
      const heads = answers.map((numbers) => [...numbers.subarray(1)]);
      return { scores, heads, disagreement: heads[0]?.length ? disagreement(heads) : null };
    });
  }

  async dispose(): Promise<void> {
    await this.forward.dispose();
  }
}
