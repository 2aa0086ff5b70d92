// LoRA adapters (Hu et al. 2021) as PEFT writes them, merged into the weights they were trained for: W + (alpha / r) · B·A.
import * as z from "zod";
import { type Architecture, familyOf } from "./architecture.ts";
import type { Weights } from "./checkpoint.ts";
import { SafetensorsError } from "./safetensors.ts";
import { readJson, readStored, type StoredTensor } from "./stored.ts";

const no = z.literal(false).optional();
const adapterKeys = z.looseObject({
  peft_type: z.literal("LORA"),
  lora_alpha: z.number(),
  use_rslora: z.boolean().default(false),
  // PEFT takes regular expressions, too.
  alpha_pattern: z
    .record(z.string(), z.number())
    .refine((pattern) => Object.keys(pattern).every((key) => /^[\w.]+$/.test(key)), "only names of modules are read")
    .default({}),
  // Other sums, or other layers, than the one above.
  use_dora: no,
  lora_bias: no,
  use_qalora: no,
  use_bdlora: z.null().optional(),
  layer_replication: z.null().optional(),
  trainable_token_indices: z.null().optional(),
});

/**
 * Change `weights` as the adapter says; tensors that it holds whole (`modules_to_save`) take the place of the model's.
 * @throws SafetensorsError naming the key or the tensor that cannot be merged.
 */
export async function mergeAdapter(
  architecture: Architecture,
  weights: Weights,
  { config: file, tensors }: { config: string; tensors: ReadonlyMap<string, StoredTensor> },
): Promise<void> {
  const { lora_alpha, use_rslora, alpha_pattern } = await readJson(file, adapterKeys, "no adapter that can be merged");
  const { prefix, stored } = familyOf(architecture);
  const read = await readStored(tensors);
  for (const [name, { shape, data }] of read) {
    const fail = (why: string): never => {
      throw new SafetensorsError(`${tensors.get(name)!.file}: ${name} ${why}.`);
    };
    const own = name.replace(/^base_model\.model\./, "");
    const plain = own.startsWith(prefix) ? own.slice(prefix.length) : own;
    const [, module, part] = plain.match(/^(.*)\.lora_(A|B)(?:\.default)?\.weight$/) ?? [];
    const target = weights.get(module === undefined ? plain : `${module}.weight`);
    if (!target) return fail("belongs to no tensor of the model");
    if (module === undefined) {
      if (shape.join() !== target.shape.join()) fail(`is [${shape}], but the model's is [${target.shape}]`);
      weights.set(plain, { shape, data });
    }
    if (module === undefined || part === "B") continue;
    const other = read.get(name.replace("lora_A", "lora_B")) ?? fail("has no lora_B beside it");
    const [r, into] = shape as [number, number];
    const [out, rank] = other.shape as [number, number];
    const [rows, columns] = stored === "in-out" ? [into, out] : [out, into];
    if (rank !== r || target.shape[0] !== rows || target.shape[1] !== columns) fail("does not fit the model's");
    const pattern = Object.keys(alpha_pattern).find((key) => `.${prefix}${module}`.endsWith(`.${key}`));
    const alpha = pattern === undefined ? lora_alpha : alpha_pattern[pattern]!;
    const scale = alpha / (use_rslora ? Math.sqrt(r) : r);
    // A is [r, in], B [out, r].
    const merged = target.data.slice();
    for (let o = 0; o < out; o++) {
      for (let i = 0; i < into; i++) {
        let sum = 0;
        for (let k = 0; k < r; k++) sum += other.data[o * r + k]! * data[k * into + i]!;
        merged[stored === "in-out" ? i * out + o : o * into + i]! += scale * sum;
      }
    }
    weights.set(`${module}.weight`, { shape: target.shape, data: merged });
  }
}
