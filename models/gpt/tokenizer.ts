// Text ⇄ token ids for a model directory: tokenizer.json and tokenizer_config.json, read by @huggingface/tokenizers.
// Adds what a labeling app needs: a cache per word, decoding of unfinished answers, the chat template. Training is in bpe.ts.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { constants, createContext, Script } from "node:vm";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import * as z from "zod";
import { alternating, messagesOf, type PromptContent, promptText } from "../../lib/vocabulary/conversation.ts";
import { refusalOf } from "../../lib/vocabulary/refusal.ts";
import { byteCharacters, splitPattern } from "./bpe.ts";
import { ChatTemplate, partOfSentence, TemplateError } from "./chat-template.ts";
import { isThere, wholeDirectory } from "./directory.ts";
import { tokenizerDirectory } from "./stored.ts";

export interface Tokenizer {
  /** Number of ids, special tokens included. */
  readonly vocabSize: number;
  /** The token that ends an answer. */
  readonly eosId: number;
  /** Characters of a text that a token stands for, at most; infinite where that cannot be said. */
  readonly longestToken: number;
  /** Tokens are bytes: the text of a list is that of its parts, wherever no character is cut. */
  readonly byteLevel: boolean;
  /**
   * Ids of a text. A special token spelled out in the text ("<|endoftext|>") stays ordinary text, so nobody can end an
   * answer by typing it. A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD.
   */
  encode(text: string): number[];
  /**
   * Ids of a text that a program wrote, where a special token spelled out is that token: what a chat template renders.
   * @param whole: the tokenizer's own beginning is put before it, unless it is there
   */
  encodeWritten(text: string, whole?: boolean): number[];
  /**
   * Text of ids, without the special tokens. Bytes that are no UTF-8 become U+FFFD; with `partial` the bytes of a
   * character that is not complete yet are held back, so a growing answer never shows half an emoji.
   */
  decode(ids: readonly number[], options?: { partial?: boolean }): string;
  /**
   * Ids of a prompt as the model saw prompts in training: its turns through the chat template, ready for the answer.
   * @throws PromptError when the template refuses the turns; some take no system message, for example. TokenizerError when
   *   the template costs too much.
   */
  encodePrompt(prompt: PromptContent): number[];
  /**
   * What the template writes between an answer and the person's next words, "\nUser:" for example: an answer that comes to
   * it is over. null where a special token ends answers, or where there is no template.
   */
  readonly nextTurn: string | null;
  /** What the tokenizer itself puts before every text, such as Llama's <|begin_of_text|>. */
  readonly beginning: readonly number[];
  /** The Jinja source that turns are written by, where there is one. */
  readonly chatTemplate: string | null;
  /** Ids of an answer with the end token. */
  encodeAnswer(answer: string): number[];
}

/** A tokenizer that cannot be read; the message is one sentence that names the file. */
export class TokenizerError extends Error {
  override name = "TokenizerError";
}

/** A tokenizer that did not come to an end with a text; the message is one sentence. */
export class EndlessTokenizerError extends TokenizerError {
  override name = "EndlessTokenizerError";
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
const modelConfig = z.looseObject({ vocab_size: z.int().optional() });
const tokenizerConfig = z.looseObject({
  eos_token: specialToken.nullish(),
  bos_token: specialToken.nullish(),
  // Older files name several, of which one is the usual one.
  chat_template: z.union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))]).nullish(),
});

/** How long a text may take, and each of its characters besides: a hundred times what the slowest tokenizer needs. */
const mostMs = 5_000;
const mostMsPerCharacter = 0.1;

/**
 * Read tokenizer.json and tokenizer_config.json of a model directory.
 * @param patienceMs for a text, beside what its length takes; the tokenizer's own patterns may take for ever
 * @throws TokenizerError when a file is missing, is no JSON, or lacks a part.
 */
export async function loadTokenizer(dir: string, patienceMs = mostMs): Promise<Tokenizer> {
  const whole = await tokenizerDirectory(dir).catch((cause: Error) => {
    throw new TokenizerError(cause.message, { cause });
  });
  const [json, rawJson] = await readJson(join(whole, "tokenizer.json"), tokenizerJson);
  const [config, rawConfig] = await readJson(join(whole, "tokenizer_config.json"), tokenizerConfig);
  const file = join(dir, "tokenizer.json");
  const vocabulary = vocabularyOf(json, file);
  await mustFitModel(vocabulary, dir);
  let huggingFace: HuggingFaceTokenizer;
  /** Knows no added tokens: what people type is text, whatever it spells. */
  let plain: HuggingFaceTokenizer;
  try {
    huggingFace = new HuggingFaceTokenizer(rawJson, rawConfig);
    plain = new HuggingFaceTokenizer({ ...rawJson, added_tokens: [] }, rawConfig);
    // Some parts are looked at only when a text comes.
    limited(patienceMs, 1, () => huggingFace.decode(plainIds(plain, "a")));
  } catch (cause) {
    throw new TokenizerError(`${file} is not a tokenizer this project can read.`, { cause });
  }
  const eosToken = config.eos_token ?? "<|endoftext|>";
  const eosId = vocabulary.get(eosToken);
  if (eosId === undefined) {
    throw new TokenizerError(`${file} has no token "${eosToken}", which should end an answer.`);
  }

  const encoding = [json.normalizer, json.pre_tokenizer].some(hasPattern) ? patienceMs : null;
  const decoding = hasPattern(json.decoder) ? patienceMs : null;
  const byteLevel =
    json.normalizer == null && json.pre_tokenizer?.type === "ByteLevel" && !json.pre_tokenizer.add_prefix_space;
  const added = new Map(json.added_tokens.map((token) => [token.content, token]));
  const bytes = json.decoder?.type === "ByteLevel";
  const decode = bytes ? byteDecoder(vocabulary, added) : wordDecoder(huggingFace, decoding);
  const encode = byteLevel
    ? cachedWords(plain, decode)
    : (text: string) => limited(encoding, text.length, () => plainIds(plain, text.toWellFormed()));
  const beginning = limited(encoding, 1, () => beginningOf(huggingFace));
  const { source, within } = await templateOf(whole, config.chat_template);
  const template = source ? readTemplate(source, join(dir, within)) : null;

  const turns = (messages: readonly { role: string; content: string }[], add_generation_prompt: boolean) =>
    render(template!, dir, { messages, add_generation_prompt, bos_token: config.bos_token ?? "", eos_token: eosToken });

  return {
    vocabSize: Math.max(...vocabulary.values()) + 1,
    eosId,
    byteLevel: bytes,
    longestToken: byteLevel ? longestOf(vocabulary.keys()) : Number.POSITIVE_INFINITY,
    encode,
    encodeWritten(text, whole = true) {
      const ids = splitAt(text, [...added.keys()]).flatMap((part) => added.get(part)?.id ?? encode(part));
      return !whole || beginning.every((id, i) => ids[i] === id) ? ids : [...beginning, ...ids];
    },
    decode,
    encodePrompt(prompt) {
      const messages = messagesOf(prompt);
      if (!template) return [...beginning, ...encode(promptText(messages))];
      const guarded = guard([...added.keys()]);
      const hidden = alternating(messages).map(({ role, content }) => ({ role, content: guarded.hide(content) }));
      const rendered = turns(hidden, true);
      return splitAt(rendered, [...added.keys()]).flatMap(
        (part) => added.get(part)?.id ?? encode(guarded.restore(part)),
      );
    },
    beginning,
    chatTemplate: source || null,
    nextTurn: template ? betweenTurns((messages) => turns(messages, false), [...added.keys()]) : null,
    encodeAnswer: (answer) => [...encode(answer), eosId],
  };
}

/** The template in a file of its own, which newer models have, or in tokenizer_config.json. @returns it and the file's name */
async function templateOf(dir: string, inConfig: z.output<typeof tokenizerConfig>["chat_template"]) {
  const own = "chat_template.jinja";
  const file = join(dir, own);
  if (await isThere(file)) {
    const { size } = await stat(file);
    if (size > mostBytes) throw new TokenizerError(`${file} is too large: ${size} bytes.`);
    return { source: await readFile(file, "utf8"), within: own };
  }
  const source = Array.isArray(inConfig) ? inConfig.find(({ name }) => name === "default")?.template : inConfig;
  return { source, within: "tokenizer_config.json" };
}

function beginningOf(huggingFace: HuggingFaceTokenizer): number[] {
  const text = huggingFace.encode("a", { add_special_tokens: false }).ids;
  const whole = huggingFace.encode("a", { add_special_tokens: true }).ids;
  return whole.slice(0, Math.max(0, whole.indexOf(text[0]!)));
}

/** What such a conversation has between an answer and the next question, if it says anything there. */
function betweenTurns(render: (turns: { role: string; content: string }[]) => string, special: readonly string[]) {
  const [answer, question] = ["\uE000answer\uE001", "\uE000question\uE001"];
  try {
    const rendered = render([
      { role: "user", content: "a" },
      { role: "assistant", content: answer },
      { role: "user", content: question },
    ]);
    const [, after] = rendered.split(answer);
    const [between = "", ...rest] = after?.split(question) ?? [];
    const says = rest.length > 0 && /\p{L}/u.test(between) && !special.some((token) => between.includes(token));
    return says ? between.trimEnd() : null;
  } catch {
    // It takes one question only, or none: that is said when there is a prompt.
    return null;
  }
}

/** No vocabulary has as many tokens. */
const mostTokens = 2 ** 22;

/** Tokens with their ids. Ids may leave gaps. @throws TokenizerError naming the token */
function vocabularyOf({ model, added_tokens }: z.output<typeof tokenizerJson>, file: string): Map<string, number> {
  const vocabulary = new Map(Object.entries(model.vocab));
  const owners = new Map([...vocabulary].map(([token, id]) => [id, token]));
  if (owners.size < vocabulary.size) {
    const twice = [...vocabulary].find(([token, id]) => owners.get(id) !== token)!;
    throw new TokenizerError(`${file}: the tokens "${twice[0]}" and "${owners.get(twice[1])}" have the same id.`);
  }
  for (const { content, id } of added_tokens) vocabulary.set(content, id);
  for (const [token, id] of vocabulary) {
    if (id >= 0 && id < mostTokens) continue;
    throw new TokenizerError(`${file}: the token "${token}" has the id ${id}; ids go from 0 to ${mostTokens - 1}.`);
  }
  if (vocabulary.size === 0) throw new TokenizerError(`${file} has no tokens.`);
  return vocabulary;
}

function longestOf(tokens: Iterable<string>): number {
  let longest = 1;
  for (const { length } of tokens) if (length > longest) longest = length;
  return longest;
}

/** The model beside the tokenizer, if there is one, must have a row for every token. @throws TokenizerError */
async function mustFitModel(vocabulary: ReadonlyMap<string, number>, dir: string): Promise<void> {
  const file = join(await wholeDirectory(dir), "config.json");
  if (!(await isThere(file))) return;
  const [{ vocab_size: rows = Number.POSITIVE_INFINITY }] = await readJson(file, modelConfig);
  for (const [token, id] of vocabulary) {
    if (id < rows) continue;
    throw new TokenizerError(
      `${join(dir, "tokenizer.json")}: the token "${token}" has the id ${id}, but the model knows ${rows} tokens.`,
    );
  }
}

/** Gemma's, one of the largest there are, has 33 MB. */
const mostBytes = 64 * 2 ** 20;

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<[T, object]> {
  const unreadable = (cause: unknown): never => {
    throw new TokenizerError(`The model directory has no readable ${file}.`, { cause });
  };
  const { size } = await stat(file).catch(unreadable);
  if (size > mostBytes)
    throw new TokenizerError(`${file} is too large: ${size} bytes, and ${mostBytes} are read at most.`);
  const text = await readFile(file, "utf8").catch(unreadable);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new TokenizerError(`${file} is not JSON.`, { cause });
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    throw new TokenizerError(`${file} is not a tokenizer: ${refusalOf(parsed.error.issues[0]!, raw).sentence}`);
  }
  return [parsed.data, raw as object];
}

function readTemplate(source: string, file: string): ChatTemplate {
  try {
    return new ChatTemplate(source);
  } catch (cause) {
    if (!(cause instanceof TemplateError)) throw cause;
    throw new TokenizerError(`${file}: the chat template cannot be read: ${cause.message}.`, { cause });
  }
}

/** Templates refuse with Jinja's raise_exception, in words of their own. */
function render(template: ChatTemplate, dir: string, values: Record<string, unknown>): string {
  try {
    return template.render(values);
  } catch (cause) {
    const why = partOfSentence(cause);
    if (cause instanceof TemplateError) {
      throw new TokenizerError(`The chat template of ${dir} was stopped: ${why}.`, { cause });
    }
    throw new PromptError(`The model's chat template does not take this prompt: ${why}.`, { cause });
  }
}

/**
 * Encode word by word, remembering the ids of each: text repeats its words, and a Map is some 20 times faster than the
 * merge loop. No match of the split pattern contains a whole special token, so none is ever recognised here.
 */
function cachedWords(huggingFace: HuggingFaceTokenizer, decode: Tokenizer["decode"]): (text: string) => number[] {
  const cache = new Map<string, readonly number[]>();
  return (text) => {
    const ids: number[] = [];
    for (const word of text.toWellFormed().match(splitPattern) ?? []) {
      let known = cache.get(word);
      if (!known) {
        known = plainIds(huggingFace, word);
        // The library leaves out what a broken vocabulary lacks.
        if (decode(known) !== word) throw lacking(word);
        // Bounded: a worker runs for weeks on what people type.
        if (cache.size >= 100_000) cache.clear();
        if (word.length <= 64) cache.set(word, known);
      }
      for (let i = 0; i < known.length; i++) ids.push(known[i]!);
    }
    return ids;
  };
}

const bounds = createContext(constants.DONT_CONTEXTIFY) as { work?: (() => unknown) | undefined };
const runLimited = new Script("work()");

/** Is there a regular expression of the model's own in this part of tokenizer.json? */
const hasPattern = (part: unknown): boolean => JSON.stringify(part ?? null).includes('"Regex":');

/**
 * Does work that patterns of tokenizer.json take part in, of which some go on for longer than the sun on a text of forty
 * letters. V8 ends a script that takes too long also in the middle of such a match.
 * @param patienceMs null: there are none
 * @param length of the text, in characters or tokens
 */
function limited<T>(patienceMs: number | null, length: number, work: () => T): T {
  if (patienceMs === null) return work();
  bounds.work = work;
  try {
    return runLimited.runInContext(bounds, { timeout: Math.ceil(patienceMs + length * mostMsPerCharacter) });
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw cause;
    throw new EndlessTokenizerError("The model's tokenizer takes too long for this text.", { cause });
  } finally {
    bounds.work = undefined;
  }
}

/** @throws TokenizerError where the vocabulary lacks a part of the text, and a token for what it lacks */
function plainIds(huggingFace: HuggingFaceTokenizer, text: string): number[] {
  const { ids } = huggingFace.encode(text, { add_special_tokens: false });
  if (ids.every((id) => id !== undefined)) return ids;
  throw lacking(text);
}

const lacking = (text: string): TokenizerError =>
  new TokenizerError(`The model's tokenizer has no tokens for "${text.length > 40 ? `${text.slice(0, 40)}…` : text}".`);

function byteDecoder(
  vocabulary: ReadonlyMap<string, number>,
  added: ReadonlyMap<string, { special: boolean }>,
): Tokenizer["decode"] {
  const byteOf = new Map([...byteCharacters].map(([byte, character]) => [character, byte]));
  const bytesOf: Uint8Array[] = [];
  for (const [token, id] of vocabulary) {
    // An added token is written as it is, one of the vocabulary in characters that stand for bytes.
    const own = added.get(token);
    if (own) bytesOf[id] = own.special ? new Uint8Array() : Buffer.from(token);
    else bytesOf[id] = Uint8Array.from(token, (character) => byteOf.get(character) ?? 0x3f);
  }
  return (ids, { partial = false } = {}) => {
    // A fresh decoder each time: with `stream` it keeps the bytes of an incomplete character to itself.
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return decoder.decode(Buffer.concat(ids.map((id) => bytesOf[id] ?? new Uint8Array())), { stream: partial });
  };
}

function wordDecoder(huggingFace: HuggingFaceTokenizer, patienceMs: number | null): Tokenizer["decode"] {
  const options = { skip_special_tokens: true, clean_up_tokenization_spaces: false };
  return (ids, { partial = false } = {}) => {
    const text = ids.length > 0 ? limited(patienceMs, ids.length, () => huggingFace.decode([...ids], options)) : "";
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
