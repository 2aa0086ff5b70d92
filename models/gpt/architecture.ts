// What a GPT is made of, whatever its family: read from Hugging Face's config.json by `model_type`, and the names and
// shapes of the parameters that follow from it. What is particular about a family is one file in families/.
import * as z from "zod";
import { refusalOf } from "../../lib/vocabulary/refusal.ts";
import type { Family } from "./families/family.ts";
import { gptNeo } from "./families/gpt-neo.ts";
import { gptNeoX } from "./families/gpt-neox.ts";
import { gpt2Family } from "./families/gpt2.ts";
import { llama } from "./families/llama.ts";
import { mistral } from "./families/mistral.ts";
import { openAiGpt } from "./families/openai-gpt.ts";
import { qwen2 } from "./families/qwen2.ts";
import { qwen3 } from "./families/qwen3.ts";
import type { Head } from "./heads.ts";
import type { Rotary } from "./rope.ts";

/** Families by Hugging Face's `model_type`. */
const families = {
  "openai-gpt": openAiGpt,
  gpt2: gpt2Family,
  gpt_neo: gptNeo,
  gpt_neox: gptNeoX,
  llama,
  mistral,
  qwen2,
  qwen3,
} satisfies Record<string, Family>;

export type ModelType = keyof typeof families;

export const familyOf = ({ modelType }: Pick<Architecture, "modelType">): Family => families[modelType];

/** "gelu_new" is GPT-2's tanh form, "gelu" the one by the error function. */
export type Activation = "gelu_new" | "gelu" | "silu";

export interface Architecture {
  /** Whose names the parameters have, and how they are stored. */
  modelType: ModelType;
  vocabSize: number;
  /** Positions: tokens of prompt and answer together. */
  nCtx: number;
  /** Width C of the residual stream. */
  nEmbd: number;
  nLayer: number;
  /** Heads of queries, H. */
  nHead: number;
  /** Heads of keys and values: each serves H / nKvHead heads of queries (Ainslie et al. 2023). */
  nKvHead: number;
  /** Width D of a head. */
  headSize: number;
  /** Width of the MLP. */
  nInner: number;
  /** LayerNorm, with a bias, or RMSNorm (Zhang & Sennrich 2019), without. */
  norm: "layer" | "rms";
  normEpsilon: number;
  /**
   * "pre": x + f(norm(x)), and a norm after the last layer; "post": norm(x + f(x)), GPT-1; "parallel": attention and MLP
   * read norms of the same x, and both are added to it.
   */
  residual: "pre" | "post" | "parallel";
  activation: Activation;
  /** The MLP is down(activation(gate(x)) · up(x)), Shazeer 2020; else down(activation(up(x))). */
  gated: boolean;
  /** Queries and keys are turned by their positions (Su et al. 2021); absent: positions are learned and added. */
  rotary?: Rotary;
  /** Which projections have a bias. */
  biases: { qkv: boolean; out: boolean; mlp: boolean };
  /** Each head of queries and keys goes through an RMSNorm (Qwen3). */
  queryKeyNorm: boolean;
  /** What each layer multiplies q·k by, and how many tokens it sees, itself included; all of them without a window. */
  layers: readonly { scale: number; window?: number }[];
  /** The output projection is the embedding itself. */
  tieWordEmbeddings: boolean;
  /** The token that texts begin with, where there is one. */
  bosTokenId?: number;
  /** Tokens that end an answer, beside the tokenizer's own. */
  eosTokenIds: readonly number[];
  /** The token that other programs fill rows with, where there is one. */
  padTokenId?: number;
}

/** A config.json that cannot be run; the message is one sentence that names the file and the key. */
export class ArchitectureError extends Error {
  override name = "ArchitectureError";
}

const token = z.int().min(0);
const common = z.looseObject({
  model_type: z.string(),
  tie_word_embeddings: z.boolean().optional(),
  bos_token_id: token.nullish(),
  eos_token_id: z.union([token, z.array(token)]).nullish(),
  pad_token_id: z.int().nullish(),
});

/** Read config.json's content. @throws ArchitectureError naming `where` and the key. */
export function parseArchitecture(json: unknown, where: string): Architecture {
  const fail = (error: z.ZodError): never => {
    throw new ArchitectureError(`${where}: ${refusalOf(error.issues[0]!, json).sentence}`);
  };
  const shared = common.safeParse(json);
  if (!shared.success) return fail(shared.error);
  const {
    model_type: type,
    bos_token_id: bos,
    eos_token_id: eos,
    pad_token_id: pad,
    tie_word_embeddings: tied,
  } = shared.data;
  if (!Object.hasOwn(families, type)) {
    const known = Object.keys(families).join(", ");
    throw new ArchitectureError(`${where}: model_type ${type} is not one that can be run: ${known}.`);
  }
  const modelType = type as ModelType;
  const family: Family = families[modelType];
  const own = family.config.safeParse(json);
  if (!own.success) return fail(own.error);
  const body = own.data;
  const eosTokenIds = eos === null || eos === undefined ? [] : [eos].flat();
  const outside = [...eosTokenIds, ...(bos === null || bos === undefined ? [] : [bos])].find(
    (id) => id >= body.vocabSize,
  );
  if (outside !== undefined) {
    throw new ArchitectureError(`${where}: token ${outside} is outside the vocabulary of ${body.vocabSize}.`);
  }
  return {
    modelType,
    ...body,
    tieWordEmbeddings: tied ?? family.tiedUnlessSaid,
    ...(bos === null || bos === undefined ? {} : { bosTokenId: bos }),
    eosTokenIds,
    // Some files have one that is no token, such as −1 or the vocabulary's size: then there is none.
    ...(pad === null || pad === undefined || pad < 0 || pad >= body.vocabSize ? {} : { padTokenId: pad }),
  };
}

/** The other way: what goes into config.json of the model whose body this is, but for what its head is called. */
export function formatArchitecture(architecture: Architecture): Record<string, unknown> {
  const { modelType, vocabSize, tieWordEmbeddings, bosTokenId, eosTokenIds, padTokenId } = architecture;
  return {
    model_type: modelType,
    vocab_size: vocabSize,
    ...familyOf(architecture).format(architecture),
    tie_word_embeddings: tieWordEmbeddings,
    bos_token_id: bosTokenId ?? null,
    eos_token_id: eosTokenIds.length > 1 ? eosTokenIds : (eosTokenIds[0] ?? null),
    pad_token_id: padTokenId ?? null,
  };
}

/** What fills the places of a batch that no text takes: nothing is read there. */
export const padId = ({ eosTokenIds }: Architecture): number => eosTokenIds[0] ?? 0;

/**
 * Every parameter by its Hugging Face name (without the family's prefix, such as "transformer.") with its shape. A reward
 * model has `score.weight` [1, `scoreWidth`], and an output projection only where it reads the likelihood.
 */
export function parameterShapes(architecture: Architecture, head: Head): Map<string, number[]> {
  const { vocabSize: V, nCtx: T, nEmbd: C, nLayer, nHead, nKvHead, headSize: D, nInner } = architecture;
  const { norm, residual, gated, rotary, biases, queryKeyNorm } = architecture;
  const { names, stored } = familyOf(architecture);
  const shapes = new Map<string, number[]>();
  const normed = (name: string, width = C) => {
    shapes.set(`${name}.weight`, [width]);
    if (norm === "layer") shapes.set(`${name}.bias`, [width]);
  };
  const linear = (name: string, into: number, out: number, bias: boolean) => {
    shapes.set(`${name}.weight`, stored === "in-out" ? [into, out] : [out, into]);
    if (bias) shapes.set(`${name}.bias`, [out]);
  };
  shapes.set(`${names.tokens}.weight`, [V, C]);
  if (!rotary) shapes.set(`${names.positions}.weight`, [T, C]);
  for (let layer = 0; layer < nLayer; layer++) {
    const at = (name: string) => `${names.layers}.${layer}.${name}`;
    const [Q, KV] = [nHead * D, nKvHead * D];
    normed(at(names.attentionNorm));
    if (typeof names.qkv === "string") linear(at(names.qkv), C, Q + 2 * KV, biases.qkv);
    else for (const [i, name] of names.qkv.entries()) linear(at(name), C, i === 0 ? Q : KV, biases.qkv);
    if (queryKeyNorm) for (const name of names.queryKeyNorms!) normed(at(name), D);
    linear(at(names.out), Q, C, biases.out);
    normed(at(names.mlpNorm));
    if (gated) linear(at(names.gate!), C, nInner, biases.mlp);
    linear(at(names.up), C, nInner, biases.mlp);
    linear(at(names.down), nInner, C, biases.mlp);
  }
  if (residual !== "post") normed(names.finalNorm!);
  if (head.kind === "reward") {
    shapes.set("score.weight", [1, C + (head.likelihoodPower === undefined ? 0 : 1)]);
    shapes.set("score.bias", [1]);
  }
  if (!architecture.tieWordEmbeddings && (head.kind === "lm" || head.likelihoodPower !== undefined))
    shapes.set(`${names.output}.weight`, [V, C]);
  return shapes;
}
