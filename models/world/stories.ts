// Requests for stories, and the stories: about a person, an animal, a thing, a theme, or a word the world does not know.

import type { Random } from "../random.ts";
import { animals } from "./animals.ts";
import { order, orderWith, type Request, request } from "./asking.ts";
import { anyCharacter, type Character, child, creature, known, type Scene, scene } from "./cast.ts";
import { a, capital, paragraph } from "./english.ts";
import { boys, girls, madeUp, people } from "./people.ts";
import { clauses, foodPlotsFor, type Plot, plots, themes, thingPlots, tiny, wordsOfPlot } from "./plots.ts";
import { foods, places, strangers, things } from "./things.ts";
import type { TextWant } from "./wants.ts";

const tell = (r: Random, brief: boolean) =>
  brief
    ? r.pick([
        "tell me a short story",
        "write a short story",
        "tell a short story",
        "write a very short story",
        "tell me a little story",
      ])
    : r.pick([
        "tell me a story",
        "write a story",
        "tell a story",
        "write a little story",
        "tell me a bedtime story",
        "make up a story",
        "write me a story",
        "write a story for children",
        "write a tale",
        "tell me a tale",
        "tell us a story",
      ]);

/** A whole story. */
function tellStory(r: Random, plot: Plot, s: Scene): string {
  // A plot need not know where it names the friend first: the first mention introduces, the others use the name.
  const { name, intro } = s.friend;
  const beats = plot(r, { ...s, friend: { ...s.friend, name: friendMark, intro: friendMark } });
  let introduced = false;
  return paragraph(
    beats.map(
      (beat) =>
        beat !== false &&
        beat.replaceAll(friendMark, () => {
          if (introduced) return name;
          introduced = true;
          return intro;
        }),
    ),
  );
}
const friendMark = "\u0001";

/** A story in which all of the words occur: some plots can do without the friend or the thing, so they are retold. */
export function tellWith(r: Random, plot: Plot, given: Partial<Scene>, words: readonly string[]): string {
  let text = "";
  // Most plots name everything at the first or second telling; the bound only keeps a new plot from hanging the stream.
  for (let attempt = 0; attempt < 100; attempt++) {
    text = tellStory(r, plot, scene(r, given));
    const lowerCase = text.toLowerCase();
    if (words.every((word) => lowerCase.includes(word.toLowerCase()))) break;
  }
  return text;
}

/** A story that nobody asked for. */
export const plainStory = (r: Random): string => tellStory(r, r.pick(plots), scene(r));

/** [what the prompt says, the character of the story] */
function topic(r: Random): [string, Character] {
  const kind = r.next();
  if (kind < 0.45) {
    const { name } = r.pick(animals);
    if (r.chance(0.25)) {
      const hero = creature(r, name, r.chance(0.4) ? madeUp(r) : undefined);
      if (hero.name !== `the ${name}`) return [`${a(name)} ${r.pick(["named", "called"])} ${hero.name}`, hero];
    }
    return [a(name), creature(r, name)];
  }
  if (kind < 0.7) {
    const noun = r.pick(strangers);
    return [a(noun), creature(r, noun)];
  }
  if (kind < 0.8) {
    const person = r.pick(people);
    const hero = known(r, person);
    return [r.pick([person.name, `${person.name} the ${person.profession.name}`]), hero];
  }
  if (kind < 0.9) {
    const name = r.chance(0.5) ? madeUp(r) : r.pick([...girls, ...boys]);
    const hero = child(r, name);
    return [r.pick([name, `${a(hero.noun)} named ${name}`, `${a(hero.noun)} called ${name}`]), hero];
  }
  const { profession } = r.pick(people);
  return [a(profession.name), creature(r, profession.name, r.pick([...girls, ...boys]))];
}

/** A story in which each group has a word: the one it is about comes first. */
const storyWant = (hero: Character, groups: readonly (readonly string[])[], sentences = storyLength): TextWant => ({
  kind: "text",
  form: "story",
  groups: [[hero.noun, hero.name], ...groups],
  sentences,
});
const storyLength: readonly [number, number] = [3, 14];

export function story(r: Random): Request {
  const brief = r.chance(0.6);
  const wanted = tell(r, brief);
  const [who, hero] = topic(r);
  const shape = r.next();
  const twice = (tellOne: () => string) => [tellOne(), tellOne()];
  const about = (
    imperative: string,
    plot: Plot,
    given: Partial<Scene>,
    groups: readonly (readonly string[])[] = [],
  ) => {
    const { friend, thing, food, place } = given;
    const wishes = [friend?.intro, thing, food].filter((word) => word !== undefined);
    const asked = [
      ...(friend ? [[friend.noun, friend.name]] : []),
      ...(thing ? [[thing]] : []),
      ...(food ? [[food]] : []),
      ...(place ? [[place.the, place.at, place.to]] : []),
      ...groups,
    ];
    const length: readonly [number, number] = plot === tiny ? [3, 3] : storyLength;
    return request(r, "generation", order(r, imperative), storyWant(given.hero ?? hero, asked, length), [
      ...twice(() => tellWith(r, plot, { hero, brief, ...given }, wishes)),
    ]);
  };
  if (shape < 0.12) {
    const [plot, clause] = r.pick(clauses);
    const s = scene(r, { hero, brief });
    const prompt = order(r, `${wanted} about ${who} ${clause(r, s)}`);
    return request(
      r,
      "generation",
      prompt,
      storyWant(hero, [wordsOfPlot(plot, s)]),
      twice(() => tellStory(r, plot, s)),
    );
  }
  if (shape < 0.18) {
    const length = r.pick(["in three sentences", "with three sentences", "in 3 sentences"]);
    return about(`${r.pick(["tell me a story", "write a story", "tell a story"])} about ${who} ${length}`, tiny, {});
  }
  if (shape < 0.24) {
    const prompt = r.pick([
      `a story about ${who}`,
      `story about ${who}`,
      `A story about ${who}, please.`,
      `I would like a story about ${who}.`,
      `Do you know a story about ${who}?`,
      `I want to hear a story about ${who}.`,
    ]);
    return request(
      r,
      "generation",
      prompt,
      storyWant(hero, []),
      twice(() => tellStory(r, r.pick(plots), scene(r, { hero, brief }))),
    );
  }
  if (shape < 0.46) return about(`${wanted} about ${who}`, r.pick(plots), {});
  if (shape < 0.58) {
    const thing = r.chance(0.7) ? r.pick(things).name : r.pickOther(strangers, hero.noun);
    const joined = r.pick(["about A and B", "about A and B", "with A and B", "about A with B", "about A who has B"]);
    const what = joined.replace("A", who).replace("B", a(thing));
    return about(`${wanted} ${what}`, r.pick(thingPlots), { thing });
  }
  if (shape < 0.7) {
    const [other, friend] = topic(r);
    if (friend.noun !== hero.noun && friend.name !== hero.name) {
      return about(`${wanted} about ${who} and ${other}`, r.pick(plots), { friend });
    }
  }
  if (shape < 0.75) {
    const food = r.pick(foods).plural;
    return about(`${wanted} about ${who} and ${food}`, r.pick(foodPlotsFor(food)), { food });
  }
  if (shape < 0.85) {
    const place = r.pick(places);
    return about(`${wanted} about ${who} ${place.at}`, r.pick(plots), { place });
  }
  const [theme, plot] = r.pick(themes);
  const themed = [wordsOfPlot(plot)];
  if (shape < 0.93) return about(`${wanted} about ${theme}`, plot, { hero: anyCharacter(r) }, themed);
  return about(`${wanted} with ${who} about ${theme}`, plot, {}, themed);
}

/** The rest of a story: about the same hero, and no new beginning. */
const continuing = (hero: Character): TextWant => ({
  kind: "text",
  form: "story",
  groups: [[hero.name.startsWith("the ") ? hero.noun : hero.name]],
  sentences: [2, 12],
  continues: true,
});

/** A story in two parts, the hero named in both. */
export function inTwoParts(r: Random, most: number, given: Partial<Scene> = {}) {
  const s = scene(r, given);
  let parts: [string, string] = ["", ""];
  // Few stories leave their hero's name out of the end; the bound only keeps a new plot from hanging the stream.
  for (let attempt = 0; attempt < 50; attempt++) {
    const whole = tellStory(r, r.pick(plots), s);
    const sentences = whole.match(/[^.!?]+[.!?]+"?( said [^.]+\.| asked [^.]+\.)?\s*/g) ?? [whole];
    const cut = Math.min(r.int(1, most), sentences.length - 2);
    const [first, rest] = [sentences.slice(0, cut), sentences.slice(cut)].map((part) => part.join("").trim());
    parts = [first!, capital(rest!)];
    if (parts[1].includes(capital(s.hero.name)) || parts[1].includes(s.hero.name)) break;
  }
  return { hero: s.hero, first: parts[0], rest: parts[1], want: continuing(s.hero) };
}

/** The first sentences are given; the answer is the rest. */
export function continuation(r: Random): Request {
  const { first, rest, want } = inTwoParts(r, 3);
  const instruction = r.pick([
    "continue this story",
    "finish this story",
    "go on with this story",
    "what happens next",
    "complete the story",
  ]);
  return request(r, "generation", orderWith(r, instruction, first), want, rest);
}
