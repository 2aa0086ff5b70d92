// What a story, a letter, a poem … looks like from outside, 0 to 1 each. Whether it is about the right thing is asked.ts'.

import { animals } from "./animals.ts";
import type { Sentence, TextRead } from "./answer-text.ts";
import { norm } from "./answer-text.ts";
import { rhymes } from "./rhymes.ts";
import type { Form, TextWant } from "./wants.ts";

export function shapeOf(want: TextWant, answer: TextRead): number {
  return shapes[want.form](answer, want);
}

const share = <T>(list: readonly T[], test: (one: T, i: number) => boolean): number =>
  list.length === 0 ? 0 : list.filter(test).length / list.length;

const past = new Set(
  (
    "was were had went said asked came found lost saw took gave made ran sat began thought knew told ate slept could " +
    "did felt met heard stood got fell grew sang flew broke held brought bought left let put kept understood hid shook"
  ).split(" "),
);
const isPast = (token: string) => past.has(token) || (token.length > 4 && token.endsWith("ed"));
const someone = new Set("he she it they we i you him her his them their its us me my".split(" "));

/** "Of course!" before the story: the story itself begins after it. */
const isPleasantry = ({ tokens }: Sentence) => tokens.length <= 8 && !tokens.some(isPast);

/** A sentence that no story goes on with: another beginning, a line of a play, a fragment, a fact of the present. */
function straysFrom(sentence: Sentence, first: boolean): boolean {
  const { tokens, raw } = sentence;
  if (/^\p{Ll}/u.test(raw[0]!) || tokens[1] === ":" || (!first && begins(sentence))) return true;
  if (tokens.includes('"') || tokens.some(isPast) || tokens.some((token) => lasting.has(token))) return false;
  return tokens.length < 5 || tokens.some((token) => present.has(token));
}
const present = new Set("is are eats lives has can cannot sleeps costs means".split(" "));
const lasting = new Set("today since now still best said and ever".split(" "));

/** Told in the past, and its sentences are about somebody: those asked for, or those who were named before. */
const story = ({ sentences }: TextRead, { groups, continues }: TextWant): number => {
  const heroes = new Set(groups.flat().flatMap((word) => norm(word).trim().split(" ")));
  const told = share(sentences, ({ tokens }) => tokens.some(isPast));
  const peopled = share(
    sentences,
    ({ tokens, raw }) =>
      tokens.some((token) => someone.has(token) || heroes.has(token) || creatures.has(token)) ||
      namesIn({ tokens, raw }),
  );
  const again = continues && sentences[0] !== undefined && begins(sentences[0]) ? 0.3 : 1;
  const astray = sentences.filter(
    (sentence, i) => i > 0 && straysFrom(sentence, i === 1 && isPleasantry(sentences[0]!)),
  ).length;
  return (Math.min(1, told / 0.5) * Math.min(1, peopled / 0.6) * again) / (1 + 0.5 * astray);
};
/** "Once upon a time …", "One day, a fox went …", "A fox lived …": the first sentence of another story. */
const begins = ({ tokens }: Sentence) =>
  (/^(once|long|far)$/.test(tokens[0]!) && /^(upon|there|ago|away)$/.test(tokens[1] ?? "")) ||
  tokens.includes("lived") ||
  (/^(1|every|on)$/.test(tokens[0]!) && tokens.some((token, i) => goes.test(token) && where.test(tokens[i + 1]!))) ||
  (tokens[0] === "it" && tokens.some((token, i) => i > 2 && token === "was" && where.test(tokens[i + 1]!)));
const goes = /^(went|walked)$/;
const where = /^(to|into|up|across|down|by|in|on|at|under|near)$/;
const creatures = new Set(animals.map((x) => x.name));
const namesIn = ({ raw }: Sentence) => raw.some((token, i) => i > 0 && /^\p{Lu}\p{Ll}/u.test(token));

const letter = ({ lines }: TextRead, { groups }: TextWant): number => {
  const [to, from] = [groups[0]![0]!, groups[1]![0]!];
  const opens = lines[0]?.startsWith("Dear ") ? (lines[0].includes(to) ? 1 : 0.6) : 0;
  const signs = lines.at(-1)?.replace(/\.$/, "") === from ? 1 : /^\p{Lu}\p{Ll}+$/u.test(lines.at(-1) ?? "") ? 0.5 : 0;
  return 0.3 + 0.35 * opens + 0.35 * signs;
};

const rhymesWith = (x: string, y: string) =>
  x !== y && (x.slice(-2) === y.slice(-2) || known.has(`${x} ${y}`) || known.has(`${y} ${x}`));
const known = new Set(rhymes.map(([x, y]) => `${x} ${y}`));

/** From three to six lines; every two of them rhyme. */
const poem = ({ lines }: TextRead): number => {
  const ends = lines.map((line) => line.toLowerCase().match(/\p{L}+(?=\P{L}*$)/u)?.[0] ?? "");
  const pairs = Math.floor(ends.length / 2);
  let rhymed = 0;
  for (let i = 0; i < pairs; i++) if (rhymesWith(ends[2 * i]!, ends[2 * i + 1]!)) rhymed++;
  const lined = lines.length >= 3 && lines.length <= 6 ? 1 : lines.length === 2 ? 0.6 : 0.3;
  return lined * (0.4 + 0.6 * (pairs === 0 ? 0 : rhymed / pairs));
};

/** In an order: numbered, or with first, then, after that. */
const steps = ({ marks, sentences }: TextRead): number =>
  marks === "1."
    ? 1
    : Math.min(1, 0.5 + share(sentences, ({ tokens }) => /^(first|then|after|at|next|now|also|and)$/.test(tokens[0]!)));

/** Lines of two speakers by turns, each with the name in front. */
const dialogue = ({ lines }: TextRead): number => {
  const speakers = lines.map((line) => /^([\p{L} ]{2,20}): /u.exec(line)?.[1] ?? "");
  const named = share(speakers, (speaker) => speaker !== "");
  const turns = speakers.length < 2 ? 0 : share(speakers.slice(1), (speaker, i) => speaker !== speakers[i]);
  const two = new Set(speakers.filter(Boolean)).size === 2 ? 1 : 0.5;
  return named * turns * two;
};

/** Clues in the first person, and the word itself not among them. */
const riddle = ({ norm: text, sentences }: TextRead, { secret }: TextWant): number => {
  const clues = share(sentences, ({ tokens }) => tokens.includes("i") || tokens.includes("my"));
  return (secret !== undefined && text.includes(norm(secret)) ? 0.3 : 1) * clues;
};

/** Of these nothing is asked but what they say and how long they are. */
const unshaped = () => 1;

const shapes: Record<Form, (answer: TextRead, want: TextWant) => number> = {
  advice: unshaped,
  description: unshaped,
  dialogue,
  letter,
  line: unshaped,
  poem,
  reply: unshaped,
  riddle,
  steps,
  story,
  summary: unshaped,
};
