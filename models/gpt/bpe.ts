// Training of a byte-level BPE vocabulary (Sennrich et al. 2016, in GPT-2's byte-level form).
// Writes the tokenizer.json that Hugging Face's libraries read; encoding and decoding are in tokenizer.ts.
import { writeFile } from "node:fs/promises";
import { replaceDirectory } from "./directory.ts";

/** GPT-2's split pattern: no merge crosses a boundary between two matches. Joined, the matches give the text back. */
export const splitPattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** The only special token: ends an answer and separates documents. */
export const endOfText = "<|endoftext|>";

/**
 * GPT-2's printable stand-in of each byte, in GPT-2's order of ids: printable Latin-1 bytes stand for themselves,
 * the others for U+0100 upwards (space is "Ġ", newline "Ċ").
 */
export const byteCharacters: ReadonlyMap<number, string> = (() => {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const shown = bytes.filter(printable).map((byte) => [byte, String.fromCodePoint(byte)] as const);
  const hidden = bytes
    .filter((byte) => !printable(byte))
    .map((byte, i) => [byte, String.fromCodePoint(256 + i)] as const);
  return new Map([...shown, ...hidden]);
})();

/** The parts of a tokenizer.json of byte-level BPE that this project writes. */
export interface TokenizerJson {
  version: "1.0";
  truncation: null;
  padding: null;
  added_tokens: {
    id: number;
    content: string;
    single_word: boolean;
    lstrip: boolean;
    rstrip: boolean;
    normalized: boolean;
    special: boolean;
  }[];
  normalizer: null;
  pre_tokenizer: { type: "ByteLevel"; add_prefix_space: boolean; trim_offsets: boolean; use_regex: boolean };
  post_processor: { type: "ByteLevel"; add_prefix_space: boolean; trim_offsets: boolean; use_regex: boolean };
  decoder: { type: "ByteLevel"; add_prefix_space: boolean; trim_offsets: boolean; use_regex: boolean };
  model: {
    type: "BPE";
    dropout: null;
    unk_token: null;
    continuing_subword_prefix: null;
    end_of_word_suffix: null;
    fuse_unk: boolean;
    byte_fallback: boolean;
    ignore_merges: boolean;
    vocab: Record<string, number>;
    merges: string[];
  };
}

/**
 * Train a vocabulary of exactly `vocabSize` tokens: 256 bytes, the merges, and "<|endoftext|>" as the last id.
 * Fewer only when the texts have no pair of tokens left that occurs at least twice.
 * The most frequent pair is merged first, ties by the smaller ids, so equal texts give an equal vocabulary.
 * @throws RangeError when vocabSize leaves no room for the 256 bytes and the end token.
 */
export function trainBpe(texts: Iterable<string>, vocabSize: number): TokenizerJson {
  if (!Number.isInteger(vocabSize) || vocabSize < 257) {
    throw new RangeError(
      `A byte-level vocabulary has at least 257 tokens (256 bytes and the end token), not ${vocabSize}.`,
    );
  }
  const tokens = [...byteCharacters.values()];
  const merges = learnMerges(countWords(texts), tokens, vocabSize - 1);
  return byteLevelTokenizer(tokens, merges);
}

/** tokenizer.json of a byte-level BPE from its tokens in id order and its merges in rank order ("Ġ t"). */
export function byteLevelTokenizer(tokens: readonly string[], merges: readonly string[]): TokenizerJson {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true } as const;
  const eosId = tokens.length;
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [{ id: eosId, content: endOfText, ...plain, special: true }],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: { ...byteLevel, trim_offsets: false },
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries([...tokens, endOfText].map((token, id) => [token, id])),
      merges: [...merges],
    },
  };
}

/**
 * Each turn on a line with its speaker's name, the assistant's words on the line after it: as the corpus of models/world
 * writes them (asDocument in pages.ts), six tokens a question. Plain text, so that pages of a corpus need no special
 * token inside; a line typed by a person that begins like a turn is moved in by a space, so nobody can forge one.
 *
 *     <|endoftext|>System: Answer in one word.
 *     User: What does an owl eat?
 *     Assistant:
 *     Mice.<|endoftext|>
 */
export const chatTemplate =
  "{{ bos_token }}{% for message in messages %}{% if not loop.first %}{{ '\n' }}{% endif %}" +
  "{% set content = ('\n' + message['content']) | replace('\nUser:', '\n User:')" +
  " | replace('\nAssistant:', '\n Assistant:') | replace('\nSystem:', '\n System:') %}" +
  "{% if message['role'] == 'assistant' %}{{ 'Assistant:' + content }}{% if loop.last %}{{ eos_token }}{% endif %}" +
  "{% else %}{{ message['role'] | capitalize + ': ' + content[1:] }}{% endif %}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '\nAssistant:\n' }}{% endif %}";

/** Make `dir` a tokenizer: tokenizer.json and tokenizer_config.json with the chat template, both or none. */
export async function writeTokenizer(dir: string, tokenizer: TokenizerJson, contextTokens = 1_024): Promise<void> {
  const config = {
    add_prefix_space: false,
    bos_token: endOfText,
    chat_template: chatTemplate,
    clean_up_tokenization_spaces: false,
    eos_token: endOfText,
    model_max_length: contextTokens,
    tokenizer_class: "GPT2Tokenizer",
    unk_token: endOfText,
  };
  const files = Object.entries({ "tokenizer.json": tokenizer, "tokenizer_config.json": config }).map(
    ([name, content]) => [name, (path: string) => writeFile(path, `${JSON.stringify(content, null, 1)}\n`)] as const,
  );
  await replaceDirectory(
    dir,
    files.map(([name]) => name),
    Object.fromEntries(files),
    {},
  );
}

function countWords(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of text.match(splitPattern) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** Appends the merged tokens to `tokens` until it holds `size`; returns the merges in rank order. */
function learnMerges(counts: Map<string, number>, tokens: string[], size: number): string[] {
  const encoder = new TextEncoder();
  const idOfByte = new Map([...byteCharacters.keys()].map((byte, id) => [byte, id]));
  const frequency = [...counts.values()];
  const words = [...counts.keys()].map((word) => Array.from(encoder.encode(word), (byte) => idOfByte.get(byte)!));
  // A pair is one number, so that a Map can hold it: ids stay far below 2^21.
  const pairOf = (left: number, right: number) => left * 0x200000 + right;
  const pairCount = new Map<number, number>();
  const wordsOfPair = new Map<number, Set<number>>();
  const add = (pair: number, word: number) => {
    pairCount.set(pair, (pairCount.get(pair) ?? 0) + frequency[word]!);
    const known = wordsOfPair.get(pair);
    if (known) known.add(word);
    else wordsOfPair.set(pair, new Set([word]));
  };
  const remove = (pair: number, word: number) => {
    const left = pairCount.get(pair)! - frequency[word]!;
    if (left > 0) pairCount.set(pair, left);
    else pairCount.delete(pair);
  };
  words.forEach((ids, word) => {
    for (let i = 1; i < ids.length; i++) add(pairOf(ids[i - 1]!, ids[i]!), word);
  });

  const merges: string[] = [];
  while (tokens.length < size) {
    let best = -1;
    let bestCount = 1;
    for (const [pair, count] of pairCount) {
      if (count > bestCount || (count === bestCount && best >= 0 && pair < best)) {
        best = pair;
        bestCount = count;
      }
    }
    if (best < 0) break;
    const left = Math.floor(best / 0x200000);
    const right = best % 0x200000;
    const merged = tokens.length;
    merges.push(`${tokens[left]} ${tokens[right]}`);
    tokens.push(tokens[left]! + tokens[right]!);
    // A word may have lost the pair since it was noted: then the loop over its ids finds nothing.
    for (const word of wordsOfPair.get(best)!) {
      const ids = words[word]!;
      const next: number[] = [];
      for (let i = 0; i < ids.length; i++) {
        if (ids[i] === left && ids[i + 1] === right) {
          next.push(merged);
          i++;
        } else next.push(ids[i]!);
      }
      if (next.length === ids.length) continue;
      for (let i = 1; i < ids.length; i++) remove(pairOf(ids[i - 1]!, ids[i]!), word);
      for (let i = 1; i < next.length; i++) add(pairOf(next[i - 1]!, next[i]!), word);
      words[word] = next;
    }
    wordsOfPair.delete(best);
  }
  return merges;
}
