// Choosing the epoch of fine-tuning to keep: a reward model scores each one's own answers to held-out prompts, because the loss
// on held-out demonstrations says something else (Ouyang et al. 2022, C.1: it rises after the first epoch).
import { messagesOf, promptText } from "../../lib/vocabulary/conversation.ts";
import type { Architecture } from "../gpt/architecture.ts";
import type { Weights } from "../gpt/checkpoint.ts";
import type { Tokenizer } from "../gpt/tokenizer.ts";
import { mean } from "../interval.ts";
import type { Demonstration } from "./data.ts";
import { episodeText, rollout } from "./rollout.ts";
import { RewardScorer } from "./score.ts";

/** Held-out prompts that are answered after each epoch, at most. */
const mostPrompts = 64;

interface JudgeConfig {
  config: Architecture;
  tokenizer: Tokenizer;
  heldOut: readonly Demonstration[];
  /** Longest answer, tokens. */
  answerTokens: number;
  seed: number;
  threads: number;
}

/** Mean reward of a model's own answers: one to each prompt at temperature 1, from the same random numbers every time. */
export class EpochJudge {
  private readonly scorer: RewardScorer;
  private readonly judged: JudgeConfig;
  private readonly demonstrations: Demonstration[];

  private constructor(scorer: RewardScorer, judged: JudgeConfig) {
    this.scorer = scorer;
    this.judged = judged;
    const once = new Map(judged.heldOut.map((d) => [promptText(messagesOf(d.prompt)), d]));
    this.demonstrations = [...once.values()].slice(0, mostPrompts);
  }

  /** @throws ModelDirectoryError when `dir` is no reward model. */
  static async load(dir: string, judged: JudgeConfig): Promise<EpochJudge> {
    return new EpochJudge(await RewardScorer.load(dir, { threads: judged.threads }), judged);
  }

  /** `eval/reward`, and `eval/no_end_fraction`, the share of the answers that were cut at the longest length. */
  async score(weights: Weights, signal?: AbortSignal): Promise<Record<string, number>> {
    const { config, tokenizer, answerTokens: wanted, seed, threads } = this.judged;
    const answerTokens = Math.min(wanted, Math.floor(config.nCtx / 2));
    const prompts = this.demonstrations.map(({ prompt }) => {
      const ids = tokenizer.encodePrompt(prompt);
      if (ids.length === 0) ids.push(tokenizer.eosId);
      return ids.slice(Math.max(0, ids.length - (config.nCtx - answerTokens)));
    });
    const settings = { config, weights, tokenizer, answerTokens, temperature: 1, threads };
    const seeds = prompts.map((_, i) => seed + i * 0x100000000);
    const episodes = await rollout(settings, prompts, seeds, signal);
    const scores = await this.scorer.score(
      episodes.map((episode, i) => ({
        prompt: this.demonstrations[i]!.prompt,
        answer: episodeText(tokenizer, episode),
      })),
      signal,
    );
    const cut = episodes.filter(({ ended }) => !ended).length;
    return { "eval/reward": mean(scores), "eval/no_end_fraction": cut / episodes.length };
  }

  async dispose(): Promise<void> {
    await this.scorer.dispose();
  }
}
