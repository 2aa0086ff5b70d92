// Llama (Touvron et al. 2023; Grattafiori et al. 2024): RMSNorm, rotary positions, a gated MLP, grouped-query attention.
// Mistral and Qwen are Llama but for a few keys, see `likeLlama`.
import * as z from "zod";
import type { Architecture } from "../architecture.ts";
import {
  activation,
  alike,
  type Body,
  context,
  count,
  epsilon,
  type Family,
  ropeFields,
  ropeKeys,
  rotaryOf,
  vocabulary,
  width,
} from "./family.ts";

/** The keys that Llama and its descendants share. */
export const llamaFields = {
  vocab_size: vocabulary,
  max_position_embeddings: context,
  hidden_size: width,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: width.nullish(),
  intermediate_size: width,
  rms_norm_eps: epsilon.default(1e-6),
  hidden_act: activation.default("silu"),
  ...ropeFields,
};

/** The body that those keys describe. */
export function llamaBody(c: z.output<z.ZodObject<typeof llamaFields>>, issues: z.core.$RefinementCtx): Body {
  const refuse = (key: string, message: string) => issues.addIssue({ code: "custom", path: [key], message });
  const heads = c.num_attention_heads;
  const nKvHead = c.num_key_value_heads ?? heads;
  const headSize = c.head_dim ?? c.hidden_size / heads;
  if (heads % nKvHead !== 0) refuse("num_key_value_heads", `${heads} heads of queries are not a multiple of it`);
  if (!Number.isInteger(headSize)) refuse("num_attention_heads", "hidden_size is not a multiple of it");
  if (headSize % 2 === 1) refuse("head_dim", "rotary positions need an even one");
  return {
    vocabSize: c.vocab_size,
    nCtx: c.max_position_embeddings,
    nEmbd: c.hidden_size,
    nLayer: c.num_hidden_layers,
    nHead: heads,
    nKvHead,
    headSize,
    nInner: c.intermediate_size,
    norm: "rms",
    normEpsilon: c.rms_norm_eps,
    residual: "pre",
    activation: c.hidden_act,
    gated: true,
    rotary: rotaryOf(c),
    biases: { qkv: false, out: false, mlp: false },
    queryKeyNorm: false,
    layers: alike(c.num_hidden_layers, { scale: 1 / Math.sqrt(headSize) }),
  };
}

/** The other way. */
export const llamaKeys = (a: Architecture): Record<string, unknown> => ({
  max_position_embeddings: a.nCtx,
  hidden_size: a.nEmbd,
  num_hidden_layers: a.nLayer,
  num_attention_heads: a.nHead,
  num_key_value_heads: a.nKvHead,
  head_dim: a.headSize,
  intermediate_size: a.nInner,
  rms_norm_eps: a.normEpsilon,
  hidden_act: a.activation,
  ...ropeKeys(a.rotary!),
});

/** A family whose tensors are named as Llama's. @param name of its classes, such as "Mistral". */
export const likeLlama = (name: string, { config, format }: Pick<Family, "config" | "format">): Family => ({
  classes: { lm: `${name}ForCausalLM`, reward: `${name}ForSequenceClassification` },
  prefix: "model.",
  names: {
    tokens: "embed_tokens",
    layers: "layers",
    attentionNorm: "input_layernorm",
    qkv: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
    queryKeyNorms: ["self_attn.q_norm", "self_attn.k_norm"],
    out: "self_attn.o_proj",
    mlpNorm: "post_attention_layernorm",
    gate: "mlp.gate_proj",
    up: "mlp.up_proj",
    down: "mlp.down_proj",
    finalNorm: "norm",
    output: "lm_head",
  },
  stored: "out-in",
  buffers: /^(layers\.\d+\.self_attn\.)?rotary_emb\.inv_freq$/,
  tiedUnlessSaid: false,
  config,
  format,
});

export const llama = likeLlama("Llama", {
  config: z
    .looseObject({ ...llamaFields, attention_bias: z.boolean().default(false), mlp_bias: z.boolean().default(false) })
    .transform((c, issues) => ({
      ...llamaBody(c, issues),
      biases: { qkv: c.attention_bias, out: c.attention_bias, mlp: c.mlp_bias },
    })),
  format: (a) => ({ ...llamaKeys(a), attention_bias: a.biases.qkv, mlp_bias: a.biases.mlp }),
});
