// Few-shot tasks: an instruction, examples, and one more query, in the one format that the application writes, too.

import { fewShotText } from "../../lib/vocabulary/conversation.ts";
import type { UseCase } from "../../lib/vocabulary/labeling.ts";
import type { Random } from "../random.ts";
import { animals } from "./animals.ts";
import { request, type Task } from "./asking.ts";
import { capital } from "./english.ts";
import { opposites } from "./opposites.ts";
import { people, professions, towns } from "./people.ts";
import { foods, seasons, things } from "./things.ts";
import type { Domain } from "./wants.ts";

/** One instruction with everything it can be shown with. */
interface Lesson {
  useCase: UseCase;
  instructions: readonly string[];
  /** [query, response] */
  pairs: readonly (readonly [string, string])[];
  rivals: Domain | readonly string[];
}

const wordClasses = [
  ...animals.map((x) => [x.name, "animal"] as const),
  ...foods.map((f) => [f.name, "food"] as const),
  ...things.map((t) => [t.name, "thing"] as const),
  ...professions.map((p) => [p.name, "job"] as const),
];
const feelings = [
  ["The sun was shining, and Ella sang a song.", "happy"],
  ["Tom won the race and laughed all day.", "happy"],
  ["Nora baked a cake and sang all morning.", "happy"],
  ["Ben found a silver coin and danced.", "happy"],
  ["Kate got a letter from an old friend and smiled.", "happy"],
  ["Nobody came to the birthday of Paul.", "sad"],
  ["Lucy lost a kite and began to cry.", "sad"],
  ["Emma sat alone in the rain.", "sad"],
  ["The best friend of Luke moved far away.", "sad"],
  ["Adam waited all day, but no letter came.", "sad"],
] as const;

const lessons: readonly Lesson[] = [
  {
    useCase: "classification",
    instructions: ["Say what kind of animal it is.", "Classify the animal."],
    pairs: animals.map((x) => [x.name, x.kind]),
    rivals: "kind",
  },
  {
    useCase: "classification",
    instructions: ["Is it an animal, a food, a thing or a job?", "Say which class the word belongs to."],
    pairs: wordClasses,
    rivals: ["animal", "food", "thing", "job"],
  },
  {
    useCase: "classification",
    instructions: ["Is the text happy or sad?", "Say the mood of the text."],
    pairs: feelings,
    rivals: ["happy", "sad"],
  },
  {
    useCase: "classification",
    instructions: ["Can it swim?", "Say yes if the animal can swim and no if it cannot."],
    pairs: animals.map((x) => [x.name, x.swims ? "yes" : "no"]),
    rivals: ["yes", "no"],
  },
  {
    useCase: "classification",
    instructions: ["Can it fly?", "Say yes if the animal can fly and no if it cannot."],
    pairs: animals.map((x) => [x.name, x.flies ? "yes" : "no"]),
    rivals: ["yes", "no"],
  },
  {
    useCase: "other",
    instructions: ["Give the name of the young animal.", "What is a young one called?"],
    pairs: animals.map((x) => [x.name, x.young]),
    rivals: "young",
  },
  {
    useCase: "other",
    instructions: ["Write the plural.", "Give the plural of the word."],
    pairs: [...animals, ...things].map((x) => [x.name, x.plural]),
    rivals: "plural",
  },
  {
    useCase: "other",
    instructions: ["Add one.", "Say the next number."],
    pairs: Array.from({ length: 20 }, (_, i) => [String(i), String(i + 1)]),
    rivals: "number",
  },
  {
    useCase: "open QA",
    instructions: ["What color is it?", "Give the color of the food."],
    pairs: foods.map((f) => [f.name, f.colour]),
    rivals: "colour",
  },
  {
    useCase: "open QA",
    instructions: ["What is it made of?", "Say what the thing is made of."],
    pairs: things.map((t) => [t.name, t.material]),
    rivals: "material",
  },
  {
    useCase: "open QA",
    instructions: ["What is the job of this person?", "Say what the person is."],
    pairs: people.map((p) => [p.name, p.profession.name]),
    rivals: "profession",
  },
  {
    useCase: "open QA",
    instructions: ["Which town does the person live in?", "Give the town of the person."],
    pairs: people.map((p) => [p.name, p.town.name]),
    rivals: "town",
  },
  {
    useCase: "open QA",
    instructions: ["Say where the town is.", "Where does the town lie?"],
    pairs: towns.map((t) => [t.name, t.lies]),
    rivals: "lies",
  },
  {
    useCase: "rewrite",
    instructions: ["Say the opposite.", "Write the opposite of the word."],
    pairs: opposites.flatMap(([x, y]) => [[x, y] as const, [y, x] as const]),
    rivals: "opposite",
  },
  {
    useCase: "rewrite",
    instructions: ["Write the word with a capital letter.", "Begin the word with a capital letter."],
    pairs: [...foods, ...seasons].map((x) => [x.name, capital(x.name)]),
    rivals: [],
  },
];

/** @param useCase only lessons of this use case; there must be one */
export function fewShot(r: Random, useCase: UseCase): Task {
  const lesson = r.pick(lessons.filter((one) => one.useCase === useCase));
  const [asked, ...shots] = r.sample(lesson.pairs, r.int(3, 5));
  const [query, response] = asked!;
  const prompt = fewShotText(
    r.pick(lesson.instructions),
    shots.map(([q, a]) => ({ query: q, response: a })),
    query,
  );
  const want = { kind: "value", right: [response], rivals: lesson.rivals } as const;
  return {
    ...request(r, useCase, prompt, want, response),
    form: "few-shot",
    // The examples show it: the bare word, no sentence around it.
    constraints: [{ kind: "words", most: response.split(" ").length }],
  };
}

/** A whole page in that format, and the prompt on it: all examples are answered, some wrongly where `mistakes` says so. */
export function shotsPage(r: Random, mistakes: number): { text: string; prompt: string } {
  const { instructions, pairs } = r.pick(lessons);
  const shots = r.sample(pairs, r.int(4, 8)).map(([query, right]) => ({
    query,
    response: r.chance(mistakes) ? r.pick(pairs)[1] : right,
  }));
  const [last, ...before] = shots;
  const prompt = fewShotText(r.pick(instructions), before, last!.query);
  return { text: `${prompt} ${last!.response}`, prompt };
}
