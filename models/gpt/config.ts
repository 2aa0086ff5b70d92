// The shape of a GPT: Hugging Face's config.json (model_type gpt2) read into the fields this project uses,
// and the names and shapes of the parameters that follow from it.
import * as z from "zod";

export interface GptConfig {
  vocabSize: number;
  /** Positions: tokens of prompt and answer together. */
  nCtx: number;
  /** Width C of the residual stream. */
  nEmbd: number;
  nLayer: number;
  nHead: number;
  layerNormEpsilon: number;
  /** "gelu_new" is GPT-2's tanh form. */
  activation: "gelu_new" | "gelu";
  /** The output projection is the embedding itself, as in GPT-2. */
  tieWordEmbeddings: boolean;
  eosTokenId: number;
  /**
   * Of a reward model: its head reads, beside the state at the last token, how likely the answer is to the model itself:
   * Σ log p of its tokens by this power of their number. Absent: it does not, as InstructGPT's.
   */
  likelihoodPower?: number;
}

export class GptConfigError extends Error {
  override name = "GptConfigError";
}

/** Limits before work: far beyond every model there is, and nothing that follows from them takes long to count. */
const upTo = (most: number) => z.int().positive().max(most);
const file = z
  .looseObject({
    model_type: z.literal("gpt2"),
    vocab_size: upTo(2 ** 22),
    n_positions: upTo(2 ** 24),
    n_embd: upTo(2 ** 17),
    n_layer: upTo(1_024),
    n_head: upTo(1_024),
    layer_norm_epsilon: z.number().positive().default(1e-5),
    activation_function: z.enum(["gelu_new", "gelu"]).default("gelu_new"),
    tie_word_embeddings: z.boolean().default(true),
    eos_token_id: z.int().min(0),
    rankloop_likelihood_power: z.number().min(0).max(1).optional(),
    // Variants of attention that change the numbers and no shape: refused rather than computed wrongly.
    scale_attn_weights: z.literal(true).optional(),
    scale_attn_by_inverse_layer_idx: z.literal(false).optional(),
  })
  .refine((c) => c.n_embd % c.n_head === 0, "n_embd is not a multiple of n_head")
  .refine((c) => c.eos_token_id < c.vocab_size, "eos_token_id is outside the vocabulary");

/** Read config.json's content. @throws GptConfigError naming `where` and the field. */
export function parseGptConfig(json: unknown, where: string): GptConfig {
  const result = file.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    const field = issue?.path.join(".");
    throw new GptConfigError(`${where}: ${field ? `${field}: ` : ""}${issue?.message ?? "not a GPT-2 config"}`);
  }
  const c = result.data;
  return {
    vocabSize: c.vocab_size,
    nCtx: c.n_positions,
    nEmbd: c.n_embd,
    nLayer: c.n_layer,
    nHead: c.n_head,
    layerNormEpsilon: c.layer_norm_epsilon,
    activation: c.activation_function,
    tieWordEmbeddings: c.tie_word_embeddings,
    eosTokenId: c.eos_token_id,
    ...(c.rankloop_likelihood_power === undefined ? {} : { likelihoodPower: c.rankloop_likelihood_power }),
  };
}

/**
 * The other way: what goes into config.json, for a language model or a reward model (one label). A reward model that reads
 * the likelihood is for this project only: its head is wider than transformers expects.
 */
export function formatGptConfig(config: GptConfig, kind: "lm" | "reward"): Record<string, unknown> {
  return {
    model_type: "gpt2",
    architectures: [kind === "lm" ? "GPT2LMHeadModel" : "GPT2ForSequenceClassification"],
    vocab_size: config.vocabSize,
    n_positions: config.nCtx,
    n_embd: config.nEmbd,
    n_layer: config.nLayer,
    n_head: config.nHead,
    layer_norm_epsilon: config.layerNormEpsilon,
    activation_function: config.activation,
    tie_word_embeddings: config.tieWordEmbeddings,
    bos_token_id: config.eosTokenId,
    eos_token_id: config.eosTokenId,
    ...(kind === "reward" ? { num_labels: 1, pad_token_id: config.eosTokenId } : {}),
    ...(config.likelihoodPower === undefined ? {} : { rankloop_likelihood_power: config.likelihoodPower }),
  };
}

/** How many numbers a reward head reads of an answer. */
export const scoreWidth = ({ nEmbd, likelihoodPower }: GptConfig): number =>
  nEmbd + (likelihoodPower === undefined ? 0 : 1);

/**
 * Every parameter by its Hugging Face name (no "transformer." prefix) with its shape. Projections are stored
 * [in, out], as Hugging Face's Conv1D does. A reward model has `score.weight` [1, `scoreWidth`], and an output projection
 * only where it reads the likelihood.
 */
export function parameterShapes(config: GptConfig, kind: "lm" | "reward"): Map<string, number[]> {
  const { vocabSize: V, nCtx: T, nEmbd: C, nLayer } = config;
  const shapes = new Map<string, number[]>([
    ["wte.weight", [V, C]],
    ["wpe.weight", [T, C]],
  ]);
  for (let layer = 0; layer < nLayer; layer++) {
    const block: Record<string, number[]> = {
      "ln_1.weight": [C],
      "ln_1.bias": [C],
      "attn.c_attn.weight": [C, 3 * C],
      "attn.c_attn.bias": [3 * C],
      "attn.c_proj.weight": [C, C],
      "attn.c_proj.bias": [C],
      "ln_2.weight": [C],
      "ln_2.bias": [C],
      "mlp.c_fc.weight": [C, 4 * C],
      "mlp.c_fc.bias": [4 * C],
      "mlp.c_proj.weight": [4 * C, C],
      "mlp.c_proj.bias": [C],
    };
    for (const [name, shape] of Object.entries(block)) shapes.set(`h.${layer}.${name}`, shape);
  }
  shapes.set("ln_f.weight", [C]);
  shapes.set("ln_f.bias", [C]);
  if (kind === "reward") {
    shapes.set("score.weight", [1, scoreWidth(config)]);
    shapes.set("score.bias", [1]);
  }
  if (!config.tieWordEmbeddings && (kind === "lm" || config.likelihoodPower !== undefined))
    shapes.set("lm_head.weight", [V, C]);
  return shapes;
}
