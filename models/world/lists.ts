// Lists and ideas: "name three animals that can swim", "give me ideas for a rainy day".

import type { Random } from "../random.ts";
import { type Animal, animals } from "./animals.ts";
import { order, question, type Request, request } from "./asking.ts";
import { a, capital, list, number, shapedList } from "./english.ts";
import { animalNames, boys, girls, people, professions, towns } from "./people.ts";
import { colours, days, foods, places, seasons, strangers, things } from "./things.ts";
import type { ItemsWant } from "./wants.ts";

/** Members of a group with the words for it: "animals that can swim". */
interface Group {
  /** Plural, with what they have in common. */
  name: string;
  one: string;
  members: readonly string[];
}

const withArticle = (list: readonly Animal[]) => list.map((x) => a(x.name));
const where = (test: (x: Animal) => boolean) => withArticle(animals.filter(test));

const groups: readonly Group[] = [
  { name: "animals that can swim", one: "an animal that can swim", members: where((x) => x.swims) },
  { name: "animals that can fly", one: "an animal that can fly", members: where((x) => x.flies) },
  { name: "animals that cannot fly", one: "an animal that cannot fly", members: where((x) => !x.flies) },
  { name: "birds", one: "a bird", members: where((x) => x.kind === "bird") },
  { name: "insects", one: "an insect", members: where((x) => x.kind === "insect") },
  {
    name: "animals that are awake at night",
    one: "an animal that is awake at night",
    members: where((x) => x.awake === "night"),
  },
  {
    name: "animals that live on a farm",
    one: "an animal that lives on a farm",
    members: where((x) => x.place === "farm"),
  },
  { name: "farm animals", one: "a farm animal", members: where((x) => x.place === "farm") },
  { name: "forest animals", one: "a forest animal", members: where((x) => x.place === "forest") },
  {
    name: "animals that live in or near water",
    one: "an animal that lives near water",
    members: where((x) => x.place === "water"),
  },
  { name: "big animals", one: "a big animal", members: where((x) => x.size === "big" || x.size === "huge") },
  { name: "small animals", one: "a small animal", members: where((x) => x.size === "small" || x.size === "tiny") },
  { name: "animals with four legs", one: "an animal with four legs", members: where((x) => x.legs === 4) },
  { name: "animals", one: "an animal", members: where(() => true) },
  { name: "fruits", one: "a fruit", members: foods.filter((f) => f.kind === "fruit").map((f) => f.plural) },
  { name: "vegetables", one: "a vegetable", members: foods.filter((f) => f.kind === "vegetable").map((f) => f.plural) },
  { name: "red foods", one: "a red food", members: foods.filter((f) => f.colour === "red").map((f) => f.plural) },
  {
    name: "sweet things to eat",
    one: "a sweet food",
    members: foods.filter((f) => f.taste === "sweet").map((f) => f.plural),
  },
  { name: "colors", one: "a color", members: colours },
  { name: "jobs", one: "a job", members: professions.map((p) => p.name) },
  { name: "towns", one: "a town", members: towns.map((t) => t.name) },
  { name: "days of the week", one: "a day of the week", members: days },
  {
    name: "things made of wood",
    one: "a thing made of wood",
    members: things.filter((t) => t.material === "wood").map((t) => a(t.name)),
  },
  {
    name: "things made of paper",
    one: "a thing made of paper",
    members: things.filter((t) => t.material === "paper").map((t) => a(t.name)),
  },
  {
    name: "things made of iron",
    one: "a thing made of iron",
    members: things.filter((t) => t.material === "iron").map((t) => a(t.name)),
  },
  {
    name: "things you can find in a house",
    one: "a thing in a house",
    members: [
      "a bed",
      "a chair",
      "a lamp",
      "a clock",
      "a cup",
      "a pot",
      "a broom",
      "a blanket",
      "a mirror",
      "a candle",
    ],
  },
  ...places.map((p) => ({ name: `things you can find ${p.at}`, one: `a thing you can find ${p.at}`, members: p.has })),
];

/** Everything some group has: what is not in the group asked for is a wrong item. */
const anyMember = [...new Set(groups.flatMap((group) => group.members))];

/** "an owl" may be said as "owls", too. */
const plurals = new Map([...animals, ...things].map((x) => [a(x.name), x.plural]));

const wanted = (of: readonly string[], rivals: readonly string[], count?: number): ItemsWant => ({
  kind: "items",
  of: of.map((item) => (plurals.has(item) ? `${item}|${plurals.get(item)}` : item)),
  rivals,
  ...(count ? { count } : {}),
});

/** Some lists of `n` items, each in a shape of its own. */
const lists = (r: Random, items: readonly string[], n: number) =>
  Array.from({ length: 3 }, () => (n === 1 ? `${capital(r.pick(items))}.` : shapedList(r, r.sample(items, n))));

export function listing(r: Random): Request {
  const group = r.pick(groups);
  const { members } = group;
  if (r.chance(0.1)) {
    const answers = r.sample(members, 2).map((item) => `${capital(item)}.`);
    return request(r, "open QA", order(r, `name ${group.one}`), wanted(members, anyMember, 1), answers);
  }
  if (r.chance(0.2)) {
    const [first, ...rest] = group.name.split(" ");
    const asked = rest[0] === "that" ? `which ${first} ${rest.slice(1).join(" ")}` : `name some ${group.name}`;
    const prompt = asked.startsWith("which") ? question(r, asked) : order(r, asked);
    const answers = lists(r, members, Math.min(members.length, r.int(3, 6)));
    return request(r, "open QA", prompt, wanted(members, anyMember), answers);
  }
  const n = r.int(2, Math.min(members.length, 6));
  const words = r.chance(0.7) ? number(n) : String(n);
  const imperative = r.pick([
    `list ${words} ${group.name}`,
    `name ${words} ${group.name}`,
    `give me ${words} ${group.name}`,
    `write down ${words} ${group.name}`,
    `tell me ${words} ${group.name}`,
  ]);
  const prompt = r.chance(0.85) ? order(r, imperative) : question(r, `which ${words} ${group.name} do you know`);
  return request(r, "brainstorming", prompt, wanted(members, anyMember, n), lists(r, members, n));
}

/** The same twice: some, then others that were not named yet. For turns.ts. */
export function listTwice(r: Random) {
  const group = r.pick(groups.filter((one) => one.members.length > 6));
  const n = r.int(2, 3);
  const [first, others] = [r.sample(group.members, n), r.int(1, 3)];
  const left = group.members.filter((item) => !first.includes(item));
  return {
    ask: `name ${number(n)} ${group.name}`,
    first: shapedList(r, first),
    others,
    want: wanted(left, anyMember, others),
    answers: lists(r, left, others),
  };
}

const ideas: readonly (readonly [topic: string, readonly string[]])[] = [
  [
    "things to do on a rainy day",
    [
      "read a good book",
      "bake a cake",
      "draw a picture",
      "play cards",
      "write a letter to a friend",
      "build a house of blankets",
      "drink tea by the window",
      "learn a new song",
    ],
  ],
  [
    "things to do in the summer",
    [
      "swim in the lake",
      "eat cherries",
      "sleep under the stars",
      "go for a long walk",
      "fly a kite",
      "row a boat",
      "have a picnic in the meadow",
    ],
  ],
  [
    "things to do in the winter",
    [
      "build a snowman",
      "drink hot tea",
      "sit by the fire",
      "knit a scarf",
      "feed the birds",
      "tell stories",
      "bake cookies",
    ],
  ],
  [
    "gifts for a friend",
    [
      "a good book",
      "a warm scarf",
      "a cake that you baked yourself",
      "a picture",
      "a small plant",
      "a cup made of clay",
      "a song",
      "a day at the lake",
    ],
  ],
  [
    "gifts for my grandmother",
    ["a warm blanket", "a bunch of flowers", "a picture of you", "a box of cookies", "a visit", "a new teapot"],
  ],
  [
    "ways to make a friend",
    [
      "say hello and smile",
      "ask a question",
      "share your food",
      "listen well",
      "help with some work",
      "play a game together",
    ],
  ],
  [
    "ways to help at home",
    ["sweep the floor", "wash the cups", "feed the cat", "bring in the wood", "set the table", "water the plants"],
  ],
  [
    "ways to be kind",
    ["say thank you", "listen to someone", "share what you have", "help a neighbor", "write a nice letter", "smile"],
  ],
  [
    "ways to save money",
    ["cook at home", "mend old clothes", "walk to the market", "grow your own carrots", "share tools with a neighbor"],
  ],
  [
    "ways to learn a new song",
    [
      "listen to it many times",
      "sing it slowly",
      "learn one line a day",
      "sing it with a friend",
      "write down the words",
    ],
  ],
  [
    "ideas for a birthday party",
    [
      "a picnic by the river",
      "a game in the garden",
      "a big cake with cherries",
      "music and dancing",
      "a treasure hunt",
      "a little play",
    ],
  ],
  [
    "ideas for dinner",
    [
      "soup and fresh bread",
      "potatoes with butter",
      "pancakes with honey",
      "fish with rice",
      "a pie with mushrooms",
      "eggs and cheese",
    ],
  ],
  [
    "ideas for a picnic",
    ["bread and cheese", "cold tea", "a basket of cherries", "a blanket under a tree", "a cake", "a game with a ball"],
  ],
  [
    "ideas for a story",
    [
      "a fox who finds a map",
      "a bear who is afraid of the dark",
      "a boat that can sing",
      "two friends in a storm",
      "a key that opens every door",
      "a mouse who wants to fly",
    ],
  ],
  [
    "ways to fall asleep",
    [
      "drink warm milk",
      "count sheep",
      "read a quiet book",
      "listen to the rain",
      "think of a nice place",
      "open the window",
    ],
  ],
  ["things to take on a journey", ["a map", "a warm coat", "some bread", "a lamp", "a rope", "a good friend", "water"]],
  [
    "rules for a school",
    ["listen to each other", "be on time", "do not run in the house", "help the little ones", "keep the room clean"],
  ],
  [
    "reasons to visit the sea",
    ["the wide view", "the sound of the waves", "the fresh air", "the shells on the beach", "the fish soup"],
  ],
  [
    "reasons to have a dog",
    ["it is loyal", "it makes you laugh", "you walk every day", "it keeps the house safe", "you are never alone"],
  ],
  [
    "reasons to read books",
    [
      "you learn new things",
      "you travel in your mind",
      "a book is never in a hurry",
      "you meet new people",
      "it is quiet",
    ],
  ],
  [
    "games for children",
    [
      "hide and seek",
      "a race to the tree",
      "catch the ball",
      "a treasure hunt",
      "guess the animal",
      "build a tower of stones",
    ],
  ],
  [
    "things that make people happy",
    ["a good friend", "a sunny morning", "fresh bread", "music", "a kind word", "a warm bed"],
  ],
];

const anyIdea = [...new Set(ideas.flatMap(([, members]) => members))];

/** Ideas for something, also for a thing that only the prompt names. */
export function ideasFor(r: Random): Request {
  if (r.chance(0.3)) return naming(r);
  const [topic, members] = r.pick(ideas);
  const n = r.int(2, Math.min(5, members.length));
  const counted = r.chance(0.6);
  const words = counted ? `${r.chance(0.7) ? number(n) : n} ` : "";
  const bare = topic.replace(/^ideas for /, "");
  const isIdea = topic.startsWith("ideas for ");
  const imperative = isIdea
    ? r.pick([
        `give me ${words}ideas for ${bare}`,
        `list ${words}ideas for ${bare}`,
        `I need ${words}ideas for ${bare}`,
      ])
    : r.pick([
        `list ${words || "some "}${topic}`,
        `give me ${words || "some "}${topic}`,
        `name ${words || "some "}${topic}`,
        `think of ${words || "some "}${topic}`,
      ]);
  const prompt = imperative.startsWith("I need") ? `${imperative}.` : order(r, imperative);
  const answers = lists(r, members, n);
  if (/ways|things to do/.test(topic)) answers.push(`You could ${list(r.sample(members, n), "or")}.`);
  return request(r, "brainstorming", prompt, wanted(members, anyIdea, counted ? n : undefined), answers);
}

function naming(r: Random): Request {
  const n = r.int(2, 5);
  const words = r.chance(0.7) ? number(n) : String(n);
  const free = (of: readonly string[], shape: ItemsWant["free"]): ItemsWant => ({
    ...wanted(of, anyMember, n),
    ...(shape ? { free: shape } : {}),
  });
  if (r.chance(0.5)) {
    const pet = r.pick([...animals.map((x) => x.name), ...strangers]);
    const imperative = r.pick([
      `give me ${words} names for ${a(pet)}`,
      `think of ${words} names for my ${pet}`,
      `list ${words} good names for ${a(pet)}`,
    ]);
    return request(
      r,
      "brainstorming",
      order(r, imperative),
      free(animalNames, { shape: "name" }),
      lists(r, animalNames, n),
    );
  }
  const [thing, colour] = [r.pick([...things.map((t) => t.name), ...strangers]), r.pick(colours)];
  const season = r.pick(seasons);
  const child = r.pick([...girls, ...boys, ...people.map((p) => p.name)]);
  const animal = r.pick(animals);
  const titles = [
    `${child}'s ${capital(thing)}`,
    `The Secret of the ${capital(thing)}`,
    `A ${capital(thing)} in ${capital(season.name)}`.replace(/^A ([AEIO])/, "An $1"),
    `The ${capital(colour)} ${capital(thing)}`,
    `The ${capital(animal.name)} and the ${capital(thing)}`,
    `The Last ${capital(thing)}`,
    `My Friend the ${capital(thing)}`,
    `${child} and the ${capital(thing)}`,
  ];
  const imperative = r.pick([
    `give me ${words} titles for a story about ${a(thing)}`,
    `think of ${words} titles for a book about ${a(thing)}`,
    `list ${words} story titles with ${a(thing)}`,
  ]);
  // Titles in one line, with "and" inside them, could not be told apart: they stand in lines.
  const inLines = (items: readonly string[]) => {
    const numbered = r.chance(0.7);
    return items.map((item, i) => (numbered ? `${i + 1}. ${item}` : `- ${item}`)).join("\n");
  };
  return request(
    r,
    "brainstorming",
    order(r, imperative),
    free([], { shape: "title", word: thing }),
    Array.from({ length: 3 }, () => inLines(r.sample(titles, n))),
  );
}
