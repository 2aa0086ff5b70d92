// A reward model in use: prompt and answer → one number, higher is better. Only differences within a prompt mean much.
import type { PromptContent } from "../../lib/preference/conversation.ts";
import { ModelDirectoryError, readModel, type Weights } from "../gpt/checkpoint.ts";
import type { GptConfig } from "../gpt/config.ts";
import { loadTokenizer, type Tokenizer } from "../gpt/tokenizer.ts";
import { answerRewards, type ForwardOptions, PackedForward } from "./forward.ts";
import { packOf } from "./packed.ts";

/** Answers to one prompt. */
interface Answered {
  prompt: PromptContent;
  answers: readonly string[];
}

export class RewardScorer {
  private readonly forward: PackedForward;
  private readonly weights: Weights;
  private readonly tokenizer: Tokenizer;
  private readonly context: number;

  private constructor(config: GptConfig, weights: Weights, tokenizer: Tokenizer, options: ForwardOptions) {
    this.forward = new PackedForward(config, "reward", answerRewards, options);
    this.weights = weights;
    this.tokenizer = tokenizer;
    this.context = config.nCtx;
  }

  /** @throws ModelDirectoryError when `dir` is no reward model. */
  static async load(dir: string, options: ForwardOptions = {}): Promise<RewardScorer> {
    const { config, kind, weights } = await readModel(dir);
    if (kind !== "reward") throw new ModelDirectoryError(`${dir} holds a language model, not a reward model.`);
    return new RewardScorer(config, weights, await loadTokenizer(dir), options);
  }

  /** One number for each item. Answers to the same prompt share its reading. */
  async score(items: readonly { prompt: PromptContent; answer: string }[]): Promise<Float64Array> {
    const byPrompt = [...Map.groupBy(items.keys(), (i) => JSON.stringify(items[i]!.prompt)).values()];
    const scores = await this.scoreGroups(
      byPrompt.map((indices) => ({
        prompt: items[indices[0]!]!.prompt,
        answers: indices.map((i) => items[i]!.answer),
      })),
    );
    const result = new Float64Array(items.length);
    for (const [g, indices] of byPrompt.entries()) for (const [n, i] of indices.entries()) result[i] = scores[g]![n]!;
    return result;
  }

  /** One number for each answer of each group. */
  async scoreGroups(groups: readonly Answered[]): Promise<number[][]> {
    const packs = groups.map(({ prompt, answers }) => packOf(this.tokenizer, prompt, answers, this.context));
    const read = await this.forward.run(this.weights, packs);
    return read.map((answers) => answers.map(([score]) => score!));
  }

  async dispose(): Promise<void> {
    await this.forward.dispose();
  }
}
