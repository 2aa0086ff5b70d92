// GPT-1 (Radford et al. 2018): GPT-2 with its norms after each sum, and none after the last layer.
import * as z from "zod";
import { activation, alike, type Body, context, count, epsilon, type Family, vocabulary, width } from "./family.ts";
import { gpt2Family } from "./gpt2.ts";

const { positions: _, finalNorm: __, ...names } = gpt2Family.names;

export const openAiGpt: Family = {
  classes: { lm: "OpenAIGPTLMHeadModel", reward: "OpenAIGPTForSequenceClassification" },
  prefix: "transformer.",
  names: { ...names, tokens: "tokens_embed", positions: "positions_embed" },
  stored: "in-out",
  buffers: /^(h\.\d+\.attn\.bias|position_ids)$/,
  tiedUnlessSaid: true,
  config: z
    .looseObject({
      vocab_size: vocabulary,
      n_positions: context,
      n_embd: width,
      n_layer: count,
      n_head: count,
      layer_norm_epsilon: epsilon.default(1e-5),
      afn: activation.default("gelu_new"),
    })
    .refine((c) => c.n_embd % c.n_head === 0, "n_embd is not a multiple of n_head")
    .transform(
      (c): Body => ({
        vocabSize: c.vocab_size,
        nCtx: c.n_positions,
        nEmbd: c.n_embd,
        nLayer: c.n_layer,
        nHead: c.n_head,
        nKvHead: c.n_head,
        headSize: c.n_embd / c.n_head,
        nInner: 4 * c.n_embd,
        norm: "layer",
        normEpsilon: c.layer_norm_epsilon,
        residual: "post",
        // What this family calls "gelu" is the tanh form.
        activation: c.afn === "gelu" ? "gelu_new" : c.afn,
        gated: false,
        biases: { qkv: true, out: true, mlp: true },
        queryKeyNorm: false,
        layers: alike(c.n_layer, { scale: 1 / Math.sqrt(c.n_embd / c.n_head) }),
      }),
    ),
  format: ({ nCtx, nEmbd, nLayer, nHead, normEpsilon, activation }) => ({
    n_positions: nCtx,
    n_embd: nEmbd,
    n_layer: nLayer,
    n_head: nHead,
    layer_norm_epsilon: normEpsilon,
    afn: activation === "gelu_new" ? "gelu" : activation,
  }),
};
