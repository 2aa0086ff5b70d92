// The process that counts tokens for the web process (token-counter.ts): a tokenizer is tables and no graph, but large, and
// made by somebody else. Whatever a model's files make it do, requests are answered meanwhile.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { loadTokenizer, PromptError, type Tokenizer } from "../../models/gpt/tokenizer.ts";
import type { Message } from "../vocabulary/conversation.ts";
import type { Counted, Question } from "./token-counter.ts";

process.on("message", async ({ directory, messages, answer }: Question) => {
  try {
    const tokenizer = await tokenizerOf(directory);
    tell({ prompt: promptTokens(tokenizer, messages), answer: tokenizer.encode(answer).length });
  } catch (error) {
    tell({ problem: error instanceof Error ? error.message : String(error) });
  }
});

const tell = (counted: Counted) => process.send?.(counted);

/** Tokens of a prompt. Turns that the template refuses, because the prompt is unfinished, are counted one by one. */
function promptTokens(tokenizer: Tokenizer, messages: readonly Message[]): number {
  if (messages.length === 0) return 0;
  try {
    return tokenizer.encodePrompt(messages).length;
  } catch (error) {
    if (!(error instanceof PromptError)) throw error;
    return messages.reduce((sum, { content }) => sum + tokenizer.encode(content).length, 0);
  }
}

interface Loaded {
  /** A stamp of the directory's files, which changes when they are replaced. */
  stamp: string;
  tokenizer: Promise<Tokenizer>;
}

/** How many tokenizers are kept: the project's model, and one it is compared with. A vocabulary of 50,000 takes some 50 MB. */
const kept = 2;
const loaded = new Map<string, Loaded>();

/** The tokenizer of a model directory, read once while it stays the same. @throws TokenizerError */
async function tokenizerOf(directory: string): Promise<Tokenizer> {
  const stamp = (
    await Promise.all(["tokenizer.json", "tokenizer_config.json"].map((name) => stampOf(join(directory, name))))
  ).join();
  const known = loaded.get(directory);
  const one = known?.stamp === stamp ? known : { stamp, tokenizer: loadTokenizer(directory) };
  // The one used last is at the end.
  loaded.delete(directory);
  loaded.set(directory, one);
  for (const oldest of [...loaded.keys()].slice(0, -kept)) loaded.delete(oldest);
  one.tokenizer.catch(() => loaded.delete(directory));
  return one.tokenizer;
}

const stampOf = (file: string): Promise<string> =>
  stat(file).then(
    ({ ino, mtimeMs }) => `${ino} ${mtimeMs}`,
    () => "",
  );
