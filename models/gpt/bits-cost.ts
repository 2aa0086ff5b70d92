// What fewer bits of a weight cost one model, measured on its own answers: no text of anybody else is needed.
import type { PromptContent } from "../../lib/vocabulary/conversation.ts";
import { mustFit } from "../memory.ts";
import { Random } from "../random.ts";
import { describeModel, languageModel } from "./checkpoint.ts";
import { bytesToLoad, Decoder } from "./decoder.ts";
import { sample } from "./sampling.ts";
import { loadTokenizer, PromptError, type Tokenizer } from "./tokenizer.ts";
import type { WeightBits } from "./weight-bits.ts";

/** Tokens of an answer, and numbers kept of all of them at most: 128 tokens of Qwen2's vocabulary have 78 MB. */
const answerTokens = 32;
const mostNumbers = 2 ** 25;

/** The nats a token by which a model is worse at what it says itself, by the bits of its weights. */
export type BitsCost = Record<8 | 4, number>;

/**
 * KL(p ‖ q) per token: how much less likely its own answers become, where p is the model in 32 bits, which answers the prompts
 * at temperature 1, and q the same model in fewer. Prompts that its template refuses, or that leave no room, are left out.
 * @throws ModelDirectoryError, TokenizerError, MemoryError
 */
export async function bitsCost(dir: string, prompts: readonly PromptContent[]): Promise<BitsCost> {
  const { parameters, config } = await describeModel(dir);
  mustFit(`Measuring ${dir}`, parameters * bytesToLoad[32]);
  const { vocabSize: V, nCtx } = config;
  const tokenizer = await loadTokenizer(dir);
  const room = Math.min(answerTokens, Math.ceil(nCtx / 2));
  const begun = prompts.flatMap((prompt) => {
    const ids = encoded(tokenizer, prompt);
    return ids && ids.length + room <= nCtx ? [ids] : [];
  });
  // A model that is asked nothing begins a text.
  if (begun.length === 0) begun.push([tokenizer.eosId]);
  const random = new Random(1);
  const answers: { ids: number[]; tokens: number[]; chances: Float32Array[] }[] = [];

  const decoded = async (bits: WeightBits, read: (decoder: Decoder) => Promise<void>) => {
    const { weights } = await languageModel(dir);
    const decoder = await Decoder.load(config, weights, { bits, release: true });
    try {
      await read(decoder);
    } finally {
      await decoder.dispose();
    }
  };
  await decoded(32, async (decoder) => {
    let left = Math.floor(mostNumbers / V);
    for (const ids of begun) {
      const length = Math.min(room, left);
      if (length === 0) return;
      left -= length;
      const { first, decoding } = await decoder.readPrompt(ids, 1, 1);
      const [tokens, chances] = [[] as number[], [first.slice()]];
      while (chances.length < length) {
        tokens.push(sample(chances.at(-1)!, random.next(), { topP: 1 }));
        chances.push((await decoder.step(decoding, [tokens.at(-1)!]))[0]!.slice());
      }
      answers.push({ ids, tokens, chances });
    }
  });

  const costOf = async (bits: 8 | 4): Promise<number> => {
    let [nats, count] = [0, 0];
    await decoded(bits, async (decoder) => {
      for (const { ids, tokens, chances } of answers) {
        const { first, decoding } = await decoder.readPrompt(ids, 1, 1);
        nats += divergence(chances[0]!, first);
        for (const [i, token] of tokens.entries())
          nats += divergence(chances[i + 1]!, (await decoder.step(decoding, [token]))[0]!);
        count += chances.length;
      }
    });
    return nats / count;
  };
  return { 8: await costOf(8), 4: await costOf(4) };
}

/** null where the model's template does not take the prompt. */
function encoded(tokenizer: Tokenizer, prompt: PromptContent): number[] | null {
  try {
    return tokenizer.encodePrompt(prompt);
  } catch (error) {
    if (error instanceof PromptError) return null;
    throw error;
  }
}

/** KL(p ‖ q) of two distributions, nats. */
function divergence(p: Float32Array, q: Float32Array): number {
  let nats = 0;
  for (let id = 0; id < p.length; id++) {
    // What both round to 0 adds nothing; what only q does would be infinite.
    if (p[id]! > 0) nats += p[id]! * Math.log(p[id]! / Math.max(q[id]!, 1e-30));
  }
  return nats;
}
