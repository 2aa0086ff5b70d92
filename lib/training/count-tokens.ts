// How many tokens a text has for a model. The web process asks another process for that (token-counter.ts).
import type { ModelRow } from "../../db/queries/models.ts";
import { allowed, type Context } from "../context.ts";
import type { Message } from "../vocabulary/conversation.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { refuseTooLong } from "../vocabulary/few-shot.ts";
import { hasFiles, modelDirectory, withoutPlaces } from "./model-directory.ts";
import { projectModel } from "./models.ts";
import { tokenCounter } from "./token-counter.ts";

/**
 * Tokens of a prompt through the model's chat template, and of an answer without the end token; both may be unfinished.
 * A prompt of 20,000 characters takes some 3 ms, and at worst, as one word, 90; an answer of 50,000 at worst 140.
 * @throws DomainError NOT_FOUND, or BAD_REQUEST for a model that cannot be used or is at an address, or a prompt that is too
 *   long
 */
export async function countTokens(
  ctx: Context,
  input: { modelId?: string; messages: readonly Message[]; answer?: string },
): Promise<{ modelName: string; prompt: number; answer: number; context: number }> {
  allowed(ctx, "write", "count tokens");
  refuseTooLong(input.messages);
  const model = await projectModel(ctx, input.modelId);
  const { name: modelName, context } = model;
  if (!hasFiles(model) || context === null) {
    throw new DomainError("BAD_REQUEST", `${modelName} is another server’s, which alone counts its tokens.`);
  }
  const asked = { directory: modelDirectory(model), messages: input.messages, answer: input.answer ?? "" };
  const { prompt, answer } = await tokenCounter.count(asked).catch((error: Error) => {
    throw new DomainError("BAD_REQUEST", `${modelName} cannot be used: ${withoutPlaces(error.message)}`, {
      cause: error,
    });
  });
  return { modelName, prompt, answer, context };
}

type Reader = Pick<ModelRow, "name" | "context" | "origin" | "directory">;

/** Tokens of a prompt for a model; 0 for one at an address, or that cannot be used, which is reported elsewhere. */
async function tokensFor(model: Reader, messages: readonly Message[]): Promise<number> {
  if (!hasFiles(model)) return 0;
  const asked = { directory: modelDirectory(model), messages, answer: "" };
  const { prompt } = await tokenCounter.count(asked).catch(() => ({ prompt: 0 }));
  return prompt;
}

/** Does the model's context leave room for an answer to this prompt? */
export async function fits(model: Reader, messages: readonly Message[]): Promise<boolean> {
  return model.context === null || (await tokensFor(model, messages)) < model.context;
}

/**
 * Refuses a prompt that leaves a model no room for an answer: all of its answers would fail.
 * @throws DomainError BAD_REQUEST saying by how many tokens it is too long
 */
export async function refuseOverlong(model: Reader, messages: readonly Message[]): Promise<void> {
  if (model.context === null) return;
  const tokens = await tokensFor(model, messages);
  const most = model.context - 1;
  if (tokens <= most) return;
  const excess = tokens - most;
  throw new DomainError(
    "BAD_REQUEST",
    `The prompt has ${said(tokens)} tokens, and ${model.name} reads ${said(most)} beside an answer: shorten it by ${said(excess)} ${excess === 1 ? "token" : "tokens"}.`,
    { field: "prompt" },
  );
}

const said = (figure: number) => figure.toLocaleString("en");
