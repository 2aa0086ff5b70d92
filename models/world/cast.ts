// Who and what a story is about: characters with consistent names and pronouns, a place, a thing, a food.

import type { Random } from "../random.ts";
import { type Animal, animals } from "./animals.ts";
import { a } from "./english.ts";
import { animalNames, boys, female, girls, male, type Person, type Pronouns, people, person } from "./people.ts";
import { foods, type Place, places, things } from "./things.ts";

export interface Character extends Pronouns {
  /** As the story calls it after the introduction: "Pip", "the fox". */
  name: string;
  /** The first mention: "a small fox named Pip", "Mira the baker". */
  intro: string;
  /** What it is: "fox", "girl", "baker". */
  noun: string;
}

export interface Scene {
  hero: Character;
  friend: Character;
  place: Place;
  /** Where the hero lives: "in the forest", and for a person of the world "in Oakford". */
  home: string;
  /** A noun: "kite". */
  thing: string;
  /** What the hero cannot do yet: "swim". */
  skill: string;
  /** What the hero is afraid of: "the dark". */
  fear: string;
  /** A plural: "berries". */
  food: string;
  /** The place was asked for: the story must name it. */
  placed: boolean;
  /** A short story leaves out what is not needed. */
  brief: boolean;
}

const small = [
  "little",
  "small",
  "young",
  "old",
  "lonely",
  "happy",
  "curious",
  "brave",
  "shy",
  "clever",
  "tired",
  "lazy",
];

const femaleNouns = ["hen", "cow", "queen", "princess", "witch", "mermaid", "grandmother", "girl", "fairy"];
const maleNouns = ["king", "wizard", "grandfather", "uncle", "boy", "knight"];

/** A name we know decides; then the noun ("queen"); then chance. */
function pronounsOf(r: Random, name: string | undefined, noun = ""): Pronouns {
  const of = name === undefined ? undefined : person(name);
  if (of) return { he: of.he, him: of.him, his: of.his };
  if (name !== undefined && girls.includes(name)) return female;
  if (name !== undefined && boys.includes(name)) return male;
  if (femaleNouns.includes(noun)) return female;
  if (maleNouns.includes(noun)) return male;
  return r.chance(0.5) ? male : female;
}

export const skills =
  "swim,sing,read,write,climb a tree,dance,whistle,bake bread,ride a horse,row a boat,paint,fly a kite,count to twenty,play the drum".split(
    ",",
  );
export const fears = ["the dark", "deep water", "thunder", "high places", "the old house", "strangers"];

/** A creature called by a noun, from the world or not: "dragon" → "a young dragon named Pip". */
export function creature(r: Random, noun: string, given?: string): Character {
  const pronouns = pronounsOf(r, given, noun);
  const adjective = r.chance(0.7) ? `${r.pick(small)} ` : "";
  if (given === undefined && r.chance(0.35)) {
    return { ...pronouns, name: `the ${noun}`, intro: a(adjective + noun), noun };
  }
  const name = given ?? r.pick(animalNames);
  const intro = r.pick([`${a(adjective + noun)} named ${name}`, `${a(adjective + noun)} called ${name}`]);
  return { ...pronouns, name, intro, noun };
}

/** A child or a grown-up with a name that the world knows nothing about. */
export function child(r: Random, given?: string): Character {
  const isGirl = given === undefined ? r.chance(0.5) : pronounsOf(r, given).he === "she";
  const name = given ?? r.pick(isGirl ? girls : boys);
  const noun = isGirl ? "girl" : "boy";
  const adjective = r.chance(0.6) ? `${r.pick(small)} ` : "";
  const intro = r.pick([`${a(adjective + noun)} named ${name}`, `${a(adjective + noun)} called ${name}`, name]);
  return { ...(isGirl ? female : male), name, intro, noun };
}

/** A person of the world: the introduction says what is true. */
export function known(r: Random, person: Person): Character {
  const { name, he, him, his, profession, town, trait } = person;
  const intro = r.pick([
    `${name} the ${profession.name}`,
    name,
    `${a(`${trait} ${profession.name}`)} named ${name}`,
    `${name} from ${town.name}`,
  ]);
  return { name, intro, noun: profession.name, he, him, his };
}

export function anyCharacter(r: Random): Character {
  const kind = r.next();
  if (kind < 0.55) return creature(r, r.pick(animals).name);
  if (kind < 0.8) return child(r);
  return known(r, r.pick(people));
}

/** A place where an animal can well be. */
export function placeFor(r: Random, animal?: Animal): Place {
  if (!animal) return r.pick(places);
  const fits: Record<Animal["place"], string[]> = {
    farm: ["the farm", "the meadow", "the village"],
    house: ["the village", "the garden", "the market", "the farm"],
    forest: ["the forest", "the hill", "the cave", "the meadow"],
    water: ["the river", "the lake", "the bridge"],
    meadow: ["the meadow", "the garden", "the hill", "the forest"],
  };
  const name = animal.name === "seal" || animal.name === "whale" ? "the harbor" : r.pick(fits[animal.place]);
  return places.find((place) => place.the === name) ?? r.pick(places);
}

/** A scene around the parts that are given; the rest is made up. */
export function scene(r: Random, given: Partial<Scene> = {}): Scene {
  const hero = given.hero ?? anyCharacter(r);
  let friend = given.friend ?? anyCharacter(r);
  while (friend.name === hero.name || friend.noun === hero.noun) friend = anyCharacter(r);
  const place =
    given.place ??
    placeFor(
      r,
      animals.find((one) => one.name === hero.noun),
    );
  const town = person(hero.name)?.town.name;
  return {
    hero,
    friend,
    place,
    placed: given.place !== undefined,
    home: town ? `in ${town}` : place.at,
    thing: given.thing ?? r.pick(things).name,
    skill: given.skill ?? r.pick(skills),
    fear: given.fear ?? r.pick(fears),
    food: given.food ?? r.pick(foods).plural,
    brief: given.brief ?? r.chance(0.25),
  };
}
