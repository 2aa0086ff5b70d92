// LoRA adapters (Hu et al. 2021) as PEFT writes them, merged into the weights they were trained for: W + (alpha / r) · B·A.
import * as z from "zod";
import { type Architecture, familyOf } from "./architecture.ts";
import type { Weights } from "./checkpoint.ts";
import { mustBeRead, SafetensorsError } from "./safetensors.ts";
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

/** What an adapter does to one tensor of its model: adds scale · B·A to it, or takes its place. */
type Change = { target: string } & ({ a: string; b: string; scale: number } | { whole: string });

/** An adapter that fits its model. */
export interface Adapter {
  tensors: ReadonlyMap<string, StoredTensor>;
  changes: Change[];
}

/**
 * What an adapter changes of a model, from its config and the headers of both; tensors that it holds whole
 * (`modules_to_save`) take the place of the model's.
 * @throws SafetensorsError naming the key or the tensor that cannot be merged.
 */
export async function readAdapter(
  architecture: Architecture,
  model: ReadonlyMap<string, { shape: readonly number[] }>,
  { config: file, tensors }: { config: string; tensors: ReadonlyMap<string, StoredTensor> },
): Promise<Adapter> {
  const { lora_alpha, use_rslora, alpha_pattern } = await readJson(file, adapterKeys, "no adapter that can be merged");
  const { prefix, stored } = familyOf(architecture);
  const changes: Change[] = [];
  for (const [name, { shape, file }] of tensors) {
    const fail = (why: string): never => {
      throw new SafetensorsError(`${file}: ${name} ${why}.`);
    };
    mustBeRead(file, name, tensors.get(name)!);
    const own = name.replace(/^base_model\.model\./, "");
    const plain = own.startsWith(prefix) ? own.slice(prefix.length) : own;
    const [, module, part] = plain.match(/^(.*)\.lora_(A|B)(?:\.default)?\.weight$/) ?? [];
    const target = module === undefined ? plain : `${module}.weight`;
    const { shape: its } = model.get(target) ?? fail("belongs to no tensor of the model");
    if (module === undefined) {
      if (shape.join() !== its.join()) fail(`is [${shape}], but the model's is [${its}]`);
      changes.push({ target, whole: name });
    }
    if (module === undefined || part === "B") continue;
    const b = name.replace("lora_A", "lora_B");
    const other = tensors.get(b) ?? fail("has no lora_B beside it");
    // A is [r, in], B [out, r].
    const [r, into] = shape as [number, number];
    const [out, rank] = other.shape as [number, number];
    const [rows, columns] = stored === "in-out" ? [into, out] : [out, into];
    if (rank !== r || its[0] !== rows || its[1] !== columns) fail("does not fit the model's");
    const pattern = Object.keys(alpha_pattern).find((key) => `.${prefix}${module}`.endsWith(`.${key}`));
    const alpha = pattern === undefined ? lora_alpha : alpha_pattern[pattern]!;
    changes.push({ target, a: name, b, scale: alpha / (use_rslora ? Math.sqrt(r) : r) });
  }
  return { tensors, changes };
}

/** Change `weights` as the adapter says. @throws SafetensorsError where its numbers cannot be read */
export async function mergeAdapter(
  architecture: Architecture,
  weights: Weights,
  { tensors, changes }: Adapter,
): Promise<void> {
  const { stored } = familyOf(architecture);
  const read = await readStored(tensors);
  for (const { target, ...change } of changes) {
    if ("whole" in change) {
      weights.set(target, read.get(change.whole)!);
      continue;
    }
    const [a, b] = [read.get(change.a)!, read.get(change.b)!];
    const [r, into] = a.shape as [number, number];
    const out = b.shape[0]!;
    const { shape, data } = weights.get(target)!;
    const merged = data.slice();
    for (let o = 0; o < out; o++) {
      for (let i = 0; i < into; i++) {
        let sum = 0;
        for (let k = 0; k < r; k++) sum += b.data[o * r + k]! * a.data[k * into + i]!;
        merged[stored === "in-out" ? i * out + o : o * into + i]! += change.scale * sum;
      }
    }
    weights.set(target, { shape, data: merged });
  }
}
