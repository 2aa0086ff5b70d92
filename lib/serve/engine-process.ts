// The process of one served model: answers or scores what the server asks (engine.ts), several requests at a time, a step of
// one and a step of the other. A graph blocks the thread that runs it, so it never runs where requests are taken.
//
//   node lib/serve/engine-process.ts <lm|reward> <directory> <bits>
import process from "node:process";
import { setImmediate as letOthersRun } from "node:timers/promises";
import { GenerateError, GptGenerator, type TokenChance } from "../../models/gpt/generate.ts";
import { EndlessTokenizerError, PromptError, type Tokenizer } from "../../models/gpt/tokenizer.ts";
import type { WeightBits } from "../../models/gpt/weight-bits.ts";
import { RewardScorer } from "../../models/train/score.ts";
import type { Ask, NamedToken, Piece, Prompt, Question, Scorable, Told } from "./engine.ts";

const [kind, directory = "", bits = "32"] = process.argv.slice(2);
const loading =
  kind === "reward" ? RewardScorer.load(directory) : GptGenerator.load(directory, { bits: Number(bits) as WeightBits });
// It is said to each who asks.
loading.catch(() => {});

const underWay = new Map<number, AbortController>();
process.on("message", async (question: Question) => {
  const { id } = question;
  if ("cancel" in question) return underWay.get(id)?.abort();
  const cancelling = new AbortController();
  underWay.set(id, cancelling);
  try {
    for await (const told of answersTo(question.ask, cancelling.signal)) {
      process.send?.({ id, ...told });
      // Questions and cancellations come in between two steps.
      await letOthersRun();
    }
    process.send?.({ id, done: true });
  } catch (error) {
    if (!cancelling.signal.aborted) process.send?.({ id, ...problemOf(error) });
  } finally {
    underWay.delete(id);
  }
});
// The server has gone, and with it whoever waits.
process.on("disconnect", () => process.exit(0));

/** The text is longer than the model's context. */
class TooLongError extends GenerateError {}

class UnusableError extends Error {}

function problemOf(error: unknown): Told {
  const problem = error instanceof Error ? error.message : String(error);
  if (error instanceof TooLongError) return { problem, why: "too long" };
  const refused = [GenerateError, PromptError, EndlessTokenizerError].some((one) => error instanceof one);
  if (refused) return { problem, why: "refused" };
  if (error instanceof UnusableError) return { problem, why: "unusable" };
  console.error(error);
  return { problem, why: "failed" };
}

async function* answersTo(ask: Ask, signal: AbortSignal): AsyncGenerator<Told> {
  const model = await loading.catch((cause: Error) => {
    throw new UnusableError(cause.message, { cause });
  });
  if (ask.kind === "generate" && model instanceof GptGenerator) yield* generate(model, ask, signal);
  else if (ask.kind === "score" && model instanceof RewardScorer) yield* score(model, ask.items, signal);
  else throw new GenerateError("This model does not do that.");
}

async function* generate(
  generator: GptGenerator,
  { prompts, seeds, ...settings }: Extract<Ask, { kind: "generate" }>,
  signal: AbortSignal,
): AsyncGenerator<Told> {
  const { tokenizer, config } = generator;
  // All are looked at before the first is answered.
  const read = prompts.map((prompt) => promptIds(tokenizer, prompt));
  for (const { length } of read) {
    if (length < config.nCtx) continue;
    throw new TooLongError(
      `The prompt has ${length} tokens, which leaves no room for an answer in this model's context of ${config.nCtx}.`,
    );
  }
  yield { promptTokens: read.reduce((sum, { length }) => sum + length, 0) };
  const stops = generator.stopTexts(settings.stop);
  const name = ({ id, logProbability }: TokenChance): NamedToken => nameToken(tokenizer, id, logProbability);
  for (const [number, ids] of read.entries()) {
    const sent = seeds.map(() => "");
    const own = seeds.map((seed) => (seed + number * seeds.length) % 2 ** 32);
    for await (const deltas of generator.generate({ ...settings, prompt: { ids }, seeds: own, signal })) {
      const pieces = deltas.map(({ index, text, tokens, finish, chosen }): Piece => {
        const whole = finish === null ? text.slice(0, text.length - openEnd(text, stops)) : text;
        const grown = whole.startsWith(sent[index]!);
        const piece = grown ? whole.slice(sent[index]!.length) : "";
        if (grown) sent[index] = whole;
        const token = chosen && { ...name(chosen), likeliest: chosen.likeliest.map(name) };
        return { index: number * seeds.length + index, text: piece, tokens, finish, ...(token && { token }) };
      });
      yield { pieces };
    }
  }
}

/** How many characters at the end of a text may be the beginning of one that ends it, and are held back. */
function openEnd(text: string, stops: readonly string[]): number {
  let open = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > open; length--) {
      if (text.endsWith(stop.slice(0, length))) open = length;
    }
  }
  return open;
}

function promptIds(tokenizer: Tokenizer, prompt: Prompt): readonly number[] {
  if ("ids" in prompt) return prompt.ids;
  if ("text" in prompt) return tokenizer.encodeWritten(prompt.text);
  return tokenizer.encodePrompt(prompt.messages);
}

/** Tokens without text of their own, parts of characters and special ones, go by their number, as vLLM names them. */
function nameToken(tokenizer: Tokenizer, id: number, logProbability: number): NamedToken {
  const text = tokenizer.decode([id]);
  const whole = text !== "" && text === tokenizer.decode([id], { partial: true }) && !text.includes("\uFFFD");
  return whole
    ? { text, bytes: [...Buffer.from(text)], logProbability }
    : { text: `token_id:${id}`, bytes: null, logProbability };
}

async function* score(scorer: RewardScorer, items: readonly Scorable[], signal: AbortSignal): AsyncGenerator<Told> {
  const texts = items.map((item) => scorableTokens(scorer, item));
  yield { promptTokens: texts.reduce((sum, { prompt, answer }) => sum + prompt.length + answer.length, 0) };
  const scores: number[] = [];
  // A few at a time, so that others have their turn.
  for (let i = 0; i < texts.length; i += 8) {
    signal.throwIfAborted();
    scores.push(...(await scorer.scoreTokens(texts.slice(i, i + 8), signal)));
    await letOthersRun();
  }
  yield { scores };
}

/** @throws GenerateError for a text that the model cannot read, or cannot read whole */
function scorableTokens(
  scorer: RewardScorer,
  item: Scorable,
): { prompt: readonly number[]; answer: readonly number[] } {
  const { tokenizer, context } = scorer;
  const tokens = partsOf(tokenizer, item);
  if (tokens.prompt.length === 0) {
    if (scorer.readsLikelihood) {
      throw new GenerateError(
        'This reward model weighs how likely an answer is, so that it must know where one begins: send "messages", or "prompts" beside "query".',
      );
    }
    tokens.prompt = tokens.answer.slice(0, -1);
    tokens.answer = tokens.answer.slice(-1);
  }
  const ids = [...tokens.prompt, ...tokens.answer];
  const unknown = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < tokenizer.vocabSize));
  if (unknown !== undefined) {
    throw new GenerateError(
      `The text has the token ${unknown}, and this model's go from 0 to ${tokenizer.vocabSize - 1}.`,
    );
  }
  if (ids.length < 2) throw new GenerateError("The text is too short: a reward model reads at least 2 tokens.");
  if (ids.length <= context) return tokens;
  throw new TooLongError(`The text has ${ids.length} tokens, and this model reads ${context} at most.`);
}

/** The prompt is empty where it is not known apart. */
function partsOf(tokenizer: Tokenizer, item: Scorable): { prompt: number[]; answer: number[] } {
  if ("messages" in item) {
    const prompt = tokenizer.encodePrompt(item.messages.slice(0, -1));
    return { prompt, answer: tokenizer.encodeAnswer(item.messages.at(-1)!.content) };
  }
  if ("ids" in item) return { prompt: [], answer: [...item.ids] };
  const { text, prompt, end } = item;
  const known = prompt !== undefined && prompt !== "" && text.startsWith(prompt);
  const parts = known
    ? { prompt: tokenizer.encodeWritten(prompt), answer: tokenizer.encodeWritten(text.slice(prompt.length), false) }
    : { prompt: [], answer: tokenizer.encodeWritten(text) };
  if (!end) return parts;
  while (parts.answer.at(-1) === tokenizer.eosId) parts.answer.pop();
  parts.answer.push(tokenizer.eosId);
  return parts;
}
