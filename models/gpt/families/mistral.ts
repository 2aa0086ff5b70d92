// Mistral (Jiang et al. 2023): Llama whose tokens see the last `sliding_window` only.
import * as z from "zod";
import { alike, context } from "./family.ts";
import { likeLlama, llamaBody, llamaFields, llamaKeys } from "./llama.ts";

export const mistral = likeLlama("Mistral", {
  config: z
    .looseObject({
      ...llamaFields,
      sliding_window: context.nullish(),
      layer_types: z.never("Windows named layer by layer in layer_types are not read of a Mistral.").optional(),
    })
    .transform((c, issues) => {
      const body = llamaBody(c, issues);
      const { scale } = body.layers[0]!;
      // transformers' own default where the file says nothing.
      const window = c.sliding_window === undefined ? 4096 : c.sliding_window;
      return { ...body, layers: alike(body.nLayer, { scale, ...(window === null ? {} : { window }) }) };
    }),
  format: (a) => ({ ...llamaKeys(a), sliding_window: a.layers[0]!.window ?? null }),
});
