// A tokenizer as GGUF's header holds one: byte-level BPE, in the three ways of splitting a text into words that llama.cpp
// and the architectures here share.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Architecture } from "../gpt/architecture.ts";
import { ModelDirectoryError } from "../gpt/checkpoint.ts";
import { tokenizerDirectory } from "../gpt/stored.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import type { Field, Fields } from "./gguf.ts";

/** A word of newer models: letters with what stands before them, digits by `digits`, signs with line ends, space. */
const newer = (digits: string): string =>
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const splits: Record<string, string> = {
  [newer(String.raw`\p{N}{1,3}`)]: "llama-bpe",
  [newer(String.raw`\p{N}`)]: "qwen2",
};

const byteLevel = z.looseObject({ type: z.literal("ByteLevel"), add_prefix_space: z.literal(false) });
const shape = z.looseObject({
  normalizer: z.looseObject({ type: z.literal("NFC") }).nullish(),
  pre_tokenizer: z.union([
    byteLevel.extend({ use_regex: z.literal(true).default(true) }).transform(() => "gpt-2"),
    z
      .looseObject({
        type: z.literal("Sequence"),
        pretokenizers: z.tuple([
          z.looseObject({
            type: z.literal("Split"),
            behavior: z.literal("Isolated"),
            pattern: z.looseObject({ Regex: z.enum(Object.keys(splits)) }),
          }),
          byteLevel.extend({ use_regex: z.literal(false) }),
        ]),
      })
      .transform(({ pretokenizers: [{ pattern }] }) => splits[pattern.Regex]!),
  ]),
  added_tokens: z.array(
    z.looseObject({ id: z.int().min(0), content: z.string(), special: z.boolean().default(false) }),
  ),
  model: z.looseObject({
    type: z.literal("BPE"),
    byte_fallback: z.literal(false).optional(),
    vocab: z.record(z.string(), z.int()),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()]).transform((pair) => pair.join(" "))])),
  }),
});

/** GGUF's kinds of tokens. */
const [normal, control, userDefined, unused] = [1, 3, 4, 5] as const;

/**
 * The header's fields of the tokenizer in `dir`.
 * @throws ModelDirectoryError where it splits or joins in another way, TokenizerError where it cannot be read.
 */
export async function ggufTokenizer(dir: string, config: Architecture): Promise<Fields> {
  const { eosId, beginning, chatTemplate } = await loadTokenizer(dir);
  const file = join(await tokenizerDirectory(dir), "tokenizer.json");
  const parsed = shape.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!parsed.success) {
    const key = parsed.error.issues[0]!.path.join(".");
    throw new ModelDirectoryError(
      `${file}: ${key}: of tokenizers only byte-level BPE that splits words as GPT-2, Llama 3 or Qwen2 can be written as GGUF.`,
    );
  }
  const { pre_tokenizer: split, added_tokens, model } = parsed.data;
  const tokens = Array.from({ length: config.vocabSize }, (_, id) => `[PAD${id}]`);
  const kinds = Array<number>(config.vocabSize).fill(unused);
  for (const [token, id] of Object.entries(model.vocab)) [tokens[id], kinds[id]] = [token, normal];
  for (const { id, content, special } of added_tokens) {
    [tokens[id], kinds[id]] = [content, special ? control : userDefined];
  }
  const bos = beginning[0] ?? config.bosTokenId;
  const fields: Record<string, Field | undefined> = {
    "tokenizer.ggml.model": { string: "gpt2" },
    "tokenizer.ggml.pre": { string: split },
    "tokenizer.ggml.tokens": { strings: tokens },
    "tokenizer.ggml.token_type": { int32s: kinds },
    "tokenizer.ggml.merges": { strings: model.merges },
    "tokenizer.ggml.bos_token_id": bos === undefined ? undefined : { uint32: bos },
    "tokenizer.ggml.eos_token_id": { uint32: eosId },
    "tokenizer.ggml.padding_token_id": config.padTokenId === undefined ? undefined : { uint32: config.padTokenId },
    "tokenizer.ggml.add_bos_token": { bool: beginning.length > 0 },
    "tokenizer.chat_template": chatTemplate === null ? undefined : { string: chatTemplate },
  };
  return new Map(Object.entries(fields).filter((entry): entry is [string, Field] => entry[1] !== undefined));
}
