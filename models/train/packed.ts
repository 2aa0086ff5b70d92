// Prompts with their answers as one batch: each prompt is read once, and its answers stand side by side. An answer sees
// its prompt and itself, never another answer, and its positions go on where the prompt ends: the numbers are those of
// prompt and answer as a row of their own. No [T, T] mask over all of it is ever made.
// Shapes: G rows of P tokens hold the prompts, one after the other; R rows of S tokens hold the answers, each row those to
// prompts of one row; N = G·P + R·S tokens and A answers in all.
import { type Message, messagesOf, type PromptContent } from "../../lib/vocabulary/conversation.ts";
import type { Architecture } from "../gpt/architecture.ts";
import { attention, forWindows, joinHeads, splitHeads } from "../gpt/attention.ts";
import type { Parameters } from "../gpt/block.ts";
import type { Layout } from "../gpt/forward.ts";
import { type Head, logProbabilities } from "../gpt/heads.ts";
import type { Tokenizer } from "../gpt/tokenizer.ts";
import { type Graph, GraphError, type Value } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { fillRows, ownText, rowWidths } from "./rows.ts";

/** A prompt and answers to it as token ids; neither is empty, and prompt and longest answer fit the context together. */
export interface Texts {
  prompt: readonly number[];
  answers: readonly (readonly number[])[];
}

export interface Pack extends Texts {
  /** Of each answer, whether it was too long to stand whole behind the whole prompt: then one of them is cut. */
  cut: readonly boolean[];
}

/** Sizes of a batch; one graph is built for each. */
export type PackedShape = readonly [G: number, P: number, R: number, S: number, A: number];

/**
 * A prompt and its answers, each with the end token, as ids. What exceeds `context` is cut: of the prompt its
 * beginning, down to half the context, then the end of an answer, with its end token. All answers see the same prompt, so
 * the longest one decides how much of it is left.
 */
export function packOf(tokenizer: Tokenizer, prompt: PromptContent, answers: readonly string[], context: number): Pack {
  // Texts with so many characters are too long however they are encoded: what is cut anyway is not encoded.
  const most = (context + 1) * tokenizer.longestToken;
  const p = tokenizer.encodePrompt(lastCharacters(prompt, most));
  // GPT-2 begins a text after the end of another.
  if (p.length === 0) p.push(tokenizer.eosId);
  const ids = answers.map((answer) => tokenizer.encodeAnswer(answer.length > most ? answer.slice(0, most) : answer));
  const room = Math.max(context - longest(ids), Math.floor(context / 2));
  const cut = ids.map(({ length }) => p.length + length > context);
  if (!cut.includes(true)) return { prompt: p, answers: ids, cut };
  const kept = p.slice(Math.max(0, p.length - room));
  return { prompt: kept, answers: ids.map((answer) => answer.slice(0, context - kept.length)), cut };
}

/** A prompt's end, of so many characters at most: earlier turns stay, emptied. */
function lastCharacters(prompt: PromptContent, most: number): PromptContent {
  const messages = messagesOf(prompt);
  if (messages.reduce((sum, { content }) => sum + content.length, 0) <= most) return prompt;
  const shortened: Message[] = [];
  let left = most;
  for (const { role, content } of messages.toReversed()) {
    const kept = left > 0 ? content.slice(-left) : "";
    shortened.unshift({ role, content: kept });
    left -= kept.length;
  }
  return shortened;
}

/** Packs that are computed together, and where everything stands. */
export interface PackedBatch {
  /** Indices among the packs that were put into batches. */
  members: readonly number[];
  packs: readonly Texts[];
  /** Rows of prompts: indices of `packs`. */
  prompts: readonly (readonly number[])[];
  /** Rows of answers to prompts of one row: whose they are, and which of its answers. */
  answers: readonly AnswerRow[];
  /** The smallest that holds it. */
  shape: PackedShape;
}

interface AnswerRow {
  /** The row of their prompts. */
  of: number;
  items: readonly { pack: number; place: number }[];
}

/** Widths that rows of prompts and rows of answers may have, ascending. */
export interface Widths {
  prompts: readonly number[];
  answers: readonly number[];
}

const longest = (texts: readonly (readonly number[])[]) =>
  texts.reduce((most, { length }) => Math.max(most, length), 0);

/** An answer's token looks at a whole row of prompts: short prompts share one, long ones would cost more than they fill. */
const sharedPrompts = 256;

/** For rows that hold any of these packs. @param padded makes a length up to one of a few */
export function widthsFor(packs: readonly Texts[], padded: (length: number) => number = (length) => length): Widths {
  const prompt = padded(longest(packs.map((pack) => pack.prompt)));
  return {
    prompts: [...rowWidths(prompt), ...(prompt <= sharedPrompts / 2 ? [2 * prompt] : [])],
    answers: rowWidths(padded(longest(packs.flatMap(({ answers }) => answers)))),
  };
}

/** N, the tokens that a batch of this shape computes. */
export const packedTokens = ([G, P, R, S]: PackedShape): number => G * P + R * S;

/** Some of the packs as a batch in rows of P and of S tokens; undefined where one of their texts is longer. */
export function placedIn(packs: readonly Texts[], members: readonly number[], P: number, S: number) {
  const own = members.map((i) => packs[i]!);
  if (own.some(({ prompt, answers }) => prompt.length > P || longest(answers) > S)) return undefined;
  const rows = <T>(items: readonly T[], length: (item: T) => number, width: number) =>
    fillRows(items, (item) => ({ length: length(item), read: 0 }), [width]).map((row) => row.items);
  const prompts = rows([...own.keys()], (i) => own[i]!.prompt.length, P);
  const answers = prompts.flatMap((row, of): AnswerRow[] => {
    const all = row.flatMap((pack) => own[pack]!.answers.map((_, place) => ({ pack, place })));
    return rows(all, ({ pack, place }) => own[pack]!.answers[place]!.length, S).map((items) => ({ of, items }));
  });
  const count = own.reduce((sum, pack) => sum + pack.answers.length, 0);
  const shape = [prompts.length, P, answers.length, S, count] as const;
  return { members, packs: own, prompts, answers, shape } satisfies PackedBatch;
}

/** The same in rows of those widths that leave the least empty; some of them hold every text. */
export function placed(packs: readonly Texts[], members: readonly number[], widths: Widths): PackedBatch {
  return widths.prompts
    .flatMap((P) => widths.answers.flatMap((S) => placedIn(packs, members, P, S) ?? []))
    .reduce((a, b) => (packedTokens(b.shape) < packedTokens(a.shape) ? b : a));
}

/** Makes batches of at most `tokens` tokens, padding included, or of one pack that has more. */
export type Batching = (members: readonly number[], tokens: number) => PackedBatch[];

/**
 * Batches of any of these packs, by their indices. Lengths that are alike go together.
 * @param padded pads rows to one of a few lengths, so that the batches of a step need few graphs.
 */
export function batching(packs: readonly Texts[], padded: (length: number) => number = (length) => length): Batching {
  const widths = widthsFor(packs, padded);
  const lengths = packs.map(({ prompt, answers }) => ({ P: prompt.length, S: longest(answers) }));
  return (members, tokens) => {
    const order = members.toSorted((a, b) => lengths[a]!.S - lengths[b]!.S || lengths[a]!.P - lengths[b]!.P || a - b);
    const batches: PackedBatch[] = [];
    for (const i of order) {
      const more = batches.length === 0 ? undefined : placed(packs, [...batches.at(-1)!.members, i], widths);
      if (more && packedTokens(more.shape) <= tokens) batches[batches.length - 1] = more;
      else batches.push(placed(packs, [i], widths));
    }
    return batches;
  };
}

/** The lengths that rows are padded to where a step has several batches: about √2 apart, so that there are few shapes. */
const lengths = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048];
/** And numbers of rows and answers. */
const counts = [1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 48, 64];

const up = (list: readonly number[], count: number): number => list.find((size) => size >= count) ?? count;
/** A length, made up to one of a few. */
export const paddedLength = (length: number): number => up(lengths, length);

/** A shape of not too many that holds a batch, for batches that come one by one. */
export const paddedShape = ([G, P, R, S, A]: PackedShape): PackedShape => [
  up(counts, G),
  P,
  up(counts, R),
  S,
  up(counts, A),
];

/**
 * The layout of a batch. Inputs, see `packedFeeds`: `ids` and `positions` [N]; `prompt_texts` [G, P] and `answer_texts`
 * [R, S], numbers of the texts that a row's tokens belong to; `follows` [R, G], 1 where a row's answers are to prompts of
 * that row; `asked` [R, P], the numbers of those prompts where they stand, and `asks` [R, S], that of the prompt that an
 * answer's token belongs to, −1 for padding.
 */
export function packedLayout(graph: Graph, [G, P, R, S]: PackedShape): Layout {
  const N = G * P + R * S;
  const positions = graph.input("positions", "int32", [N]);
  const follows = graph.input("follows", "float32", [R, G]);
  const zero = graph.scalar(0);
  const hidden = graph.scalar(Number.NEGATIVE_INFINITY);
  const promptTexts = graph.input("prompt_texts", "int32", [G, P]);
  const answerTexts = graph.input("answer_texts", "int32", [R, S]);
  const promptMask = forWindows((window) => ownText(graph, promptTexts, window));
  const asked = graph.input("asked", "int32", [R, 1, 1, P]);
  const toPrompt = op.where(op.equal(graph.input("asks", "int32", [R, 1, S, 1]), asked), zero, hidden);
  /** How far before an answer's token each of its prompt's stands [R, 1, S, P]; of other prompts it says nothing. */
  const distances = () => {
    const [prompts, answered] = op.split(op.cast(positions, "float32"), 0, [G * P, R * S]) as [Value, Value];
    const own = op.matMul(follows, op.reshape(prompts, [G, P]));
    return op.sub(op.reshape(answered, [R, 1, S, 1]), op.reshape(own, [R, 1, 1, P]));
  };
  const answerMask = forWindows((window) => {
    const near = window === undefined ? toPrompt : op.where(op.less(distances(), window), toPrompt, hidden);
    return op.concat([near, ownText(graph, answerTexts, window)], 3);
  });
  /** What the prompts' tokens keep [G, KV, P, D], before what each row of answers keeps [R, KV, S, D] → [R, KV, P + S, D]. */
  const withPrompt = (prompts: Value, answers: Value): Value => {
    const [, KV, , D] = prompts.shape as [number, number, number, number];
    // As a product, because its gradient adds up over the answers of a prompt, which a product does fast.
    const own = op.matMul(follows, op.reshape(prompts, [G, KV * P * D]));
    return op.concat([op.reshape(own, [R, KV, P, D]), answers], 2);
  };
  return {
    ids: graph.input("ids", "int32", [N]),
    positions,
    attend: (...[queries, keys, values, how]) => {
      const parts = [queries, keys, values].map((x) => op.split(x, 0, [G * P, R * S]) as [Value, Value]);
      const [q, k, v] = parts.map(([prompts]) => splitHeads(prompts, G, P, how.D)) as [Value, Value, Value];
      const [qa, ka, va] = parts.map(([, answers]) => splitHeads(answers, R, S, how.D)) as [Value, Value, Value];
      const read = joinHeads(attention(q, k, v, promptMask(how), how));
      const answered = joinHeads(attention(qa, withPrompt(k, ka), withPrompt(v, va), answerMask(how), how));
      return op.concat([read, answered], 0);
    },
  };
}

/** Hidden states [N, C] → those at each answer's last token [A, C]. Input: `last` [A]. */
export const atLast = (hidden: Value, [, , , , A]: PackedShape): Value =>
  op.gather(hidden, hidden.graph.input("last", "int32", [A]));

/**
 * Hidden states [N, C] → those from which the answers' tokens are predicted [R·S, C]: the prompt's last token for an
 * answer's first, else the token before. Input: `before` [R·S].
 */
export const beforeAnswers = (hidden: Value, [, , R, S]: PackedShape): Value =>
  op.gather(hidden, hidden.graph.input("before", "int32", [R * S]));

/** Input `targets` [R·S, 1]: the answers' own tokens, as targets of what `beforeAnswers` predicts. */
export const answerTargets = (graph: Graph, [, , R, S]: PackedShape): Value =>
  graph.input("targets", "int32", [R * S, 1]);

/** Numbers of the answers' tokens [R·S] → their sums [A]. Input: `owns` [A, R·S], 1 where a token is an answer's. */
export function answerSums(tokens: Value, [, , R, S, A]: PackedShape): Value {
  const owns = tokens.graph.input("owns", "float32", [A, R * S]);
  return op.reshape(op.matMul(owns, op.reshape(tokens, [R * S, 1])), [A]);
}

/**
 * A batch's feeds, for whichever of the inputs of `packedLayout` and of what is read a graph has. Answers and their tokens
 * are numbered through, in the order of the packs; what is behind the last of them must weigh nothing.
 * @throws GraphError when the batch does not fit the shape.
 */
export function packedFeeds({ packs, prompts, answers, shape: own }: PackedBatch, shape: PackedShape, padId: number) {
  if (own.some((size, i) => size > shape[i]!)) {
    throw new GraphError(`a batch of shape ${own.join("×")} does not fit ${shape.join("×")}`);
  }
  const [G, P, R, S, A] = shape;
  const ids = new Int32Array(G * P + R * S).fill(padId);
  const positions = new Int32Array(ids.length);
  const [promptTexts, answerTexts] = [new Int32Array(G * P), new Int32Array(R * S)];
  const place = (text: readonly number[], at: number, from: number) => {
    ids.set(text, at);
    for (let i = 0; i < text.length; i++) positions[at + i] = from + i;
  };
  const promptAt: number[] = [];
  for (const [row, members] of prompts.entries()) {
    let at = row * P;
    for (const [n, pack] of members.entries()) {
      const { prompt } = packs[pack]!;
      promptAt[pack] = at;
      place(prompt, at, 0);
      promptTexts.fill(n + 1, at, at + prompt.length);
      at += prompt.length;
    }
  }

  const follows = new Float32Array(R * G);
  const asked = new Int32Array(R * P);
  const asks = new Int32Array(R * S).fill(-1);
  const answerAt = packs.map((): number[] => []);
  for (const [row, { of, items }] of answers.entries()) {
    follows[row * G + of] = 1;
    asked.set(promptTexts.subarray(of * P, (of + 1) * P), row * P);
    let at = row * S;
    for (const [n, { pack, place: which }] of items.entries()) {
      const { prompt, answers: all } = packs[pack]!;
      const answer = all[which]!;
      answerAt[pack]![which] = at;
      place(answer, G * P + at, prompt.length);
      answerTexts.fill(n + 1, at, at + answer.length);
      asks.fill(promptTexts[promptAt[pack]!]!, at, at + answer.length);
      at += answer.length;
    }
  }

  const last = new Int32Array(A);
  const before = new Int32Array(R * S);
  const targets = new Int32Array(R * S);
  let [a, token] = [0, 0];
  for (const [pack, { prompt, answers: all }] of packs.entries()) {
    for (const [which, answer] of all.entries()) {
      const start = G * P + answerAt[pack]![which]!;
      last[a] = start + answer.length - 1;
      for (let i = 0; i < answer.length; i++) before[token + i] = start + i - 1;
      before[token] = promptAt[pack]! + prompt.length - 1;
      targets.set(answer, token);
      token += answer.length;
      a++;
    }
  }
  return {
    ids,
    positions,
    prompt_texts: promptTexts,
    answer_texts: answerTexts,
    follows,
    asked,
    asks,
    last,
    before,
    targets,
  };
}

/**
 * What a reward head reads of each answer: the state at its last token [A, C], or beside it how likely the answer is
 * [A, C + 1]: Σ log p / tokens^power. Inputs: `last`; for the likelihood those of what it is made of, and `length_scale`
 * [A].
 */
export function rewardFeatures(
  config: Architecture,
  head: Head,
  parameters: Parameters,
  hidden: Value,
  shape: PackedShape,
): Value {
  const states = atLast(hidden, shape);
  if (head.likelihoodPower === undefined) return states;
  const { graph } = hidden;
  const A = shape[4];
  const read = logProbabilities(config, parameters, beforeAnswers(hidden, shape), answerTargets(graph, shape));
  const likelihood = op.mul(answerSums(read, shape), graph.input("length_scale", "float32", [A]));
  return op.concat([states, op.reshape(likelihood, [A, 1])], 1);
}

/** Feeds of `rewardFeatures` beside `packedFeeds`. */
export function rewardFeeds(
  batch: PackedBatch,
  shape: PackedShape,
  { likelihoodPower: power }: Head,
): Record<string, Float32Array> {
  if (power === undefined) return {};
  const lengths = batch.packs.flatMap(({ answers }) => answers.map(({ length }) => length));
  const scale = Float32Array.from({ length: shape[4] }, (_, a) => (a < lengths.length ? lengths[a]! ** -power : 0));
  return { owns: ownersFeed(batch, shape), length_scale: scale };
}

/** The feed of `answerSums`. */
export function ownersFeed({ packs }: PackedBatch, [, , R, S, A]: PackedShape): Float32Array {
  const owns = new Float32Array(A * R * S);
  let token = 0;
  for (const [a, { length }] of packs.flatMap(({ answers }) => answers).entries()) {
    owns.fill(1, a * R * S + token, a * R * S + token + length);
    token += length;
  }
  return owns;
}
