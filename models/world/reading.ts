// Tasks about a given text: questions it answers, summaries, extraction, and sorting into classes.

import type { Random } from "../random.ts";
import { animals } from "./animals.ts";
import { orderWith, question, type Task } from "./asking.ts";
import { anyCharacter, scene } from "./cast.ts";
import { a, capital, list, number, paragraph } from "./english.ts";
import { boys, girls, people, towns } from "./people.ts";
import { morals } from "./plots.ts";
import { madeUp, tellStory } from "./stories.ts";
import { colours, days, foods, places, things } from "./things.ts";

/** A small event told in a few sentences, with what can be asked about it. */
interface Passage {
  text: string;
  /** [question, short answer, answer as a sentence] */
  asks: [string, string, string][];
  summary: string[];
  names: string[];
}

const anyName = (r: Random) => (r.chance(0.3) ? madeUp(r) : r.pick([...girls, ...boys, ...people.map((p) => p.name)]));

function passage(r: Random): Passage {
  const x = anyName(r);
  let y = anyName(r);
  while (y === x) y = anyName(r);
  const place = r.pick(places);
  const day = r.pick(days);
  const n = r.int(2, 12);
  const food = r.pick(foods);
  const thing = r.pick(things);
  const colour = r.pick(colours);
  const price = r.int(2, 20);
  const animal = r.pick(animals);
  const town = r.pick(towns);
  const kind = r.int(0, 4);
  if (kind === 0) {
    const extra = r.pick([`The weather was fine.`, `Many people were there.`, `It was a long way.`, ""]);
    return {
      text: paragraph([
        `On ${day}, ${x} went ${place.to} with ${y}.`,
        extra,
        `They ate ${number(n)} ${food.plural} and talked about ${a(animal.name)}.`,
        r.pick([`In the evening they walked home.`, `Then it began to rain.`]),
      ]),
      asks: [
        [`who went ${place.to} with ${x}`, `${y}.`, `${y} went ${place.to} with ${x}.`],
        [`when did ${x} go ${place.to}`, `On ${day}.`, `${x} went ${place.to} on ${day}.`],
        [`what did they eat`, `${capital(number(n))} ${food.plural}.`, `They ate ${number(n)} ${food.plural}.`],
        [`how many ${food.plural} did they eat`, `${capital(number(n))}.`, `They ate ${number(n)} ${food.plural}.`],
        [`where did ${x} and ${y} go`, `${capital(place.to)}.`, `They went ${place.to}.`],
        [`what did they talk about`, `${capital(a(animal.name))}.`, `They talked about ${a(animal.name)}.`],
      ],
      summary: [`${x} and ${y} went ${place.to} and ate ${food.plural}.`, `${x} and ${y} spent ${day} ${place.at}.`],
      names: [x, y],
    };
  }
  if (kind === 1) {
    return {
      text: paragraph([
        `${x} bought ${a(`${colour} ${thing.name}`)} at the market in ${town.name}.`,
        `It cost ${number(price)} coins.`,
        `${x} gave it to ${y} as a gift.`,
        r.pick([`${y} was very happy.`, `${y} had wanted one for a long time.`]),
      ]),
      asks: [
        [
          `what did ${x} buy`,
          `${capital(a(`${colour} ${thing.name}`))}.`,
          `${x} bought ${a(`${colour} ${thing.name}`)}.`,
        ],
        [`what color was the ${thing.name}`, `${capital(colour)}.`, `The ${thing.name} was ${colour}.`],
        [`how much did the ${thing.name} cost`, `${capital(number(price))} coins.`, `It cost ${number(price)} coins.`],
        [
          `where did ${x} buy the ${thing.name}`,
          `At the market in ${town.name}.`,
          `${x} bought it at the market in ${town.name}.`,
        ],
        [`who got the ${thing.name}`, `${y}.`, `${y} got the ${thing.name} as a gift.`],
      ],
      summary: [
        `${x} bought ${a(thing.name)} and gave it to ${y}.`,
        `${y} got ${a(`${colour} ${thing.name}`)} from ${x}.`,
      ],
      names: [x, y],
    };
  }
  if (kind === 2) {
    const where = r.pick(["under a tree", "behind a stone", "in the grass", "on the path", "near the water"]);
    return {
      text: paragraph([
        `${x} lost ${a(`${colour} ${thing.name}`)} ${place.at}.`,
        `${y} helped to look for it.`,
        `After ${number(n)} hours, ${a(animal.name)} found it ${where}.`,
        r.pick([`Everyone laughed.`, `${x} was very glad.`, `They gave the ${animal.name} some food.`]),
      ]),
      asks: [
        [
          `what did ${x} lose`,
          `${capital(a(`${colour} ${thing.name}`))}.`,
          `${x} lost ${a(`${colour} ${thing.name}`)}.`,
        ],
        [`who helped ${x}`, `${y}.`, `${y} helped ${x} to look for the ${thing.name}.`],
        [
          `who found the ${thing.name}`,
          `${capital(a(animal.name))}.`,
          `${capital(a(animal.name))} found the ${thing.name}.`,
        ],
        [`where was the ${thing.name} found`, `${capital(where)}.`, `It was found ${where}.`],
        [`how long did they look`, `${capital(number(n))} hours.`, `They looked for ${number(n)} hours.`],
      ],
      summary: [
        `${x} lost ${a(thing.name)}, and ${a(animal.name)} found it.`,
        `${a(animal.name)} found the lost ${thing.name} of ${x}.`,
      ],
      names: [x, y],
    };
  }
  if (kind === 3) {
    return {
      text: paragraph([
        `${x} has ${a(animal.name)} called ${y}.`,
        `They live in ${a(`${colour} house`)} in ${town.name}.`,
        `Every ${day}, they go ${place.to}.`,
        `There ${y} gets ${number(n)} ${food.plural}.`,
      ]),
      asks: [
        [`what is the name of the ${animal.name}`, `${y}.`, `The ${animal.name} is called ${y}.`],
        [`where do they live`, `In ${town.name}.`, `They live in ${a(`${colour} house`)} in ${town.name}.`],
        [`what color is the house`, `${capital(colour)}.`, `The house is ${colour}.`],
        [`when do they go ${place.to}`, `Every ${day}.`, `They go ${place.to} every ${day}.`],
        [`what does ${y} get`, `${capital(number(n))} ${food.plural}.`, `${y} gets ${number(n)} ${food.plural}.`],
        [`what kind of animal is ${y}`, `${capital(a(animal.name))}.`, `${y} is ${a(animal.name)}.`],
      ],
      summary: [
        `${x} lives with ${a(animal.name)} in ${town.name}.`,
        `${x} and ${y} the ${animal.name} go ${place.to} every ${day}.`,
      ],
      names: [x, y],
    };
  }
  const trait = r.pick(["tired", "late", "hungry", "wet", "happy", "sad"]);
  const reason = {
    tired: `had worked ${number(n)} hours`,
    late: "had missed the boat",
    hungry: "had eaten nothing all day",
    wet: "had fallen into the river",
    happy: `had found ${number(n)} coins`,
    sad: `had lost ${a(thing.name)}`,
  }[trait]!;
  return {
    text: paragraph([
      `${x} came home on ${day} and was ${trait}.`,
      `${x} ${reason}.`,
      `${y} made ${r.pick(["tea", "soup"])} and gave ${x} some ${food.plural}.`,
      r.pick([`Then they sat by the fire.`, `They talked for a long time.`, `Outside it was dark.`]),
    ]),
    asks: [
      [`why was ${x} ${trait}`, `Because ${x} ${reason}.`, `${x} was ${trait} because ${x} ${reason}.`],
      [`how was ${x}`, `${capital(trait)}.`, `${x} was ${trait}.`],
      [`what did ${y} give ${x}`, `Some ${food.plural}.`, `${y} gave ${x} some ${food.plural}.`],
      [`when did ${x} come home`, `On ${day}.`, `${x} came home on ${day}.`],
    ],
    summary: [`${x} was ${trait}, and ${y} helped.`, `${x} came home ${trait}, and ${y} took care of ${x}.`],
    names: [x, y],
  };
}

export function closedQuestion(r: Random): Task {
  const p = passage(r);
  const [ask, short, plain] = r.pick(p.asks);
  const q = question(r, ask);
  const prompt = r.pick([
    `${p.text} ${capital(ask)}?`,
    `${p.text}\n${q}`,
    `Read the text and answer the question.\n${p.text}\n${capital(ask)}?`,
    `Text: ${p.text}\nQuestion: ${capital(ask)}?`,
    `${p.text}\nQuestion: ${capital(ask)}?`,
  ]);
  return { useCase: "closed QA", prompt, answer: r.chance(0.4) ? short : plain };
}

export function summary(r: Random): Task {
  const p = passage(r);
  const imperative = r.pick([
    "summarize this text",
    "summarize",
    "say this in one sentence",
    "write a short summary",
    "make this shorter",
    "what is this text about",
    "sum up this story in one sentence",
    "tell me in one sentence what happened",
  ]);
  return {
    useCase: "summarization",
    prompt: orderWith(r, imperative, p.text),
    answer: capital(r.pick(p.summary)),
  };
}

/** A whole story is given: its lesson, a title, who it is about, or the story in one sentence. */
export function aboutStory(r: Random): Task {
  const [plot, lessons] = r.pick(morals);
  const s = scene(r, { brief: r.chance(0.7) });
  const text = tellStory(r, plot, s);
  const kind = r.next();
  if (kind < 0.4) {
    const imperative = r.pick([
      "what is the moral of this story",
      "what do we learn from this story",
      "what is the lesson of this story",
    ]);
    return { useCase: "summarization", prompt: orderWith(r, imperative, text), answer: r.pick(lessons) };
  }
  const noun = capital(s.hero.noun);
  if (kind < 0.7) {
    const titles = [
      ...(text.includes(s.thing) ? [`The ${noun} and the ${capital(s.thing)}`] : []),
      ...(text.includes(s.food) ? [`The ${noun} and the ${capital(s.food)}`] : []),
      `The ${noun} and the ${capital(s.friend.noun)}`,
      `The Story of ${s.hero.name.startsWith("the ") ? `the ${noun}` : s.hero.name}`,
    ];
    const imperative = r.pick([
      "give this story a title",
      "find a title for this story",
      "write a title for this story",
    ]);
    return { useCase: "generation", prompt: orderWith(r, imperative, text), answer: r.pick(titles) };
  }
  const imperative = r.pick([
    "who is this story about",
    "who are the characters in this story",
    "which characters are in this story",
  ]);
  return {
    useCase: "closed QA",
    prompt: orderWith(r, imperative, text),
    answer: r.pick([
      `The story is about ${s.hero.name} and ${s.friend.name}.`,
      capital(`${s.hero.name} and ${s.friend.name}.`),
      `${capital(s.hero.name)} and ${s.friend.name} are the characters.`,
    ]),
  };
}

/** Examples first, then one more question of the same kind. */
export function fewShot(r: Random): Task {
  const n = r.int(2, 4);
  const [instruction, pairs] = r.pick<() => readonly [string, readonly (readonly [string, string])[]]>([
    () => ["Say what kind of animal it is.", r.sample([...animals], n + 1).map((x) => [x.name, x.kind])],
    () => ["Give the name of the young animal.", r.sample([...animals], n + 1).map((x) => [x.name, x.young])],
    () => ["Write the plural.", r.sample([...animals, ...things], n + 1).map((x) => [x.name, x.plural])],
    () => ["What color is it?", r.sample([...foods], n + 1).map((f) => [f.name, f.colour])],
    () => ["What is it made of?", r.sample([...things], n + 1).map((t) => [t.name, t.material])],
    () => ["Can it swim?", r.sample([...animals], n + 1).map((x) => [x.name, x.swims ? "yes" : "no"])],
    () => ["Can it fly?", r.sample([...animals], n + 1).map((x) => [x.name, x.flies ? "yes" : "no"])],
    () => ["What is the job?", r.sample([...people], n + 1).map((p) => [p.name, p.profession.name])],
    () => ["Which town?", r.sample([...people], n + 1).map((p) => [p.name, p.town.name])],
    () => [
      "Add one.",
      r
        .sample(
          Array.from({ length: 20 }, (_, i) => i),
          n + 1,
        )
        .map((i) => [String(i), String(i + 1)]),
    ],
  ])();
  const arrow = r.pick([": ", " -> ", " = "]);
  const shown = pairs.slice(0, n).map(([from, to]) => `${from}${arrow}${to}`);
  const [from, to] = pairs[n]!;
  return {
    useCase: "other",
    prompt: [
      ...(instruction.startsWith("Can") || r.chance(0.7) ? [instruction] : []),
      ...shown,
      `${from}${arrow.trimEnd()}`,
    ].join("\n"),
    answer: to,
  };
}

export function extraction(r: Random): Task {
  const kind = r.next();
  if (kind < 0.5) {
    const p = passage(r);
    const imperative = r.pick([
      "find the names in this text",
      "list the names in this text",
      "which names are in this text",
      "write down all names",
      "extract the names",
    ]);
    return {
      useCase: "extract",
      prompt: orderWith(r, imperative, p.text),
      answer: r.chance(0.5)
        ? p.names.join(", ")
        : r.chance(0.5)
          ? `The names are ${list(p.names)}.`
          : p.names.map((name) => `- ${name}`).join("\n"),
    };
  }
  const chosenAnimals = r.sample([...animals], r.int(2, 3)).map((x) => x.name);
  const chosenFoods = r.sample([...foods], r.int(2, 3)).map((f) => f.plural);
  const chosenColours = r.sample(colours, 2);
  const name = anyName(r);
  const [t1, t2] = r.sample(
    things.filter((thing) => thing.small && thing.name !== "basket"),
    2,
  );
  const text = paragraph([
    `${name} saw ${list(chosenAnimals.map(a))} ${r.pick(places).at}.`,
    `${name} wore ${a(`${chosenColours[0]} hat`)} and carried ${a(`${chosenColours[1]} ${t1!.name}`)}.`,
    `In the basket there were ${list([...chosenFoods, a(t2!.name)])}.`,
  ]);
  const [what, found] = r.pick([
    ["animals", chosenAnimals.map(a)],
    ["foods", chosenFoods],
    ["colors", chosenColours],
  ] as const);
  const imperative = r.pick([
    `list the ${what} in this text`,
    `find the ${what} in this text`,
    `extract the ${what}`,
    `write down the ${what} in the text`,
  ]);
  return {
    useCase: "extract",
    prompt: orderWith(r, imperative, text),
    answer: r.chance(0.6) ? `${capital(list(found))}.` : found.map((item) => `- ${capital(item)}`).join("\n"),
  };
}

const reason: Record<string, string> = {
  happy: "because something good happened",
  sad: "because something is missing",
  angry: "because something made somebody mad",
  afraid: "because there seems to be danger",
};

function mood(r: Random): Task {
  const hero = anyCharacter(r);
  const s = scene(r, { hero });
  const [word, sentences] = r.pick<readonly [string, string[]]>([
    [
      "happy",
      [
        `${hero.intro} baked a cake and sang all morning.`,
        `After a long time, ${hero.intro} saw the best friend again.`,
        `${hero.intro} danced in the warm rain.`,
        `"What a wonderful day!" said ${hero.intro}.`,
        `${hero.intro} found ${a(s.thing)} and danced with joy.`,
        `${hero.intro} won the race and laughed all day.`,
        `${hero.intro} got a letter from an old friend and smiled.`,
        `The sun was shining, and ${hero.intro} sang a song.`,
        `${hero.intro} ate fresh ${s.food} with good friends.`,
      ],
    ],
    [
      "sad",
      [
        `${hero.intro} looked at the empty chair and was quiet.`,
        `The ${s.thing} of ${hero.intro} was broken for ever.`,
        `"I miss my friends," said ${hero.intro}.`,
        `${hero.intro} lost ${a(s.thing)} and began to cry.`,
        `Nobody came to the birthday of ${hero.intro}.`,
        `${hero.intro} sat alone in the rain.`,
        `The best friend of ${hero.intro} moved far away.`,
        `${hero.intro} waited all day, but no letter came.`,
      ],
    ],
    [
      "angry",
      [
        `"Who took my ${s.thing}?" shouted ${hero.intro}.`,
        `${hero.intro} threw ${a(s.thing)} on the floor and shouted.`,
        `${hero.intro} did not say a word and closed the door with a bang.`,
      ],
    ],
    [
      "afraid",
      [
        `${hero.intro} heard a noise in the dark and shook like a leaf.`,
        `${hero.intro} ran away from the storm and hid under the bed.`,
        `${hero.intro} did not dare to open the door.`,
      ],
    ],
  ]);
  const text = capital(r.pick(sentences));
  const imperative =
    word === "happy" || word === "sad"
      ? r.pick([
          "is this happy or sad",
          "is this text happy or sad",
          "happy or sad",
          "say if this is happy or sad",
          "what is the mood of this sentence, happy or sad",
        ])
      : r.pick([
          "is this happy, sad, angry or afraid",
          "which feeling is this: happy, sad, angry or afraid",
          "what is the feeling in this sentence",
        ]);
  return {
    useCase: "classification",
    prompt: orderWith(r, imperative, text),
    answer: r.pick([
      `${capital(word)}.`,
      capital(word),
      `It sounds ${word}.`,
      `The feeling is: ${word}.`,
      `${capital(word)}, ${reason[word]}.`,
    ]),
  };
}

function sorting(r: Random): Task {
  const x = r.pick(animals);
  const f = r.pick(foods);
  const t = r.pick(things);
  const [item, word] = r.pick([
    [x.name, "animal"],
    [f.name, "food"],
    [t.name, "thing"],
    [r.pick(people).profession.name, "job"],
    [r.pick(colours.filter((c) => c !== "orange")), "color"],
  ] as const);
  return r.pick<() => Task>([
    () => ({
      useCase: "classification",
      prompt: r.pick([
        `Is this an animal, a food, a thing, a job or a color? ${capital(item)}`,
        `Animal, food, thing, job or color: ${item}`,
        `Which class does the word belong to: animal, food, thing, job or color?\n${capital(item)}`,
      ]),
      answer: r.pick([capital(word), `${capital(word)}.`, `${capital(item)} is ${a(word)}.`]),
    }),
    () => ({
      useCase: "classification",
      prompt: r.pick([
        `Bird, mammal, fish, insect, reptile or amphibian: ${x.name}`,
        `Classify this animal: ${x.name}`,
        `Which group does ${a(x.name)} belong to: birds, mammals, fish, insects, reptiles or amphibians?`,
      ]),
      answer: r.pick([capital(x.kind), `${capital(x.kind)}.`, `${capital(a(x.name))} is ${a(x.kind)}.`]),
    }),
    () => {
      const right = r.chance(0.5);
      const other = r.pick(animals.filter((one) => one.kind !== x.kind));
      const statement = `${capital(a(x.name))} is ${a(right ? x.kind : other.kind)}.`;
      return {
        useCase: "classification",
        prompt: r.pick([
          `True or false: ${statement}`,
          `Is this true or false? ${statement}`,
          `${statement} True or false?`,
        ]),
        answer: right
          ? r.pick(["True.", "True", `True. ${x.fact}`])
          : r.pick(["False.", "False", `False. ${capital(a(x.name))} is ${a(x.kind)}.`]),
      };
    },
    () => {
      const claim = r.pick<readonly [string, boolean]>([
        [`${capital(a(x.name))} can fly.`, x.flies],
        [`${capital(a(x.name))} can swim.`, x.swims],
        [`${capital(a(x.name))} is awake at night.`, x.awake === "night"],
        [`${capital(a(x.name))} has four legs.`, x.legs === 4],
      ]);
      return {
        useCase: "classification",
        prompt: r.pick([
          `True or false: ${claim[0]}`,
          `Is this true or false? ${claim[0]}`,
          `Is this true? ${claim[0]}`,
        ]),
        answer: claim[1]
          ? r.pick(["True.", "Yes, it is true.", "True"])
          : r.pick(["False.", "No, it is false.", "False"]),
      };
    },
  ])();
}

function kindOfText(r: Random): Task {
  const item = r.pick(things).name;
  const day = r.pick(days);
  const name = anyName(r);
  const [word, texts] = r.pick<readonly [string, string[]]>([
    ["question", [`Where is my ${item}?`, `Did ${name} come on ${day}?`, `Who has seen ${name}?`]],
    ["order", [`Bring me the ${item}.`, `Close the door, ${name}.`, `Do not touch the ${item}.`]],
    ["statement", [`The ${item} is on the table.`, `${name} came on ${day}.`, `It is raining again.`]],
    ["thanks", [`Thank you for the ${item}, ${name}.`, `${name}, thank you for coming on ${day}.`]],
  ]);
  return {
    useCase: "classification",
    prompt: r.pick([
      `Is this a question, an order, a statement or thanks? ${r.pick(texts)}`,
      `Question, order, statement or thanks: ${r.pick(texts)}`,
    ]),
    answer: r.pick([`${capital(word)}.`, capital(word), word === "thanks" ? "It is thanks." : `It is ${a(word)}.`]),
  };
}

export function classification(r: Random): Task {
  return r.weighted([
    [45, mood],
    [40, sorting],
    [15, kindOfText],
  ])(r);
}
