// Qwen3 (Yang et al. 2025): Llama with an RMSNorm on each head of queries and keys.
import * as z from "zod";
import { likeLlama, llamaBody, llamaFields, llamaKeys } from "./llama.ts";
import { windowFields, windowKeys, withWindows } from "./qwen2.ts";

export const qwen3 = likeLlama("Qwen3", {
  config: z
    .looseObject({ ...llamaFields, ...windowFields, attention_bias: z.boolean().default(false) })
    .transform((c, issues) => ({
      // Its heads are 128 wide where the file does not say, whatever the model's width.
      ...withWindows(llamaBody({ ...c, head_dim: c.head_dim ?? 128 }, issues), c),
      biases: { qkv: c.attention_bias, out: c.attention_bias, mlp: false },
      queryKeyNorm: true,
    })),
  format: (a) => ({ ...llamaKeys(a), ...windowKeys(a), attention_bias: a.biases.qkv }),
});
