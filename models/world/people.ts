// The people of the world, their towns and their work. Facts here are the truth that questions are answered from.

import type { Random } from "../random.ts";
import { rows } from "./rows.ts";

export interface Pronouns {
  he: string;
  him: string;
  his: string;
}
export const male: Pronouns = { he: "he", him: "him", his: "his" };
export const female: Pronouns = { he: "she", him: "her", his: "her" };

export interface Profession {
  name: string;
  plural: string;
  /** Present tense, third person: "bakes bread and cakes". */
  does: string;
  /** The same with "people who": "bake bread and cakes". */
  do: string;
  /** "in a bakery" */
  where: string;
  /** The tool: "an oven". */
  tool: string;
}

// name | plural | does | do | where | tool
const professionTable = rows(`
baker | bakers | bakes bread and cakes | bake bread and cakes | in a bakery | an oven
farmer | farmers | grows food and keeps animals | grow food and keep animals | on a farm | a tractor
fisher | fishers | catches fish | catch fish | on a boat | a net
teacher | teachers | helps children learn | help children learn | in a school | books
doctor | doctors | helps sick people | help sick people | in a hospital | medicine
carpenter | carpenters | makes things from wood | make things from wood | in a workshop | a hammer
painter | painters | paints pictures | paint pictures | in a studio | a brush
sailor | sailors | sails ships on the sea | sail ships on the sea | on a ship | ropes
miller | millers | turns grain into flour | turn grain into flour | in a mill | a mill stone
blacksmith | blacksmiths | makes things from iron | make things from iron | in a forge | a hot fire
gardener | gardeners | takes care of plants | take care of plants | in a garden | a spade
librarian | librarians | takes care of books | take care of books | in a library | a list of books
musician | musicians | plays music | play music | in a music hall | a fiddle
tailor | tailors | makes clothes | make clothes | in a small shop | a needle
shepherd | shepherds | looks after sheep | look after sheep | on the hills | a long stick
cook | cooks | makes meals | make meals | in a kitchen | pots and pans
potter | potters | makes pots and cups from clay | make pots and cups from clay | in a workshop | a wheel
postman | postmen | brings letters to people | bring letters to people | at the post office | a big bag
beekeeper | beekeepers | keeps bees and sells honey | keep bees and sell honey | in a meadow | a hive
clockmaker | clockmakers | makes and mends clocks | make and mend clocks | in a small shop | tiny tools
`);

export const professions: readonly Profession[] = professionTable.map(([name, plural, does, do_, where, tool]) => ({
  name,
  plural,
  does,
  do: do_,
  where,
  tool,
}));

export interface Town {
  name: string;
  /** "by the river" */
  lies: string;
  /** "apples": what it is known for. */
  knownFor: string;
  /** "an old stone bridge" */
  sight: string;
  size: "small" | "big";
}

export const towns: readonly Town[] = [
  { name: "Oakford", lies: "by the river", knownFor: "fresh bread", sight: "an old stone bridge", size: "small" },
  { name: "Millbrook", lies: "in a green valley", knownFor: "flour", sight: "a windmill", size: "small" },
  { name: "Stonehill", lies: "on a hill", knownFor: "strong houses", sight: "a round tower", size: "big" },
  { name: "Seaview", lies: "by the sea", knownFor: "fish soup", sight: "a white lighthouse", size: "big" },
  { name: "Fernwood", lies: "in the forest", knownFor: "wooden toys", sight: "a very old oak tree", size: "small" },
  { name: "Northgate", lies: "in the mountains", knownFor: "warm coats", sight: "a big iron gate", size: "small" },
  { name: "Clearwater", lies: "by a lake", knownFor: "little boats", sight: "a long wooden pier", size: "small" },
  { name: "Appleby", lies: "between two hills", knownFor: "sweet apples", sight: "a red market hall", size: "big" },
];

export interface Person extends Pronouns {
  name: string;
  profession: Profession;
  town: Town;
  /** An animal of animals.ts and its name: ["cat", "Pepper"]. */
  pet: readonly [string, string];
  /** A food of things.ts, as one says "likes …": "apple pie". */
  likes: string;
  /** "painting": what the person does on free days. */
  hobby: string;
  trait: string;
  age: number;
}

// name | gender | profession | town | pet | its name | likes | hobby | trait | age
const peopleTable = rows(`
Mira | f | baker | Oakford | cat | Pepper | apple pie | singing | kind | 34
Tom | m | fisher | Seaview | dog | Biscuit | fish soup | telling stories | funny | 52
Anna | f | teacher | Oakford | rabbit | Clover | pears | reading | patient | 41
Ben | m | farmer | Millbrook | horse | Star | corn | dancing | strong | 38
Lily | f | gardener | Appleby | hen | Daisy | plums | walking | cheerful | 29
Max | m | carpenter | Fernwood | owl | Willow | pancakes | fishing | careful | 45
Nora | f | doctor | Stonehill | dog | Bruno | vegetable soup | swimming | calm | 47
Sam | m | postman | Oakford | pony | Nut | cheese | riding | quick | 26
Ella | f | painter | Clearwater | duck | Pebble | cherries | sailing | dreamy | 31
Jack | m | sailor | Seaview | crow | Captain | bread and butter | playing cards | brave | 60
Rosa | f | cook | Appleby | pig | Button | potatoes | cooking | generous | 55
Leo | m | musician | Stonehill | mouse | Dot | chocolate cake | playing the drum | noisy | 23
Clara | f | librarian | Northgate | cat | Ink | tea | reading | quiet | 63
Oscar | m | blacksmith | Northgate | goat | Rusty | stew | climbing | strong | 49
Ivy | f | shepherd | Northgate | sheep | Cloud | goat cheese | whistling | wise | 58
Hugo | m | miller | Millbrook | cat | Dusty | fresh bread | flying kites | lazy | 44
Mabel | f | tailor | Stonehill | robin | Ruby | honey cake | sewing | careful | 70
Peter | m | potter | Clearwater | turtle | Mossy | mushrooms | swimming | patient | 36
Ada | f | clockmaker | Fernwood | bat | Tick | nuts | counting stars | clever | 28
Finn | m | beekeeper | Fernwood | hedgehog | Honey | honey | singing | gentle | 33
Greta | f | farmer | Appleby | cow | Bella | milk | knitting | proud | 50
Emil | m | teacher | Seaview | goose | Major | carrots | drawing | fair | 39
June | f | fisher | Clearwater | otter | Splash | baked fish | diving | brave | 27
Karl | m | doctor | Millbrook | dog | Spot | strawberries | baking | kind | 57
`);

export const people: readonly Person[] = peopleTable.map(
  ([name, gender, profession, town, petKind, petName, likes, hobby, trait, age]) => ({
    name,
    ...(gender === "m" ? male : female),
    profession: professions.find((one) => one.name === profession)!,
    town: towns.find((one) => one.name === town)!,
    pet: [petKind, petName] as const,
    likes,
    hobby,
    trait,
    age: Number(age),
  }),
);

export const person = (name: string): Person | undefined => people.find((one) => one.name === name);

/** Names of people in stories, of whom nothing is known beforehand. */
export const girls =
  "Emma Sara Molly Grace Zoe Hanna Ruth Kate Alice Lucy Olga Nina Maya Tina Vera Wanda Bea Dora Fay".split(" ");
export const boys = "Paul Luke Noah Adam Eric Felix Ned Otto Rob Tim Victor Carl Dan Hal Ivan Jon Kim Abel Gus".split(
  " ",
);

/** Names that animals have in stories. */
export const animalNames =
  "Pip Fern Bramble Hazel Moss Poppy Sunny Fluffy Patch Nibbles Ginger Misty Coco Berry Twig Acorn Bean Domino Scout Shadow".split(
    " ",
  );

/** A made-up name or word, so that copying from the prompt is learnt from more than a list: "Talo", "Brimel". */
export function madeUp(r: Random): string {
  const starts = "B Br D F Fl G Gr H J K L M N P Pr R S St T Tr V W Z".split(" ");
  const vowels = "a e i o u".split(" ");
  // An open end that is no e: so it cannot be an English word by chance ("Nor", "Gone").
  const last = "a i o u".split(" ");
  const ends = "n l r s m t ll nd bel k".split(" ");
  return r.pick(starts) + r.pick(vowels) + r.pick(ends) + r.pick(last);
}

/** A name of the world, of a child nobody knows, or now and then one made up. */
export const anyName = (r: Random): string =>
  r.chance(0.15) ? madeUp(r) : r.pick([...girls, ...boys, ...people.map((p) => p.name)]);
