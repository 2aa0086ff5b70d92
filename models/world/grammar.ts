// How well formed a text is: whether its words stand beside each other as in the world's good texts, whether it begins
// and ends, whether it repeats itself. Knows no meaning: a false sentence can be well formed.
// The neighbours are learned once, at first use, from a fixed sample of good texts (about a second).

import { Random } from "../random.ts";
import { animals } from "./animals.ts";
import { readText, type TextRead } from "./answer-text.ts";
import { a } from "./english.ts";
import { entry } from "./facts.ts";
import { opposites } from "./opposites.ts";
import { animalNames, boys, girls, people, professions, towns } from "./people.ts";
import { plainStory } from "./stories.ts";
import { anyTask } from "./tasks.ts";
import { colours, days, foods, massFoods, seasons, strangers, things } from "./things.ts";

/** Words of a kind stand for each other: what may follow "fox" may follow "owl". */
const classOf = new Map<string, string>();
const together = (name: string, words: readonly string[]) => {
  for (const word of words) if (!word.includes(" ")) classOf.set(word.toLowerCase(), name);
};
together("<thing>", strangers);
together(
  "<things>",
  [...things, ...foods].map((x) => x.plural),
);
together(
  "<thing>",
  [...things, ...foods].map((x) => x.name),
);
together(
  "<mass>",
  massFoods.map((f) => f.name),
);
together(
  "<animal>",
  animals.flatMap((x) => [x.name, x.young]),
);
together(
  "<animals>",
  animals.map((x) => x.plural),
);
together(
  "<job>",
  professions.map((p) => p.name),
);
together(
  "<jobs>",
  professions.map((p) => p.plural),
);
together(
  "<town>",
  towns.map((t) => t.name),
);
together("<colour>", colours);
together("<day>", days);
together("<quality>", [...opposites.flat(), ...animals.map((x) => x.trait), ...people.map((p) => p.trait)]);
together(
  "<season>",
  seasons.map((s) => s.name),
);

const names = new Set(
  [...people.map((p) => p.name), ...people.map((p) => p.pet[1]), ...girls, ...boys, ...animalNames].map((name) =>
    name.toLowerCase(),
  ),
);

const token = (text: TextRead, i: number, lexicon: ReadonlySet<string>): string => {
  const small = text.tokens[i]!;
  if (/^\p{Lu}\p{Ll}/u.test(text.raw[i]!) && !classOf.has(small)) {
    if (names.has(small)) return "<name>";
    // A word that good texts never write small is a name, too: one made up.
    if (!lexicon.has(small)) return "<new name>";
  }
  if (/^\d/.test(small)) return "<number>";
  if (small === "a" || small === "an") return articleFits(small, text.tokens[i + 1]) ? "<a>" : "<wrong article>";
  return classOf.get(small) ?? small;
};

const articleFits = (article: string, next = ""): boolean => a(next).startsWith(`${article} `);

/**
 * Classes of the tokens, with a mark before each sentence and line.
 * @param given words of the prompt: a new name that is none of them stays "<new name>"; where absent, new names are names
 */
function classes(text: TextRead, lexicon: ReadonlySet<string>, given?: ReadonlySet<string>): string[] {
  const result: string[] = [];
  let i = 0;
  for (const sentence of text.sentences) {
    result.push("<start>");
    for (const end = i + sentence.tokens.length; i < end; i++) {
      const found = token(text, i, lexicon);
      const known = found !== "<new name>" || given === undefined || given.has(text.tokens[i]!);
      result.push(found === "<new name>" && known ? "<name>" : found);
    }
  }
  return result;
}

interface Neighbours {
  /** Words that good texts write small. */
  lexicon: ReadonlySet<string>;
  words: ReadonlySet<string>;
  pairs: ReadonlySet<string>;
  triples: ReadonlySet<string>;
}

let learned: Neighbours | undefined;
const sampleSize = 32_000;

/** Good texts of every kind; always the same. */
function* goodTexts(): Generator<TextRead> {
  const r = new Random(0x60_1d);
  for (let n = 0; n < sampleSize; n++) {
    const { answer, otherAnswers } = anyTask(r, n % 2 === 0);
    yield readText(answer);
    for (const other of otherAnswers) yield readText(other);
    if (n % 8 === 0) yield readText(plainStory(r));
    if (n % 16 === 0) yield readText(entry(r));
  }
}

/** Which words, pairs and triples of classes occur in good texts. */
function neighbours(): Neighbours {
  if (learned) return learned;
  const lexicon = new Set<string>();
  const texts = [...goodTexts()];
  for (const { raw, tokens } of texts) {
    raw.forEach((word, i) => {
      if (word === tokens[i]) lexicon.add(word);
    });
  }
  const [words, pairs, triples] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const text of texts) {
    const list = classes(text, lexicon);
    for (let i = 0; i < list.length; i++) {
      words.add(list[i]!);
      if (i > 0) pairs.add(`${list[i - 1]} ${list[i]}`);
      if (i > 1) triples.add(`${list[i - 2]} ${list[i - 1]} ${list[i]}`);
    }
  }
  learned = { lexicon, words, pairs, triples };
  return learned;
}

/**
 * How far the text reads like the world's English, 0 to 1: the share of its places that are in order, the worst sentence
 * weighing 0.4. An unknown word counts as one and a half wrong places, a pair of neighbours never seen as 0.5, a triple
 * never seen (of seen pairs) as 0.2.
 * @param prompt its words count as known, so that names and words may be copied from it
 * @param inventive names are asked for: new ones are fine. Elsewhere one that the prompt does not have counts 0.8
 */
export function fluency(text: TextRead, prompt: TextRead, inventive = false): number {
  if (text.tokens.length === 0) return 0;
  const { lexicon, words, pairs, triples } = neighbours();
  const given = new Set(prompt.tokens);
  const list = classes(text, lexicon, inventive ? undefined : given);
  let [wrong, all] = [0, 0];
  let [here, length] = [0, 0];
  let worst = 1;
  // In a text of a few words one place would be everything: it counts as one of eight at most.
  const close = () => {
    worst = Math.min(worst, 1 - here / Math.max(8, length));
    [here, length] = [0, 0];
  };
  for (let i = 1; i < list.length; i++) {
    const [before, word] = [list[i - 1]!, list[i]!];
    if (word === "<start>") close();
    let cost = 0;
    if (word === "<new name>") cost = 0.8;
    else if (!words.has(word)) cost = given.has(word) ? 0 : 1.5;
    else if (words.has(before)) {
      if (!pairs.has(`${before} ${word}`)) cost = 0.5;
      else if (i > 1 && words.has(list[i - 2]!) && !triples.has(`${list[i - 2]} ${before} ${word}`)) cost = 0.2;
    }
    wrong += cost;
    all++;
    here += cost;
    length++;
  }
  close();
  // The worst sentence has its say, too: one line of nonsense is not made good by twenty good ones.
  return Math.max(0, 0.6 * (1 - wrong / Math.max(8, all)) + 0.4 * worst);
}

/** Share of the text that does not repeat: of its sentences, and of its runs of four words, the different ones. */
export function variety({ sentences, tokens }: TextRead): number {
  const different = (list: readonly string[]) => (list.length === 0 ? 1 : new Set(list).size / list.length);
  const runs: string[] = [];
  for (let i = 4; i <= tokens.length; i++) runs.push(tokens.slice(i - 4, i).join(" "));
  return Math.min(different(sentences.map((sentence) => sentence.tokens.join(" "))), different(runs));
}
