// /v1/completions and /v1/chat/completions: what a model generates, in OpenAI's two shapes, whole or as a stream of events.
import { randomUUID } from "node:crypto";
import type * as z from "zod";
import type { Ask, NamedToken, Piece, Served, Told } from "./engine.ts";
import type { chatRequest, completionRequest } from "./requests.ts";

type Token = NonNullable<Piece["token"]>;
type Told1 = Exclude<Told, { problem: string } | { done: true }>;
/** Asks a model; the first thing it tells comes after all refusals. */
export type AskModel = (ask: Ask) => AsyncGenerator<Told1>;

/** How a request's answers are written: OpenAI's older completions and its chats differ in little. */
interface Shape {
  object: string;
  chunk: string;
  idPrefix: string;
  /** A choice of a stream. */
  piece(text: string, tokens: readonly Token[], at: Place): object;
  /** A choice as a whole. */
  whole(text: string, tokens: readonly Token[]): object;
  /** Before the first text of each choice. */
  opening: object | null;
}

/** Where a piece begins in its answer, in characters. */
interface Place {
  offset: number;
}

const randomSeed = () => Math.floor(Math.random() * 2 ** 32);
const seedsOf = (seed: number | null | undefined, n: number) =>
  Array.from({ length: n }, (_, i) => (((seed ?? randomSeed()) % 2 ** 32) + 2 ** 32 + i) % 2 ** 32);

export function completionAsk(request: z.output<typeof completionRequest>): Ask {
  const { prompt, n, seed, temperature, top_p, top_k, stop, max_tokens, logprobs } = request;
  return {
    kind: "generate",
    prompts: prompt,
    temperature,
    topP: top_p,
    topK: top_k,
    // As OpenAI's.
    maxTokens: max_tokens ?? 16,
    seeds: seedsOf(seed, n),
    stop,
    logProbabilities: logprobs ?? undefined,
  };
}

export function chatAsk(request: z.output<typeof chatRequest>): Ask {
  const { messages, n, seed, temperature, top_p, top_k, stop, logprobs, top_logprobs } = request;
  return {
    kind: "generate",
    prompts: [{ messages }],
    temperature,
    topP: top_p,
    topK: top_k,
    // Without a limit: as much as the context has room for.
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? Number.MAX_SAFE_INTEGER,
    seeds: seedsOf(seed, n),
    stop,
    logProbabilities: logprobs ? (top_logprobs ?? 0) : undefined,
  };
}

export const completionShape: Shape = {
  object: "text_completion",
  chunk: "text_completion",
  idPrefix: "cmpl",
  opening: null,
  piece: (text, tokens, { offset }) => ({ text, logprobs: listed(tokens, offset) }),
  whole: (text, tokens) => ({ text, logprobs: listed(tokens, 0) }),
};

export const chatShape: Shape = {
  object: "chat.completion",
  chunk: "chat.completion.chunk",
  idPrefix: "chatcmpl",
  opening: { delta: { role: "assistant", content: "" }, logprobs: null },
  piece: (text, tokens) => ({ delta: text === "" ? {} : { content: text }, logprobs: described(tokens) }),
  whole: (text, tokens) => ({
    message: { role: "assistant", content: text, refusal: null },
    logprobs: described(tokens),
  }),
};

/** A completion's log-probabilities: lists side by side. */
function listed(tokens: readonly Token[], offset: number) {
  if (tokens.length === 0) return null;
  const offsets = [offset];
  for (const token of tokens) offsets.push(offsets.at(-1)! + length(token));
  return {
    tokens: tokens.map(({ text }) => text),
    token_logprobs: tokens.map(({ logProbability }) => logProbability),
    top_logprobs: tokens.map(({ likeliest }) =>
      Object.fromEntries(likeliest.map(({ text, logProbability }) => [text, logProbability])),
    ),
    text_offset: offsets.slice(0, -1),
  };
}

/** A chat's log-probabilities: one description a token. */
function described(tokens: readonly Token[]) {
  if (tokens.length === 0) return null;
  const one = ({ text, bytes, logProbability }: NamedToken) => ({ token: text, bytes, logprob: logProbability });
  return {
    content: tokens.map((token) => ({ ...one(token), top_logprobs: token.likeliest.map(one) })),
    refusal: null,
  };
}

/** In characters, as Python counts them. */
const length = ({ text, bytes }: NamedToken) => (bytes === null ? 0 : [...text].length);

/** Whole answers, in one piece. */
export async function wholeReply(shape: Shape, { id: model }: Served, fingerprint: string, told: AsyncIterable<Told1>) {
  const answers: { text: string; tokens: Token[]; count: number; finish: Piece["finish"] }[] = [];
  let promptTokens = 0;
  for await (const one of told) {
    if ("promptTokens" in one) promptTokens = one.promptTokens;
    for (const { index, text, tokens, finish, token } of piecesOf(one)) {
      const answer = answers[index] ?? { text: "", tokens: [], count: 0, finish: null };
      answers[index] = answer;
      answer.text += text;
      if (token) answer.tokens.push(token);
      answer.count = tokens;
      answer.finish = finish;
    }
  }
  const choices = answers.map(({ text, tokens, finish }, index) => ({
    index,
    ...shape.whole(text, tokens),
    finish_reason: finish,
  }));
  const usage = usageOf(
    promptTokens,
    answers.reduce((sum, { count }) => sum + count, 0),
  );
  return Response.json({ ...headOf(shape, shape.object, model, fingerprint), choices, usage });
}

/**
 * Answers as server-sent events, begun once the model has taken the request.
 * @param failed what is told of an error in the middle; null where nobody is there any more
 */
export async function streamReply(
  shape: Shape,
  { id: model }: Served,
  fingerprint: string,
  told: AsyncGenerator<Told1>,
  { withUsage, failed }: { withUsage: boolean; failed: (error: unknown) => object | null },
): Promise<Response> {
  const first = await told.next();
  const head = headOf(shape, shape.chunk, model, fingerprint);
  const send = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
  const events = async function* () {
    let promptTokens = 0;
    const counts: number[] = [];
    const offsets: number[] = [];
    const usage = (value: object | null) => (withUsage ? { usage: value } : {});
    try {
      for (let next = first; !next.done; next = await told.next()) {
        if ("promptTokens" in next.value) promptTokens = next.value.promptTokens;
        for (const { index, text, tokens, finish, token } of piecesOf(next.value)) {
          if (counts[index] === undefined && shape.opening) {
            yield send({ ...head, choices: [{ index, ...shape.opening, finish_reason: null }], ...usage(null) });
          }
          counts[index] = tokens;
          const offset = offsets[index] ?? 0;
          offsets[index] = offset + (token ? length(token) : 0);
          if (text === "" && !token && finish === null) continue;
          const choice = { index, ...shape.piece(text, token ? [token] : [], { offset }), finish_reason: finish };
          yield send({ ...head, choices: [choice], ...usage(null) });
        }
      }
      if (withUsage) {
        const all = counts.reduce((sum, count) => sum + count, 0);
        yield send({ ...head, choices: [], usage: usageOf(promptTokens, all) });
      }
      yield "data: [DONE]\n\n";
    } catch (error) {
      const problem = failed(error);
      if (problem) yield send(problem);
    } finally {
      // Whoever leaves in the middle ends the work.
      await told.return(undefined);
    }
  };
  return new Response(streamOf(events()), {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" },
  });
}

function streamOf(texts: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => void (await texts.return()),
  });
}

const piecesOf = (told: Told1): Piece[] => ("pieces" in told ? told.pieces : []);

const headOf = ({ idPrefix }: Shape, object: string, model: string, fingerprint: string) => ({
  id: `${idPrefix}-${randomUUID()}`,
  object,
  created: Math.floor(Date.now() / 1_000),
  model,
  system_fingerprint: fingerprint,
});

const usageOf = (prompt: number, completion: number) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});
