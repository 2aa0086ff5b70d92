// The token that rows are filled with in other programs: whether a tokenizer has one, and how it gets one.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { tokenizerDirectory } from "./stored.ts";

/** A token to be added to a tokenizer. */
export interface AddedToken {
  content: string;
  id: number;
}

interface TokenizerFiles {
  json: { added_tokens: { id: number; content: string }[]; model: { vocab: Record<string, number> } };
  settings: { pad_token?: string | { content: string } | null; eos_token?: string | { content: string } | null };
}

async function tokenizerFiles(dir: string): Promise<TokenizerFiles> {
  const whole = await tokenizerDirectory(dir);
  const read = async (name: string) => JSON.parse(await readFile(join(whole, name), "utf8"));
  return { json: await read("tokenizer.json"), settings: await read("tokenizer_config.json") };
}

const contentOf = (token: string | { content: string } | null | undefined) =>
  typeof token === "object" ? token?.content : token;

/** The tokenizer's own padding, if it has one that ends nothing, and the token that would be the next. */
export async function paddingOf(
  dir: string,
  ends: readonly number[],
): Promise<{ pad: number | undefined; next: AddedToken }> {
  const { json, settings } = await tokenizerFiles(dir);
  const ids = new Map([
    ...Object.entries(json.model.vocab),
    ...json.added_tokens.map(({ content, id }) => [content, id] as const),
  ]);
  const [padding, end] = [settings.pad_token, settings.eos_token].map((token) => contentOf(token));
  const pad = padding === undefined || padding === end ? undefined : ids.get(padding);
  const id = [...ids.values()].reduce((most, one) => Math.max(most, one), -1) + 1;
  let content = "<|pad|>";
  while (ids.has(content)) content = `<${content}>`;
  return { pad: pad !== undefined && ends.includes(pad) ? undefined : pad, next: { content, id } };
}

/** The texts of tokenizer.json and tokenizer_config.json of `dir`, with one more token that padding is done with. */
export async function withPadToken(dir: string, { content, id }: AddedToken): Promise<Record<string, string>> {
  const { json, settings } = await tokenizerFiles(dir);
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const more = { ...json, added_tokens: [...json.added_tokens, { id, content, ...flags }] };
  return {
    "tokenizer.json": `${JSON.stringify(more, null, 2)}\n`,
    "tokenizer_config.json": `${JSON.stringify({ ...settings, pad_token: content, padding_side: "right" }, null, 2)}\n`,
  };
}

/** Do two directories' tokenizers make the same tokens of every text? Padding may differ. */
export async function sameTokens(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all(
    [one, other].map(async (dir) => {
      const { json, settings } = await tokenizerFiles(dir);
      const [pad, end] = [settings.pad_token, settings.eos_token].map((token) => contentOf(token));
      // Padding with the end token: no token of its own.
      const isTold = ({ content }: { content: string }) => content !== pad || content === end;
      return JSON.stringify({ ...json, added_tokens: json.added_tokens.filter(isTold) });
    }),
  );
  return a === b;
}
