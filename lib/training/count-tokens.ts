// How many tokens a text has for a model, counted in the web process: a tokenizer is tables and no graph.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ModelHead } from "../../db/queries/models.ts";
import { loadTokenizer, PromptError, type Tokenizer } from "../../models/gpt/tokenizer.ts";
import { allowed, type Context } from "../context.ts";
import { turn } from "../turn.ts";
import type { Message } from "../vocabulary/conversation.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { refuseTooLong } from "../vocabulary/few-shot.ts";
import { modelDirectory, withoutPlaces } from "./model-directory.ts";
import { projectModel } from "./models.ts";

/**
 * Tokens of a prompt through the model's chat template, and of an answer without the end token; both may be unfinished.
 * A prompt of 20,000 characters takes some 3 ms, and at worst, as one word, 90; an answer of 50,000 at worst 140.
 * @throws DomainError NOT_FOUND, or BAD_REQUEST for a model that cannot be used or a prompt that is too long
 */
export async function countTokens(
  ctx: Context,
  input: { modelId?: string; messages: readonly Message[]; answer?: string },
): Promise<{ modelName: string; prompt: number; answer: number; context: number }> {
  allowed(ctx, "write", "count tokens");
  refuseTooLong(input.messages);
  const { name: modelName, context, ...place } = await projectModel(ctx, input.modelId);
  const tokenizer = await tokenizerOf(modelDirectory(place)).catch((error: Error) => {
    throw new DomainError("BAD_REQUEST", `${modelName} cannot be used: ${withoutPlaces(error.message)}`, {
      cause: error,
    });
  });
  const prompt = promptTokens(tokenizer, input.messages);
  // Whoever waits behind the prompt goes before the answer.
  await turn();
  return { modelName, prompt, answer: tokenizer.encode(input.answer ?? "").length, context };
}

/**
 * Refuses a prompt that leaves a model no room for an answer: all of its answers would fail.
 * Of a model that cannot be used nothing is said here.
 * @throws DomainError BAD_REQUEST saying by how many tokens it is too long
 */
export async function refuseOverlong(
  { name, context, ...place }: Pick<ModelHead, "name" | "context" | "origin" | "directory">,
  messages: readonly Message[],
): Promise<void> {
  const tokenizer = await tokenizerOf(modelDirectory(place)).catch(() => null);
  const tokens = tokenizer ? promptTokens(tokenizer, messages) : 0;
  const most = context - 1;
  if (tokens <= most) return;
  const excess = tokens - most;
  throw new DomainError(
    "BAD_REQUEST",
    `The prompt has ${said(tokens)} tokens, and ${name} reads ${said(most)} beside an answer: shorten it by ${said(excess)} ${excess === 1 ? "token" : "tokens"}.`,
    { field: "prompt" },
  );
}

const said = (figure: number) => figure.toLocaleString("en");

/** Turns that the template refuses because they are not all there yet are counted one by one. */
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
  /** Changes when the directory is replaced. */
  stamp: string;
  tokenizer: Promise<Tokenizer>;
}

/** A vocabulary of 50,000 takes some 50 MB: the project's model, and one that somebody compares it with. */
const kept = 2;
const loaded = new Map<string, Loaded>();

/** The tokenizer of a model directory, read once while it stays the same. @throws TokenizerError */
async function tokenizerOf(directory: string): Promise<Tokenizer> {
  const stamp = (
    await Promise.all(["tokenizer.json", "tokenizer_config.json"].map((name) => stampOf(join(directory, name))))
  ).join();
  const known = loaded.get(directory);
  const one = known?.stamp === stamp ? known : { stamp, tokenizer: loadTokenizer(directory) };
  // The one asked for last stands last.
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
