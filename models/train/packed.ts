// Prompts with their answers as one batch: each prompt is read once, and its answers stand side by side. An answer sees
// its prompt and itself, never another answer, and its positions go on where the prompt ends: the numbers are those of
// prompt and answer as a row of their own. No [T, T] mask over all of it is ever made.
// Shapes: G prompts of P tokens, R answers of S tokens, N = G·P + R·S; every answer belongs to one of the prompts.
import type { PromptContent } from "../../lib/preference/conversation.ts";
import type { GptConfig } from "../gpt/config.ts";
import { attention, causalMask, joinHeads, type Layout, splitHeads } from "../gpt/forward.ts";
import type { Tokenizer } from "../gpt/tokenizer.ts";
import { type Graph, GraphError, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";

/** A prompt and answers to it as token ids; neither is empty, and prompt and longest answer fit the context together. */
export interface Texts {
  prompt: readonly number[];
  answers: readonly (readonly number[])[];
}

export interface Pack extends Texts {
  /** Tokens were cut away to fit the context. */
  cut: boolean;
}

/** Sizes of a batch; one graph is built for each. */
export type PackedShape = readonly [G: number, P: number, R: number, S: number];

/**
 * A prompt and its answers, each with the end token, as ids. What exceeds `context` is cut: of the prompt its
 * beginning, down to half the context, then the end of an answer. All answers see the same prompt, so the longest one
 * decides how much of it is left.
 */
export function packOf(tokenizer: Tokenizer, prompt: PromptContent, answers: readonly string[], context: number): Pack {
  const p = tokenizer.encodePrompt(prompt);
  // GPT-2 begins a text after the end of another.
  if (p.length === 0) p.push(tokenizer.eosId);
  const ids = answers.map((answer) => tokenizer.encodeAnswer(answer));
  const most = longest(ids);
  if (p.length + most <= context) return { prompt: p, answers: ids, cut: false };
  const kept = p.slice(Math.max(0, p.length - Math.max(context - most, Math.floor(context / 2))));
  return { prompt: kept, answers: ids.map((answer) => answer.slice(0, context - kept.length)), cut: true };
}

/** Sizes that texts are padded to: steps of about √2, so little is padding. */
const lengths = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048];
/** And numbers of texts. */
const counts = [1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 48, 64];

const up = (list: readonly number[], count: number): number => list.find((size) => size >= count) ?? count;
/** A length, made up to one of a few. */
export const paddedLength = (length: number): number => up(lengths, length);
const longest = (texts: readonly (readonly number[])[]) => Math.max(...texts.map(({ length }) => length));

/** The shape that just holds these packs. */
export function exactShape(packs: readonly Texts[]): PackedShape {
  const answers = packs.flatMap((pack) => pack.answers);
  return [packs.length, longest(packs.map(({ prompt }) => prompt)), answers.length, longest(answers)];
}

/** A shape that holds these packs, of not too many there are: for batches that come one by one. */
export function packedShape(packs: readonly Texts[]): PackedShape {
  const [G, P, R, S] = exactShape(packs);
  return [up(counts, G), up(lengths, P), up(counts, R), up(lengths, S)];
}

/** N, the tokens that a batch of this shape computes. */
export const packedTokens = ([G, P, R, S]: PackedShape): number => G * P + R * S;

/**
 * The layout of a batch. Inputs, see `packedFeeds`: `ids` and `positions` [N], `follows` [R, G] (1 where an answer
 * belongs to a prompt), `prompt_tokens` [R, 1] (the length of its prompt).
 */
export function packedLayout(graph: Graph, config: GptConfig, [G, P, R, S]: PackedShape): Layout {
  const N = G * P + R * S;
  const H = config.nHead;
  const follows = graph.input("follows", "float32", [R, G]);
  const promptTokens = graph.input("prompt_tokens", "int32", [R, 1]);
  const columns = graph.unnamed(
    "int32",
    [1, P],
    Int32Array.from({ length: P }, (_, i) => i),
  );
  const zero = graph.scalar(0);
  const hidden = graph.scalar(Number.NEGATIVE_INFINITY);
  const toPrompt = op.reshape(op.where(op.less(columns, promptTokens), zero, hidden), [R, 1, 1, P]);
  const promptMask = causalMask(graph, P);
  const answerMask = op.concat(
    [op.expand(toPrompt, [R, 1, S, P]), op.expand(op.reshape(causalMask(graph, S), [1, 1, S, S]), [R, 1, S, S])],
    3,
  );
  /** What a prompt's tokens keep [G, H, P, D], before what each of its answers' keep [R, H, S, D] → [R, H, P + S, D]. */
  const withPrompt = (prompts: Value, answers: Value): Value => {
    const [, , , D] = prompts.shape as [number, number, number, number];
    // As a product, because its gradient adds up over the answers of a prompt, which a product does fast.
    const own = op.matMul(follows, op.reshape(prompts, [G, H * P * D]));
    return op.concat([op.reshape(own, [R, H, P, D]), answers], 2);
  };
  return {
    ids: graph.input("ids", "int32", [N]),
    positions: graph.input("positions", "int32", [N]),
    attend: (qkv) => {
      const [prompts, answers] = op.split(qkv, 0, [G * P, R * S]) as [Value, Value];
      const [q, k, v] = splitHeads(prompts, G, P, H);
      const [qa, ka, va] = splitHeads(answers, R, S, H);
      const read = joinHeads(attention(q, k, v, promptMask));
      const answered = joinHeads(attention(qa, withPrompt(k, ka), withPrompt(v, va), answerMask));
      return op.concat([read, answered], 0);
    },
  };
}

/** Hidden states [N, C] → those at each answer's last token [R, C]. Input: `last` [R]. */
export function atLast(hidden: Value, [, , R]: PackedShape): Value {
  return op.gather(hidden, hidden.graph.input("last", "int32", [R]));
}

/**
 * Hidden states [N, C] → those from which each answer token is predicted [R·S, C]: the prompt's last token for an
 * answer's first, else the token before. Input: `prompt_end` [R].
 */
export function beforeAnswers(hidden: Value, [G, P, R, S]: PackedShape): Value {
  const C = hidden.size(1);
  const [, answers] = op.split(hidden, 0, [G * P, R * S]) as [Value, Value];
  const first = op.gather(hidden, hidden.graph.input("prompt_end", "int32", [R]));
  if (S === 1) return first;
  const before = op.slice(op.reshape(answers, [R, S, C]), 1, 0, S - 1);
  return op.reshape(op.concat([op.reshape(first, [R, 1, C]), before], 1), [R * S, C]);
}

/** Input `targets` [R·S, 1]: the answers' own tokens, as targets of what `beforeAnswers` predicts. */
export const answerTargets = (graph: Graph, [, , R, S]: PackedShape): Value =>
  graph.input("targets", "int32", [R * S, 1]);

/**
 * A batch's feeds, for whichever of the inputs above a graph has. Also `real` [R·S], 1 where there is an answer's token
 * and not padding. Answers are numbered through, in the order of the packs.
 * @throws GraphError when the packs do not fit the shape.
 */
export function packedFeeds(packs: readonly Texts[], [G, P, R, S]: PackedShape, padId: number) {
  const N = G * P + R * S;
  const ids = new Int32Array(N).fill(padId);
  const positions = new Int32Array(N);
  const follows = new Float32Array(R * G);
  const promptTokens = new Int32Array(R).fill(1);
  const promptEnd = new Int32Array(R);
  const last = new Int32Array(R).fill(G * P);
  const real = new Float32Array(R * S);
  let r = 0;
  for (const [g, { prompt, answers }] of packs.entries()) {
    if (g >= G || prompt.length > P || r + answers.length > R || answers.some(({ length }) => length > S)) {
      throw new GraphError(`a batch does not fit ${G} prompts of ${P} tokens and ${R} answers of ${S}`);
    }
    ids.set(prompt, g * P);
    for (let i = 0; i < prompt.length; i++) positions[g * P + i] = i;
    for (const answer of answers) {
      const start = G * P + r * S;
      ids.set(answer, start);
      for (let i = 0; i < answer.length; i++) positions[start + i] = prompt.length + i;
      follows[r * G + g] = 1;
      promptTokens[r] = prompt.length;
      promptEnd[r] = g * P + prompt.length - 1;
      last[r] = start + answer.length - 1;
      real.fill(1, r * S, r * S + answer.length);
      r++;
    }
  }
  const targets = ids.slice(G * P);
  return { ids, positions, follows, prompt_tokens: promptTokens, prompt_end: promptEnd, last, targets, real };
}

/**
 * Packs in batches of at most `tokens` prompt and answer tokens, padding included, or of one pack that has more.
 * Lengths that are alike go together. @returns indices of the packs.
 */
export function packedBatches(packs: readonly Texts[], tokens: number): number[][] {
  const sizes = packs.map(({ prompt, answers }) => ({ P: up(lengths, prompt.length), S: longest(answers) }));
  const order = [...packs.keys()].sort((a, b) => sizes[a]!.P - sizes[b]!.P || sizes[a]!.S - sizes[b]!.S || a - b);
  const batches: number[][] = [];
  for (const i of order) {
    const batch = batches.at(-1);
    if (batch && packedTokens(packedShape([...batch, i].map((j) => packs[j]!))) <= tokens) batch.push(i);
    else batches.push([i]);
  }
  return batches;
}
