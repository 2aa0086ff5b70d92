// GPT-3's architecture as GPT-Neo has it (Black et al. 2021; Brown et al. 2020, §2.1): GPT-2 with layers that alternate
// between all tokens and the last few, products of queries and keys as they are, and no bias on queries, keys and values.
import * as z from "zod";
import { activation, type Body, context, count, epsilon, type Family, vocabulary, width } from "./family.ts";
import { gpt2Family } from "./gpt2.ts";

const kind = z.enum(["global", "local"]);

export const gptNeo: Family = {
  classes: { lm: "GPTNeoForCausalLM", reward: "GPTNeoForSequenceClassification" },
  prefix: "transformer.",
  names: {
    ...gpt2Family.names,
    qkv: ["attn.attention.q_proj", "attn.attention.k_proj", "attn.attention.v_proj"],
    out: "attn.attention.out_proj",
  },
  stored: "out-in",
  buffers: /^h\.\d+\.attn\.attention\.(bias|masked_bias)$/,
  tiedUnlessSaid: true,
  config: z
    .looseObject({
      vocab_size: vocabulary,
      max_position_embeddings: context,
      hidden_size: width,
      num_layers: count,
      num_heads: count,
      intermediate_size: width.nullish(),
      window_size: context.default(256),
      // [[["global", "local"], 2]]: these kinds in turn, so many times.
      attention_types: z.array(z.tuple([z.array(kind).max(1024), count])),
      layer_norm_epsilon: epsilon.default(1e-5),
      activation_function: activation.default("gelu_new"),
    })
    .refine((c) => c.hidden_size % c.num_heads === 0, "hidden_size is not a multiple of num_heads")
    .transform((c, issues): Body => {
      const kinds = c.attention_types.flatMap(([list, times]) => Array<typeof list>(times).fill(list).flat());
      if (kinds.length !== c.num_layers) {
        issues.addIssue({ code: "custom", path: ["attention_types"], message: `names ${kinds.length} layers` });
      }
      return {
        vocabSize: c.vocab_size,
        nCtx: c.max_position_embeddings,
        nEmbd: c.hidden_size,
        nLayer: c.num_layers,
        nHead: c.num_heads,
        nKvHead: c.num_heads,
        headSize: c.hidden_size / c.num_heads,
        nInner: c.intermediate_size ?? 4 * c.hidden_size,
        norm: "layer",
        normEpsilon: c.layer_norm_epsilon,
        residual: "pre",
        activation: c.activation_function,
        gated: false,
        biases: { qkv: false, out: true, mlp: true },
        queryKeyNorm: false,
        layers: kinds.map((one) => ({ scale: 1, ...(one === "local" ? { window: c.window_size } : {}) })),
      };
    }),
  format: ({ nCtx, nEmbd, nLayer, nHead, nInner, normEpsilon, activation, layers }) => ({
    max_position_embeddings: nCtx,
    hidden_size: nEmbd,
    num_layers: nLayer,
    num_heads: nHead,
    intermediate_size: nInner === 4 * nEmbd ? null : nInner,
    window_size: layers.find(({ window }) => window !== undefined)?.window ?? 256,
    attention_types: [[layers.map(({ window }) => (window === undefined ? "global" : "local")), 1]],
    attention_layers: layers.map(({ window }) => (window === undefined ? "global" : "local")),
    layer_norm_epsilon: normEpsilon,
    activation_function: activation,
  }),
};
