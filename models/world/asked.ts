// Does an answer do what was asked? One function for each kind of want; with it, how true the asked part is.

import { animals } from "./animals.ts";
import { itemsOf, norm, placeOf, says, type TextRead } from "./answer-text.ts";
import { domains } from "./domains.ts";
import { people } from "./people.ts";
import { shapeOf } from "./shapes.ts";
import type { ItemsWant, TargetWant, TextWant, ValueWant, Want } from "./wants.ts";

export interface Fit {
  /** 0 to 1: an answer to this prompt at all, complete and to the point. */
  asked: number;
  /** 0 to 1: how right the values are that it gives. */
  right: number;
}

const clamp = (x: number) => Math.min(1, Math.max(0, x));
const small = new Set("a an the of in on at to and or it is are was with for from by some".split(" "));
const content = (phrase: string): string[] =>
  norm(phrase)
    .trim()
    .split(" ")
    .filter((token) => !small.has(token));

export const rivalsOf = (want: ValueWant | ItemsWant): readonly string[] =>
  typeof want.rivals === "string" ? domains[want.rivals] : want.rivals;

export function fitOf(want: Want, answer: TextRead, prompt: TextRead): Fit {
  switch (want.kind) {
    case "value":
      return valueFit(want, answer, prompt);
    case "items":
      return itemsFit(want, answer);
    case "target":
      return targetFit(want, answer);
    case "text":
      return textFit(want, answer, prompt);
  }
}

function valueFit(want: ValueWant, answer: TextRead, prompt: TextRead): Fit {
  let rest = answer.norm;
  let hits = 0;
  for (const wordings of want.right) {
    const hit = wordings.split("|").find((wording) => answer.norm.includes(norm(wording)));
    if (hit !== undefined) {
      hits++;
      rest = rest.replaceAll(norm(hit), " ");
    } else hits += partly(wordings, answer);
  }
  const rightWords = new Set(want.right.flatMap((wordings) => wordings.split("|")).flatMap(content));
  const wrong = rivalsOf(want).filter(
    (rival) => rest.includes(norm(rival)) && !content(rival).every((word) => rightWords.has(word)),
  );
  if (hits === 0 && wrong.length === 0) {
    return says(answer.norm, "do not know") ? { asked: 0.25, right: 1 } : { asked: 0, right: 0 };
  }
  const toThePoint = aboutAnother(want, answer) ? 0.3 : 1;
  if (want.first) {
    const own = Math.min(...want.right.map((wordings) => known(placeOf(answer.norm, wordings))));
    const other = Math.min(...wrong.map((rival) => known(placeOf(answer.norm, rival))));
    return { asked: toThePoint, right: own < other ? 1 : 0 };
  }
  // A sentence may say again what the prompt says ("Three plus four is seven"); a mere list of values may not.
  const values = new Set([...want.right, ...wrong].flatMap((value) => content(value.replaceAll("|", " "))));
  const isSentence =
    hits > 0 && answer.tokens.some((token) => !small.has(token) && !values.has(token) && /^[\p{L}=]/u.test(token));
  const extra = wrong.filter((rival) => !isSentence || !says(prompt.norm, rival)).length;
  return { asked: toThePoint, right: hits / want.right.length / (1 + extra) };
}

const known = (place: number) => (place < 0 ? Number.POSITIVE_INFINITY : place);

/** "in a tree" for "in a hollow tree": a part of a value of several words, when at least half of it is there. */
function partly(wordings: string, answer: TextRead): number {
  let best = 0;
  for (const wording of wordings.split("|")) {
    const words = content(wording);
    if (words.length < 2) continue;
    const share = words.filter((word) => answer.tokens.includes(word)).length / words.length;
    if (share >= 0.5) best = Math.max(best, 0.8 * share);
  }
  return best;
}

const beings = new Map<string, string>([
  ...animals.flatMap((x) => [x.name, x.plural].map((word) => [word, x.name] as const)),
  ...people.map((p) => [p.name.toLowerCase(), p.name] as const),
]);

/** Asked about the owl, it speaks of the fox and not of the owl. */
function aboutAnother(want: ValueWant, { tokens, raw }: TextRead): boolean {
  const { about, right } = want;
  if (about === undefined || !beings.has(about.toLowerCase())) return false;
  const values = new Set([...right, ...rivalsOf(want)].flatMap((value) => norm(value).trim().split(" ")));
  const named = tokens.slice(0, 6).flatMap((token, i) => {
    if (values.has(token) && token !== about.toLowerCase()) return [];
    const being = beings.get(token);
    const proper = being !== undefined && being.toLowerCase() !== being;
    return being !== undefined && (!proper || /^\p{Lu}/u.test(raw[i]!)) ? [being] : [];
  });
  return named.length > 0 && !named.includes(about);
}

const bare = (item: string) =>
  norm(item)
    .replace(/^ (?:a|an|the|some) /, " ")
    .replace(/ [.!?,;] $/, " ");

/** What a list holds: how many right items, wrong ones of the kind, others, and the same again. */
interface Count {
  right: number;
  wrong: number;
  other: number;
  again: number;
}

function itemsFit(want: ItemsWant, answer: TextRead): Fit {
  const { right, wrong, other, again } =
    answer.lines.length > 1 || want.free ? byItem(want, answer) : inLine(want, answer);
  const all = right + wrong + other + again;
  if (all === 0) return { asked: 0, right: 0 };
  const counted = want.all
    ? Math.min(1, right / want.of.length)
    : want.count
      ? 1 - Math.abs(all - want.count) / Math.max(all, want.count)
      : all === 1
        ? 0.6
        : Math.min(1, 6 / all);
  const asked = ((right + wrong + 0.2 * other) / all) * counted;
  return { asked: clamp(asked), right: right + wrong === 0 ? 0.5 : (right + 0.3 * other) / (right + wrong + other) };
}

/** A list in lines, or of free items: each item is looked at by itself. */
function byItem(want: ItemsWant, answer: TextRead): Count {
  const of = want.of.map((wordings) => wordings.split("|").map(bare));
  const rivals = rivalsOf(want).map(bare);
  const seen = new Set<string>();
  const count: Count = { right: 0, wrong: 0, other: 0, again: 0 };
  for (const item of itemsOf(answer)) {
    const text = bare(item);
    // A long item may say a member among other words; a short one must be it.
    const match =
      of.find((wordings) => wordings.includes(text)) ??
      (text.length < 60 ? of.find((wordings) => wordings.some((one) => text.includes(one))) : undefined);
    const key = match?.[0] ?? text;
    if (seen.has(key)) count.again++;
    else if (match !== undefined || isFree(want, item)) count.right++;
    else if (rivals.some((one) => text.includes(one))) count.wrong++;
    else count.other++;
    seen.add(key);
  }
  return count;
}

/** A list in a sentence: members may have "and" in them, so they are taken out first, and the rest is split. */
function inLine(want: ItemsWant, answer: TextRead): Count {
  let rest = answer.norm.replace(/^ (?:you could|the \p{L}+ are) /u, " ");
  const count: Count = { right: 0, wrong: 0, other: 0, again: 0 };
  const take = (wordings: readonly string[]) => {
    let times = 0;
    for (const one of wordings) {
      while (times < 9 && rest.includes(one)) {
        rest = rest.replace(one, " , ");
        times++;
      }
    }
    return times;
  };
  for (const wordings of byLength(want.of)) {
    const times = take(wordings);
    count.right += Math.min(1, times);
    count.again += Math.max(0, times - 1);
  }
  for (const wordings of byLength(rivalsOf(want))) count.wrong += take(wordings);
  for (const piece of rest.split(/ (?:[,.!?;]|and|or) /)) {
    if (
      piece
        .split(" ")
        .some((word) => word !== "" && !small.has(word) && !frame.has(word) && !/^[^\p{L}\d]+$/u.test(word))
    )
      count.other++;
  }
  return count;
}

/** Words around a list that are no items: "Max and Ada live in …". */
const frame = new Set([
  ..."live lives you could they names here".split(" "),
  ...domains.profession,
  ...domains.town.map((t) => t.toLowerCase()),
]);

/** Longest first, so that "tiny fish" is taken before "fish". Remembered by list, as tasks share them. */
function byLength(list: readonly string[]): readonly (readonly string[])[] {
  let sorted = sortedLists.get(list);
  if (!sorted) {
    sorted = list.map((wordings) => wordings.split("|").map(bare)).sort((x, y) => y[0]!.length - x[0]!.length);
    sortedLists.set(list, sorted);
  }
  return sorted;
}
const sortedLists = new WeakMap<readonly string[], readonly (readonly string[])[]>();

function isFree({ free }: ItemsWant, item: string): boolean {
  if (free?.shape === "name") return /^\p{Lu}\p{Ll}{1,11}$/u.test(item) && !beings.has(item.toLowerCase());
  if (free?.shape === "title") {
    const capitals = item.match(/\p{Lu}\p{Ll}*/gu)?.length ?? 0;
    return says(norm(item), free.word) && capitals >= 2 && item.split(" ").length <= 9;
  }
  return false;
}

function targetFit({ to, from }: TargetWant, answer: TextRead): Fit {
  let best = 0;
  for (const target of to) {
    const reached = likeness(answer, target);
    const start = from === undefined ? 0.3 : Math.max(0.3, likenessOf(from, target));
    // Most of it for what the sentence as it was given does not have; the rest for its other words.
    const changed = start === 1 ? reached : clamp((reached - start) / (1 - start));
    best = Math.max(best, 0.65 * changed + 0.35 * clamp(2 * reached - 1));
  }
  // Giving the sentence back as it was is no rewriting, however alike the two are.
  if (from !== undefined && !to.includes(from) && likeness(answer, from) > 0.97) best = 0;
  return { asked: best, right: 1 };
}

const raw = (text: string) => text.match(/\p{L}+|\d+|[^\s\p{L}\d]/gu) ?? [];
const likeness = (answer: TextRead, target: string) =>
  0.8 * overlap(answer.tokens, norm(target).trim().split(" ")) + 0.2 * overlap(answer.raw, raw(target));
const likenessOf = (from: string, target: string) =>
  0.8 * overlap(norm(from).trim().split(" "), norm(target).trim().split(" ")) + 0.2 * overlap(raw(from), raw(target));

/** Dice's measure on the longest common subsequence: 1 for equal lists, 0 for lists with nothing in common. */
function overlap(x: readonly string[], y: readonly string[]): number {
  // Longer lists than any right answer need no exact figure.
  const [a, b] = [x.slice(0, 80), y.slice(0, 80)];
  let before = new Uint16Array(b.length + 1);
  for (const token of a) {
    const row = new Uint16Array(b.length + 1);
    for (let j = 1; j <= b.length; j++)
      row[j] = token === b[j - 1] ? before[j - 1]! + 1 : Math.max(before[j]!, row[j - 1]!);
    before = row;
  }
  return x.length + y.length === 0 ? 0 : (2 * before[b.length]!) / (x.length + y.length);
}

function textFit(want: TextWant, answer: TextRead, prompt: TextRead): Fit {
  const weights = want.groups.map((_, i) => (i === 0 ? 2 : 1));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const said = want.groups.reduce(
    (sum, group, i) => sum + (group.some((wording) => says(answer.norm, wording)) ? weights[i]! : 0),
    0,
  );
  const mentioned = all === 0 ? 1 : said / all;
  const length = answer.sentences.length;
  const [least, most] = want.sentences;
  const sized = length < least ? length / least : length > most ? most / length : 1;
  const { words } = answer;
  const points =
    want.on === undefined
      ? 1
      : answer.sentences.filter(({ tokens }) => {
          const sentence = ` ${tokens.join(" ")} `;
          return want.on!.some((point) => sentence.includes(norm(point.replace(/\.$/, ""))));
        }).length / Math.max(1, length);
  const worded =
    (want.leastWords !== undefined && words < want.leastWords ? words / want.leastWords : 1) *
    (want.mostWords !== undefined && words > want.mostWords ? (want.mostWords / words) ** 2 : 1);
  const echo = !want.given && isEcho(answer, prompt) ? 0.2 : 1;
  return {
    asked: clamp((0.1 + 0.9 * mentioned) * sized * worded * (0.3 + 0.7 * points) * shapeOf(want, answer) * echo),
    right: 1,
  };
}

/** Nearly all of it is the prompt's own words in the prompt's own order. */
function isEcho({ tokens }: TextRead, prompt: TextRead): boolean {
  if (tokens.length < 4) return false;
  let same = 0;
  for (let i = 2; i < tokens.length; i++) {
    if (prompt.norm.includes(` ${tokens[i - 2]} ${tokens[i - 1]} ${tokens[i]} `)) same++;
  }
  return same / (tokens.length - 2) > 0.7;
}
