// Qwen2 (Yang et al. 2024): Llama with biases on queries, keys and values, and on demand windows from some layer on.
import * as z from "zod";
import type { Architecture } from "../architecture.ts";
import { type Body, context } from "./family.ts";
import { likeLlama, llamaBody, llamaFields, llamaKeys } from "./llama.ts";

const layerType = z.enum(["full_attention", "sliding_attention"]);

export const windowFields = {
  use_sliding_window: z.boolean().default(false),
  sliding_window: context.nullish(),
  max_window_layers: z.int().min(0).default(28),
  layer_types: z.array(layerType).nullish(),
};

/** The layers' windows: named one by one, or those from `max_window_layers` on. */
export function withWindows(body: Body, c: z.output<z.ZodObject<typeof windowFields>>): Body {
  const window = c.use_sliding_window ? (c.sliding_window ?? 4096) : undefined;
  const slides = (layer: number) =>
    c.layer_types ? c.layer_types[layer] === "sliding_attention" : layer >= c.max_window_layers;
  return {
    ...body,
    layers: body.layers.map(({ scale }, layer) => ({
      scale,
      ...(window !== undefined && slides(layer) ? { window } : {}),
    })),
  };
}

/** The other way. */
export const windowKeys = ({ layers }: Architecture): Record<string, unknown> => {
  const window = layers.find((layer) => layer.window !== undefined)?.window;
  return {
    use_sliding_window: window !== undefined,
    sliding_window: window ?? null,
    layer_types: layers.map(
      (layer): z.output<typeof layerType> => (layer.window === undefined ? "full_attention" : "sliding_attention"),
    ),
  };
};

export const qwen2 = likeLlama("Qwen2", {
  config: z.looseObject({ ...llamaFields, ...windowFields }).transform((c, issues) => ({
    ...withWindows(llamaBody(c, issues), c),
    biases: { qkv: true, out: false, mlp: false },
  })),
  format: (a) => ({ ...llamaKeys(a), ...windowKeys(a) }),
});
