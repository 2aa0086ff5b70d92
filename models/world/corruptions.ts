// Answers of mixed quality: good ones, and good ones spoiled in the ways small models spoil them. What the corpus' bad
// pages are made of, what labelers are measured on, and what trainers' tests need before there is a model to ask.

import type { Random } from "../random.ts";
import { animals } from "./animals.ts";
import { rivalsOf } from "./asked.ts";
import type { Task } from "./asking.ts";
import { capital, lower } from "./english.ts";
import { flaggedSentences } from "./flagged.ts";
import { boys, girls, people, towns } from "./people.ts";
import { anyTask } from "./tasks.ts";
import { colours, days, foods, things } from "./things.ts";

/** What may be done to a good answer; "good" leaves it as it is. */
export const corruptions = [
  "good",
  "polite",
  "hedged",
  "wrong",
  "partly wrong",
  "truncated",
  "rambling",
  "repeating",
  "off task",
  "scrambled",
  "flagged",
  "echo",
] as const;
export type Corruption = (typeof corruptions)[number];

export interface MixedAnswer {
  text: string;
  corruption: Corruption;
}

/** Words of one kind: exchanging one for another changes what is said and not how it sounds. */
const kinds: readonly (readonly string[])[] = [
  animals.map((x) => x.name),
  animals.map((x) => x.plural),
  foods.map((f) => f.name),
  foods.map((f) => f.plural),
  things.map((t) => t.name),
  [...girls, ...boys, ...people.map((p) => p.name)],
  towns.map((t) => t.name),
  colours,
  days,
  ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
];
const kindOf = new Map(kinds.flatMap((words) => words.map((word) => [word, words] as const)));

const sentencesOf = (text: string): string[] =>
  text.match(/[^.!?\n]+[.!?]*["”]?\s*/g)?.map((one) => one.trim()) ?? [text];
const wordsOf = (text: string): string[] => text.split(/(?<=\s)/);

/** One of its values replaced by another of the kind: a rival of the right value, or any word the world knows. */
function wrong({ want }: Task, text: string, r: Random, times: number): string {
  let changed = text;
  if (want.kind === "value" && times > 1) {
    for (const wordings of want.right) {
      const right = wordings.split("|").find((one) => changed.toLowerCase().includes(one.toLowerCase()));
      const rivals = rivalsOf(want).filter((rival) => !wordings.split("|").includes(rival));
      if (right === undefined || rivals.length === 0) continue;
      const at = changed.toLowerCase().indexOf(right.toLowerCase());
      const rival = want.first ? rivals[0]! : r.pick(rivals);
      changed = changed.slice(0, at) + (at === 0 ? capital(rival) : rival) + changed.slice(at + right.length);
    }
    if (changed !== text) return changed;
  }
  const places = [...changed.matchAll(/\p{L}+/gu)].filter(([word]) => kindOf.has(word) || kindOf.has(lower(word)));
  for (const { 0: word, index } of r.sample(places, times).sort((x, y) => y.index - x.index)) {
    const list = kindOf.get(word) ?? kindOf.get(lower(word))!;
    const other = r.pickOther(list, word, lower(word));
    const put = kindOf.has(word) ? other : capital(other);
    changed = changed.slice(0, index) + put + changed.slice(index + word.length);
  }
  return changed;
}

const polite = ["Of course!", "Good question!", "I am glad that you ask.", "Here you are, my friend."];
const politeEnds = ["I hope this helps.", "Have a nice day!", "Thank you for asking.", "Ask me again any time."];
const hedges = [
  "I am not sure, but maybe this is right.",
  "I think so, but I do not know.",
  "Maybe. It is hard to say.",
];

/** Apply one corruption to a good answer of the task. */
export function corrupt(task: Task, corruption: Corruption, r: Random): string {
  const good = r.pick([task.answer, ...task.otherAnswers]);
  const join = good.includes("\n") ? "\n" : " ";
  switch (corruption) {
    case "good":
      return good;
    case "polite": {
      const style = r.next();
      const opened = style < 0.7 ? `${r.pick(polite)}${join}${good}` : good;
      return style > 0.4 ? `${opened}${join}${r.pick(politeEnds)}` : opened;
    }
    case "hedged":
      return r.chance(0.3) ? "I do not know." : `${good}${join}${r.pick(hedges)}`;
    case "wrong":
      return wrong(task, good, r, 3);
    case "partly wrong":
      return wrong(task, good, r, 1);
    case "truncated": {
      const words = wordsOf(good);
      return words
        .slice(0, Math.max(1, Math.floor(words.length * (0.3 + 0.5 * r.next()))))
        .join("")
        .trim()
        .replace(/[.!?]$/, "");
    }
    case "rambling": {
      const more = Array.from({ length: r.int(1, 3) }, () => r.pick(sentencesOf(anyTask(r).answer)));
      return [good, ...more.map((one) => (/[.!?]"?$/.test(one) ? one : `${one}.`))].join(join);
    }
    case "repeating": {
      const sentences = sentencesOf(good);
      const last = sentences.at(-1)!;
      return [good, ...Array.from({ length: r.int(2, 5) }, () => last)].join(join);
    }
    case "off task":
      return anyTask(r).answer;
    case "scrambled": {
      const words = wordsOf(good).map((word) => word.trim());
      const [from, length] = [r.int(0, Math.max(0, words.length - 5)), Math.max(4, Math.floor(words.length / 2))];
      const middle = words.slice(from, from + length);
      return [...words.slice(0, from), ...r.sample(middle, middle.length), ...words.slice(from + length)].join(" ");
    }
    case "flagged":
      return r.chance(0.4) ? r.pick(flaggedSentences) : `${good}${join}${r.pick(flaggedSentences)}`;
    case "echo": {
      const { prompt } = task;
      return typeof prompt === "string" ? prompt : prompt.at(-1)!.content;
    }
  }
}

/** As an early model of the loop answers: half of it usable, every fault there is. */
const mixture: readonly (readonly [weight: number, Corruption])[] = [
  [30, "good"],
  [8, "polite"],
  [5, "hedged"],
  [12, "wrong"],
  [11, "partly wrong"],
  [9, "truncated"],
  [8, "rambling"],
  [4, "repeating"],
  [8, "off task"],
  [3, "scrambled"],
  [1, "flagged"],
  [1, "echo"],
];

/** `k` different answers of mixed quality to one task, in random order. Fewer only when so few can be made. */
export function mixedAnswers(task: Task, k: number, r: Random): MixedAnswer[] {
  const answers = new Map<string, MixedAnswer>();
  for (let attempt = 0; answers.size < k && attempt < 20 * k; attempt++) {
    const corruption = r.weighted(mixture);
    const text = corrupt(task, corruption, r);
    if (text !== "" && !answers.has(text)) answers.set(text, { text, corruption });
  }
  return [...answers.values()];
}
