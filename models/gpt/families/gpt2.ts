// GPT-2 (Radford et al. 2019): pre-LN, learned positions, one matrix for queries, keys and values.
import * as z from "zod";
import type { Architecture } from "../architecture.ts";
import { activation, type Body, context, count, epsilon, type Family, vocabulary, width } from "./family.ts";

const config = z
  .looseObject({
    vocab_size: vocabulary,
    n_positions: context,
    n_embd: width,
    n_layer: count,
    n_head: count,
    n_inner: width.nullish(),
    layer_norm_epsilon: epsilon.default(1e-5),
    activation_function: activation.default("gelu_new"),
    scale_attn_weights: z.boolean().default(true),
    scale_attn_by_inverse_layer_idx: z.boolean().default(false),
    add_cross_attention: z.literal(false).optional(),
  })
  .refine((c) => c.n_embd % c.n_head === 0, "n_embd is not a multiple of n_head")
  .transform((c): Body => {
    const scale = c.scale_attn_weights ? 1 / Math.sqrt(c.n_embd / c.n_head) : 1;
    return {
      vocabSize: c.vocab_size,
      nCtx: c.n_positions,
      nEmbd: c.n_embd,
      nLayer: c.n_layer,
      nHead: c.n_head,
      nKvHead: c.n_head,
      headSize: c.n_embd / c.n_head,
      nInner: c.n_inner ?? 4 * c.n_embd,
      norm: "layer",
      normEpsilon: c.layer_norm_epsilon,
      residual: "pre",
      activation: c.activation_function,
      gated: false,
      biases: { qkv: true, out: true, mlp: true },
      queryKeyNorm: false,
      layers: Array.from({ length: c.n_layer }, (_, layer) => ({
        scale: c.scale_attn_by_inverse_layer_idx ? scale / (layer + 1) : scale,
      })),
    };
  });

export const gpt2Family: Family = {
  classes: { lm: "GPT2LMHeadModel", reward: "GPT2ForSequenceClassification" },
  prefix: "transformer.",
  names: {
    tokens: "wte",
    positions: "wpe",
    layers: "h",
    attentionNorm: "ln_1",
    qkv: "attn.c_attn",
    out: "attn.c_proj",
    mlpNorm: "ln_2",
    up: "mlp.c_fc",
    down: "mlp.c_proj",
    finalNorm: "ln_f",
    output: "lm_head",
  },
  stored: "in-out",
  // The causal mask, which older versions of transformers stored with every layer.
  buffers: /^h\.\d+\.attn\.(bias|masked_bias)$/,
  tiedUnlessSaid: true,
  config,
  format: ({ nCtx, nEmbd, nLayer, nHead, nInner, normEpsilon, activation, headSize, layers }) => ({
    n_positions: nCtx,
    n_embd: nEmbd,
    n_layer: nLayer,
    n_head: nHead,
    n_inner: nInner === 4 * nEmbd ? null : nInner,
    layer_norm_epsilon: normEpsilon,
    activation_function: activation,
    scale_attn_weights: Math.abs(layers[0]!.scale * Math.sqrt(headSize) - 1) < 1e-6,
    scale_attn_by_inverse_layer_idx: nLayer > 1 && layers[1]!.scale < layers[0]!.scale,
  }),
};

export interface Gpt2Sizes {
  vocabSize: number;
  nCtx: number;
  nEmbd: number;
  nLayer: number;
  nHead: number;
  eosTokenId: number;
  tieWordEmbeddings?: boolean;
  activation?: Architecture["activation"];
}

/** A GPT-2 of these sizes, and else as it was. */
export function gpt2({ vocabSize, nCtx, nEmbd, nLayer, nHead, eosTokenId, ...rest }: Gpt2Sizes): Architecture {
  const body = config.parse({
    vocab_size: vocabSize,
    n_positions: nCtx,
    n_embd: nEmbd,
    n_layer: nLayer,
    n_head: nHead,
  });
  const tokens = { bosTokenId: eosTokenId, eosTokenIds: [eosTokenId] };
  return { modelType: "gpt2", ...body, tieWordEmbeddings: true, ...tokens, ...rest };
}
