// What tells one family of GPTs from another: how its config.json and its tensors are written. The pieces that several
// of them share are here, too.
import * as z from "zod";
import type { Activation, Architecture } from "../architecture.ts";
import type { Rotary } from "../rope.ts";

/** What a family's config.json says of the body. */
export type Body = Omit<Architecture, "modelType" | "tieWordEmbeddings" | "bosTokenId" | "eosTokenIds" | "padTokenId">;

export interface Family {
  /** Hugging Face's classes: what `architectures` in config.json calls a model with this head. */
  classes: { lm: string; reward: string };
  /** What every name in a file begins with, but for those of heads; files without it are read, too. */
  prefix: string;
  /** Names of modules, to which ".weight" and ".bias" are added; those of a layer follow `layers`.n. */
  names: {
    tokens: string;
    positions?: string;
    layers: string;
    attentionNorm: string;
    /** One matrix for queries, keys and values, or three. */
    qkv: string | readonly [q: string, k: string, v: string];
    queryKeyNorms?: readonly [q: string, k: string];
    out: string;
    mlpNorm: string;
    gate?: string;
    up: string;
    down: string;
    finalNorm?: string;
    output: string;
  };
  /** Matrices are [in, out], as Hugging Face's Conv1D has them, or [out, in], as PyTorch's Linear. */
  stored: "in-out" | "out-in";
  /** The one matrix makes q, k and v of the first head, then of the second, … */
  qkvByHead?: boolean;
  /** What is stored with the parameters and is none, such as masks: left unread, whatever its type. */
  buffers?: RegExp;
  /** The output projection is the embedding where config.json does not say. */
  tiedUnlessSaid: boolean;
  /** config.json's keys → the body. */
  config: z.ZodType<Body>;
  /** The body → config.json's keys. */
  format: (architecture: Architecture) => Record<string, unknown>;
}

/** Limits before work: far beyond every model there is, and nothing that follows from them takes long to count. */
const upTo = (most: number) => z.int().positive().max(most);
export const vocabulary = upTo(2 ** 22);
export const context = upTo(2 ** 24);
export const width = upTo(2 ** 17);
/** Of layers, or of heads. */
export const count = upTo(1024);
export const epsilon = z.number().positive();

const activations = {
  gelu_new: "gelu_new",
  gelu_fast: "gelu_new",
  gelu_pytorch_tanh: "gelu_new",
  gelu: "gelu",
  silu: "silu",
  swish: "silu",
} satisfies Record<string, Activation>;

/** By any of the names that transformers knows. */
export const activation = z
  .enum(Object.keys(activations) as [keyof typeof activations])
  .transform((name): Activation => activations[name]);

/** So many layers alike. */
export const alike = <T>(nLayer: number, layer: T): T[] => Array.from({ length: nLayer }, () => layer);

const ropeScaling = z.discriminatedUnion(
  "rope_type",
  [
    z.looseObject({ rope_type: z.literal("default") }),
    z.looseObject({ rope_type: z.literal("linear"), factor: z.number().positive() }),
    z.looseObject({
      rope_type: z.literal("llama3"),
      factor: z.number().positive(),
      low_freq_factor: z.number().positive(),
      high_freq_factor: z.number().positive(),
      original_max_position_embeddings: context,
    }),
    // In words, because older files call the key otherwise.
  ],
  'The type of rope scaling should be "default", "linear" or "llama3".',
);

/** Older files say `type`, and nothing of the default. */
const withType = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  const { type = "default", ...rest } = value as Record<string, unknown>;
  return { rope_type: type, ...rest };
};

const theta = z.number().positive();
const share = z.number().positive().max(1);

/** The keys of rotary positions: `rope_theta` and `rope_scaling` up to transformers 4, `rope_parameters` from 5 on. */
export const ropeFields = {
  rope_theta: theta.optional(),
  rope_scaling: z.preprocess(withType, ropeScaling).nullish(),
  rope_parameters: z
    .preprocess(
      withType,
      ropeScaling.and(z.looseObject({ rope_theta: theta.optional(), partial_rotary_factor: share.optional() })),
    )
    .nullish(),
  partial_rotary_factor: share.optional(),
};

export function rotaryOf(
  keys: z.output<z.ZodObject<typeof ropeFields>>,
  unlessSaid: { theta: number; share: number } = { theta: 10_000, share: 1 },
): Rotary {
  const { rope_parameters: now, rope_scaling: before } = keys;
  const scaling = now ?? before ?? { rope_type: "default" };
  return {
    theta: now?.rope_theta ?? keys.rope_theta ?? unlessSaid.theta,
    share: now?.partial_rotary_factor ?? keys.partial_rotary_factor ?? unlessSaid.share,
    ...(scaling.rope_type === "linear" ? { scaling: { type: "linear", factor: scaling.factor as number } } : {}),
    ...(scaling.rope_type === "llama3"
      ? {
          scaling: {
            type: "llama3",
            factor: scaling.factor as number,
            low: scaling.low_freq_factor as number,
            high: scaling.high_freq_factor as number,
            context: scaling.original_max_position_embeddings as number,
          },
        }
      : {}),
  };
}

/** Both ways of writing it, so that transformers 4 and 5 read the same. */
export function ropeKeys({ theta, share, scaling }: Rotary): Record<string, unknown> {
  const type =
    scaling === undefined
      ? { rope_type: "default" }
      : scaling.type === "linear"
        ? { rope_type: "linear", factor: scaling.factor }
        : {
            rope_type: "llama3",
            factor: scaling.factor,
            low_freq_factor: scaling.low,
            high_freq_factor: scaling.high,
            original_max_position_embeddings: scaling.context,
          };
  const partial = share === 1 ? {} : { partial_rotary_factor: share };
  return {
    rope_theta: theta,
    ...partial,
    rope_scaling: scaling === undefined ? null : type,
    rope_parameters: { rope_theta: theta, ...partial, ...type },
  };
}
