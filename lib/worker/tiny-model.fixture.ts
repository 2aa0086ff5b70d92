// For tests: a GPT with random weights, small enough to load and train in moments, in a real model directory.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trainBpe, writeTokenizer } from "../../models/gpt/bpe.ts";
import { writeModel } from "../../models/gpt/checkpoint.ts";
import { gpt2 } from "../../models/gpt/families/gpt2.ts";
import { initialRewardHead, initialWeights } from "../../models/gpt/init.ts";

const words = ["Otters eat fish and crabs.", "What do otters eat?", "They live by the river."];

/**
 * Writes it to `dir`; a reward model has the head that training starts from.
 * @param heads of the ensemble beside it, as they start
 */
export async function writeTinyModel(dir: string, kind: "lm" | "reward" = "lm", heads = 0): Promise<void> {
  const tokenizer = await mkdtemp(join(tmpdir(), "rankloop-tokenizer-"));
  try {
    const bpe = trainBpe(words, 270);
    await writeTokenizer(tokenizer, bpe, 128);
    const config = gpt2({
      vocabSize: 270,
      nCtx: 128,
      nEmbd: 16,
      nLayer: 1,
      nHead: 2,
      eosTokenId: 269,
    });
    const weights = initialWeights(config, 1);
    if (kind === "reward") for (const [name, head] of initialRewardHead(config.nEmbd, 1)) weights.set(name, head);
    const data = Array.from({ length: heads }, (_, m) => [
      ...initialRewardHead(config.nEmbd, m + 2).get("score.weight")!.data,
    ]);
    const ensemble = heads > 0 ? { shape: [heads, config.nEmbd], data: Float32Array.from(data.flat()) } : undefined;
    await writeModel(dir, { config, kind, weights, heads: ensemble, dtype: "F32", tokenizerFrom: tokenizer });
  } finally {
    await rm(tokenizer, { recursive: true, force: true });
  }
}
