// Simulated labelers: the gold judge seen through a person with likings, a limited eye and a bad day now and then.
// Five train, five are held out; their noise is set so that they agree with each other as people did (72 to 77 %).

import type { Tiers } from "../../lib/preference/ranking.ts";
import { Random } from "../random.ts";
import { readText, type TextRead } from "./answer-text.ts";
import type { Task } from "./asking.ts";
import { flagsOf, likertOf, type SeenFlag, tiersOf } from "./gold.ts";
import { judge } from "./judge.ts";

/** What somebody likes besides quality: points on the scale of 1 to 7 for each. Negative: dislikes it. */
export interface Taste {
  /** For each doubling of the number of words over twenty (and as much against each halving). */
  length: number;
  /** "Of course!", "I hope this helps." */
  politeness: number;
  /** A list with numbers or dashes. */
  lists: number;
  /** "maybe", "I am not sure", "I do not know" */
  hedging: number;
  /** Exclamation marks and talk in quotes. */
  liveliness: number;
}

export interface Labeler {
  name: string;
  /** None of its rankings may be trained on. */
  heldOut: boolean;
  taste: Taste;
  /** Standard deviation of what it thinks of one answer from one time to another, in points of 1 to 7. */
  noise: number;
  /** Answers that it sees closer together than this tie. */
  margin: number;
  /** A ranking with ties of answers to a task; labels in the order of `answers`. */
  rank(task: Task, answers: readonly string[], random: Random): Tiers;
  /** One answer by itself: stage one of labeling. */
  rate(task: Task, answer: string, random: Random): Rating;
}

export interface Rating {
  /** 1 to 7. */
  quality: number;
  flags: SeenFlag[];
}

/** Set by hand so that the agreement is 74 % on a model's answers; labelers.test.ts measures it. */
export const labelerNoise = 0.75;
const margin = 0.6;
/** How often a labeler forgets to tick a flag, or ticks a wrong one. */
const flagError = 0.04;

const polite = /\b(please|of course|thank you|you are welcome|my friend|have a nice day|hope this helps|glad)\b/i;
const hedged = /\b(maybe|not sure|i do not know|i think|hard to say)\b/i;

/** Points for what is liked in an answer, whatever its quality. */
function liking(taste: Taste, read: TextRead): number {
  return (
    taste.length * Math.max(-2, Math.min(2, Math.log2((read.words + 1) / 20))) +
    (polite.test(read.text) ? taste.politeness : 0) +
    (read.marks ? taste.lists : 0) +
    (hedged.test(read.text) ? taste.hedging : 0) +
    (/[!"]/.test(read.text) ? taste.liveliness : 0)
  );
}

/**
 * Ten labelers, the first five for training, the others held out; equal seeds give equal labelers. All like length and
 * politeness a little (as people do), the first five more than the others, each in its own measure, and each has one
 * liking or dislike that is stronger. So a reward model learns likings from five people that the other five do not share.
 */
export function labelers(seed: number, noise = labelerNoise): Labeler[] {
  const r = new Random(seed);
  const names = "Ash Blue Cedar Dew Elm Flint Gale Haze Iris Jade".split(" ");
  return names.map((name, i) => {
    const heldOut = i >= names.length / 2;
    const taste: Taste = {
      length: (heldOut ? 0.1 : 0.4) + 0.2 * r.normal(),
      politeness: (heldOut ? 0.2 : 0.6) + 0.3 * r.normal(),
      lists: (heldOut ? 0.3 : 0) + 0.3 * r.normal(),
      hedging: -0.5 + 0.4 * r.normal(),
      liveliness: 0.1 + 0.3 * r.normal(),
    };
    const strong = r.pick(Object.keys(taste) as (keyof Taste)[]);
    taste[strong] *= 2;
    return labeler(name, heldOut, taste, noise);
  });
}

/** Ten people see the same answers: each is read and judged once, for as long as its task is in use. */
const judgedAnswers = new WeakMap<Task, Map<string, { score: number; read: TextRead }>>();

function judged(task: Task, answer: string) {
  const answers = judgedAnswers.get(task) ?? new Map<string, { score: number; read: TextRead }>();
  judgedAnswers.set(task, answers);
  let one = answers.get(answer);
  if (!one) {
    one = { score: judge(task, answer).score, read: readText(answer) };
    answers.set(answer, one);
  }
  return one;
}

function labeler(name: string, heldOut: boolean, taste: Taste, noise: number): Labeler {
  const seen = (task: Task, answer: string, random: Random) => {
    const { score, read } = judged(task, answer);
    return 1 + 6 * score + liking(taste, read) + noise * random.normal();
  };
  return {
    name,
    heldOut,
    taste,
    noise,
    margin,
    rank(task, answers, random) {
      // Nobody thinks two things of the same words.
      const values = new Map([...new Set(answers)].map((answer) => [answer, seen(task, answer, random)]));
      return tiersOf(
        answers.map((answer) => values.get(answer)!),
        margin,
      );
    },
    rate(task, answer, random) {
      const flags = new Set(flagsOf(task, answer));
      for (const flag of ["fails-task", "hallucination"] as const) {
        if (!random.chance(flagError)) continue;
        if (!flags.delete(flag)) flags.add(flag);
      }
      return { quality: likertOf((seen(task, answer, random) - 1) / 6), flags: [...flags] };
    },
  };
}
