// Text ⇄ token ids for a model directory: tokenizer.json and tokenizer_config.json, read by @huggingface/tokenizers.
// Adds what a labeling app needs: a cache per word, decoding of unfinished answers, the chat template. Training is in bpe.ts.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import * as z from "zod";
import { messagesOf, type PromptContent, promptText } from "../../lib/vocabulary/conversation.ts";
import { byteCharacters, splitPattern } from "./bpe.ts";
import { wholeDirectory } from "./directory.ts";

export interface Tokenizer {
  /** Number of ids, special tokens included. */
  readonly vocabSize: number;
  /** The token that ends an answer. */
  readonly eosId: number;
  /** Tokens are bytes: the text of a list is that of its parts, wherever no character is cut. */
  readonly byteLevel: boolean;
  /**
   * Ids of a text. A special token spelled out in the text ("<|endoftext|>") stays ordinary text, so nobody can end an
   * answer by typing it. A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD.
   */
  encode(text: string): number[];
  /**
   * Text of ids, without the special tokens. Bytes that are no UTF-8 become U+FFFD; with `partial` the bytes of a
   * character that is not complete yet are held back, so a growing answer never shows half an emoji.
   */
  decode(ids: readonly number[], options?: { partial?: boolean }): string;
  /**
   * Ids of a prompt as the model saw prompts in training: its turns through the chat template, ready for the answer.
   * @throws PromptError when the template refuses the turns; some take no system message, for example.
   */
  encodePrompt(prompt: PromptContent): number[];
  /** Ids of an answer with the end token. */
  encodeAnswer(answer: string): number[];
}

/** A tokenizer that cannot be read; the message is one sentence that names the file. */
export class TokenizerError extends Error {
  override name = "TokenizerError";
}

/** A prompt that the model's chat template refuses; the message is one sentence. */
export class PromptError extends Error {
  override name = "PromptError";
}

const tokenizerJson = z.looseObject({
  added_tokens: z.array(
    z.looseObject({ id: z.int().min(0), content: z.string(), special: z.boolean().default(false) }),
  ),
  normalizer: z.unknown(),
  pre_tokenizer: z.looseObject({ type: z.string(), add_prefix_space: z.boolean().optional() }).nullable(),
  decoder: z.looseObject({ type: z.string() }).nullable(),
  model: z.looseObject({ type: z.string(), vocab: z.record(z.string(), z.int()) }),
});

const specialToken = z.union([z.string(), z.looseObject({ content: z.string() }).transform((token) => token.content)]);
const tokenizerConfig = z.looseObject({
  eos_token: specialToken.nullish(),
  bos_token: specialToken.nullish(),
  chat_template: z.string().nullish(),
});

/**
 * Read tokenizer.json and tokenizer_config.json of a model directory.
 * @throws TokenizerError when a file is missing, is no JSON, or lacks a part.
 */
export async function loadTokenizer(dir: string): Promise<Tokenizer> {
  const whole = await wholeDirectory(dir);
  const [json, rawJson] = await readJson(join(whole, "tokenizer.json"), tokenizerJson);
  const [config, rawConfig] = await readJson(join(whole, "tokenizer_config.json"), tokenizerConfig);
  let huggingFace: HuggingFaceTokenizer;
  try {
    huggingFace = new HuggingFaceTokenizer(rawJson, rawConfig);
  } catch (cause) {
    throw new TokenizerError(`${join(dir, "tokenizer.json")} is not a tokenizer this project can read.`, { cause });
  }
  const vocabulary = huggingFace.get_vocab();
  const eosToken = config.eos_token ?? "<|endoftext|>";
  const eosId = vocabulary.get(eosToken);
  if (eosId === undefined) {
    throw new TokenizerError(`${join(dir, "tokenizer.json")} has no token "${eosToken}", which should end an answer.`);
  }

  const byteLevel =
    json.normalizer == null && json.pre_tokenizer?.type === "ByteLevel" && !json.pre_tokenizer.add_prefix_space;
  const encode = byteLevel ? cachedWords(huggingFace) : (text: string) => plainIds(huggingFace, text.toWellFormed());
  const special = new Map(json.added_tokens.filter((token) => token.special).map((token) => [token.content, token.id]));
  const bytes = json.decoder?.type === "ByteLevel";
  const decode = bytes ? byteDecoder(vocabulary, new Set(special.values())) : wordDecoder(huggingFace);
  const template = config.chat_template ? new Template(config.chat_template) : null;

  return {
    vocabSize: Math.max(...vocabulary.values()) + 1,
    eosId,
    byteLevel: bytes,
    encode,
    decode,
    encodePrompt(prompt) {
      const messages = messagesOf(prompt);
      if (!template) return encode(promptText(messages));
      const guarded = guard([...special.keys()]);
      const rendered = render(template, {
        messages: messages.map(({ role, content }) => ({ role, content: guarded.hide(content) })),
        add_generation_prompt: true,
        bos_token: config.bos_token ?? "",
        eos_token: eosToken,
      });
      return splitAt(rendered, [...special.keys()]).flatMap(
        (part) => special.get(part) ?? encode(guarded.restore(part)),
      );
    },
    encodeAnswer: (answer) => [...encode(answer), eosId],
  };
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<[T, object]> {
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new TokenizerError(`The model directory has no readable ${file}.`, { cause });
  });
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new TokenizerError(`${file} is not JSON.`, { cause });
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new TokenizerError(`${file} is not a tokenizer: ${issue.path.join(".") || "the file"}: ${issue.message}.`);
  }
  return [parsed.data, raw as object];
}

/** Templates refuse with Jinja's raise_exception, in words of their own. */
function render(template: Template, values: Record<string, unknown>): string {
  try {
    return template.render(values);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PromptError(`The model's chat template does not take this prompt: ${why.replace(/\.?$/, ".")}`, {
      cause,
    });
  }
}

/**
 * Encode word by word, remembering the ids of each: text repeats its words, and a Map is some 20 times faster than the
 * merge loop. No match of the split pattern contains a whole special token, so none is ever recognised here.
 */
function cachedWords(huggingFace: HuggingFaceTokenizer): (text: string) => number[] {
  const cache = new Map<string, readonly number[]>();
  return (text) => {
    const ids: number[] = [];
    for (const word of text.toWellFormed().match(splitPattern) ?? []) {
      let known = cache.get(word);
      if (!known) {
        known = plainIds(huggingFace, word);
        // Bounded: a worker runs for weeks on what people type.
        if (cache.size >= 100_000) cache.clear();
        if (word.length <= 64) cache.set(word, known);
      }
      for (let i = 0; i < known.length; i++) ids.push(known[i]!);
    }
    return ids;
  };
}

const plainIds = (huggingFace: HuggingFaceTokenizer, text: string) =>
  huggingFace.encode(text, { add_special_tokens: false }).ids;

function byteDecoder(vocabulary: Map<string, number>, special: Set<number>): Tokenizer["decode"] {
  const byteOf = new Map([...byteCharacters].map(([byte, character]) => [character, byte]));
  const bytesOf: Uint8Array[] = [];
  for (const [token, id] of vocabulary) {
    if (!special.has(id)) bytesOf[id] = Uint8Array.from(token, (character) => byteOf.get(character) ?? 0x3f);
  }
  return (ids, { partial = false } = {}) => {
    // A fresh decoder each time: with `stream` it keeps the bytes of an incomplete character to itself.
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return decoder.decode(Buffer.concat(ids.map((id) => bytesOf[id] ?? new Uint8Array())), { stream: partial });
  };
}

function wordDecoder(huggingFace: HuggingFaceTokenizer): Tokenizer["decode"] {
  const options = { skip_special_tokens: true, clean_up_tokenization_spaces: false };
  return (ids, { partial = false } = {}) => {
    const text = ids.length > 0 ? huggingFace.decode([...ids], options) : "";
    return partial ? text.replace(/\uFFFD+$/, "") : text;
  };
}

/** Takes special tokens that a person typed out of the way of the template's own. */
function guard(special: readonly string[]): { hide(text: string): string; restore(part: string): string } {
  // Private-use characters as brackets; doubled where the text itself has them, so restoring is exact.
  const typed = new Map(special.map((token, i) => [`\uE000${i}\uE001`, token]));
  return {
    hide(text) {
      let hidden = text.replaceAll("\uE000", "\uE000\uE002\uE001");
      for (const [mark, token] of typed) hidden = hidden.replaceAll(token, mark);
      return hidden;
    },
    restore(part) {
      let restored = part;
      for (const [mark, token] of typed) restored = restored.replaceAll(mark, token);
      return restored.replaceAll("\uE000\uE002\uE001", "\uE000");
    },
  };
}

/** "a<s>b" at ["<s>"] → ["a", "<s>", "b"]; the longest special token wins where two begin. */
function splitAt(text: string, special: readonly string[]): string[] {
  if (special.length === 0) return [text];
  const longestFirst = special.toSorted((a, b) => b.length - a.length);
  const alternatives = longestFirst.map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  return text.split(new RegExp(`(${alternatives})`)).filter((part) => part.length > 0);
}
