// Tasks about a given text: questions it answers, summaries, extraction, and sorting into classes.

import type { Random } from "../random.ts";
import { animals } from "./animals.ts";
import { orderWith, question, type Request, request } from "./asking.ts";
import { anyCharacter, scene } from "./cast.ts";
import { a, capital, list, number, paragraph } from "./english.ts";
import { anyName, people, towns } from "./people.ts";
import { morals } from "./plots.ts";
import { tellWith } from "./stories.ts";
import { colours, days, foods, places, things } from "./things.ts";
import type { Domain } from "./wants.ts";

/** A small event told in a few sentences, with what can be asked about it. */
interface Passage {
  text: string;
  /** [question, short answer, answer as a sentence, what kind of thing is asked for] */
  asks: [ask: string, short: string, plain: string, rivals: Domain][];
  summary: string[];
  /** What a summary must keep; names are added. */
  key: readonly (readonly string[])[];
  names: string[];
}

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
        [`who went ${place.to} with ${x}`, `${y}.`, `${y} went ${place.to} with ${x}.`, "name"],
        [`when did ${x} go ${place.to}`, `On ${day}.`, `${x} went ${place.to} on ${day}.`, "day"],
        [`what did they eat`, `${capital(number(n))} ${food.plural}.`, `They ate ${number(n)} ${food.plural}.`, "meal"],
        [
          `how many ${food.plural} did they eat`,
          `${capital(number(n))}.`,
          `They ate ${number(n)} ${food.plural}.`,
          "number",
        ],
        [`where did ${x} and ${y} go`, `${capital(place.to)}.`, `They went ${place.to}.`, "place"],
        [`what did they talk about`, `${capital(a(animal.name))}.`, `They talked about ${a(animal.name)}.`, "animal"],
      ],
      summary: [`${x} and ${y} went ${place.to} and ate ${food.plural}.`, `${x} and ${y} spent ${day} ${place.at}.`],
      key: [[place.the, place.at, place.to, day]],
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
          "thing",
        ],
        [`what color was the ${thing.name}`, `${capital(colour)}.`, `The ${thing.name} was ${colour}.`, "colour"],
        [
          `how much did the ${thing.name} cost`,
          `${capital(number(price))} coins.`,
          `It cost ${number(price)} coins.`,
          "number",
        ],
        [
          `where did ${x} buy the ${thing.name}`,
          `At the market in ${town.name}.`,
          `${x} bought it at the market in ${town.name}.`,
          "town",
        ],
        [`who got the ${thing.name}`, `${y}.`, `${y} got the ${thing.name} as a gift.`, "name"],
      ],
      summary: [
        `${x} bought ${a(thing.name)} and gave it to ${y}.`,
        `${y} got ${a(`${colour} ${thing.name}`)} from ${x}.`,
      ],
      key: [[thing.name]],
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
          "thing",
        ],
        [`who helped ${x}`, `${y}.`, `${y} helped ${x} to look for the ${thing.name}.`, "name"],
        [
          `who found the ${thing.name}`,
          `${capital(a(animal.name))}.`,
          `${capital(a(animal.name))} found the ${thing.name}.`,
          "animal",
        ],
        [`where was the ${thing.name} found`, `${capital(where)}.`, `It was found ${where}.`, "place"],
        [`how long did they look`, `${capital(number(n))} hours.`, `They looked for ${number(n)} hours.`, "number"],
      ],
      summary: [
        `${x} lost ${a(thing.name)}, and ${a(animal.name)} found it.`,
        `${a(animal.name)} found the lost ${thing.name} of ${x}.`,
      ],
      key: [[thing.name]],
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
        [`what is the name of the ${animal.name}`, `${y}.`, `The ${animal.name} is called ${y}.`, "name"],
        [`where do they live`, `In ${town.name}.`, `They live in ${a(`${colour} house`)} in ${town.name}.`, "town"],
        [`what color is the house`, `${capital(colour)}.`, `The house is ${colour}.`, "colour"],
        [`when do they go ${place.to}`, `Every ${day}.`, `They go ${place.to} every ${day}.`, "day"],
        [
          `what does ${y} get`,
          `${capital(number(n))} ${food.plural}.`,
          `${y} gets ${number(n)} ${food.plural}.`,
          "meal",
        ],
        [`what kind of animal is ${y}`, `${capital(a(animal.name))}.`, `${y} is ${a(animal.name)}.`, "animal"],
      ],
      summary: [
        `${x} lives with ${a(animal.name)} in ${town.name}.`,
        `${x} and ${y} the ${animal.name} go ${place.to} every ${day}.`,
      ],
      key: [[animal.name, place.to, town.name]],
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
      [`why was ${x} ${trait}`, `Because ${x} ${reason}.`, `${x} was ${trait} because ${x} ${reason}.`, "feeling"],
      [`how was ${x}`, `${capital(trait)}.`, `${x} was ${trait}.`, "feeling"],
      [`what did ${y} give ${x}`, `Some ${food.plural}.`, `${y} gave ${x} some ${food.plural}.`, "meal"],
      [`when did ${x} come home`, `On ${day}.`, `${x} came home on ${day}.`, "day"],
    ],
    summary: [`${x} was ${trait}, and ${y} helped.`, `${x} came home ${trait}, and ${y} took care of ${x}.`],
    key: [[trait, reason, "help"]],
    names: [x, y],
  };
}

export function closedQuestion(r: Random): Request {
  const p = passage(r);
  const [ask, short, plain, rivals] = r.pick(p.asks);
  const q = question(r, ask);
  const prompt = r.pick([
    `${p.text} ${capital(ask)}?`,
    `${p.text}\n${q}`,
    `Read the text and answer the question.\n${p.text}\n${capital(ask)}?`,
    `Text: ${p.text}\nQuestion: ${capital(ask)}?`,
    `${p.text}\nQuestion: ${capital(ask)}?`,
  ]);
  const right = short
    .replace(/\.$/, "")
    .replace(/^Because \S+ /, "")
    .replace(/^(A|An|Some|Every) /, "");
  return request(r, "closed QA", prompt, { kind: "value", right: [right], rivals, given: true }, [short, plain]);
}

export function summary(r: Random): Request {
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
  return request(
    r,
    "summarization",
    orderWith(r, imperative, p.text),
    {
      kind: "text",
      form: "summary",
      groups: [p.names, ...p.key],
      sentences: [1, imperative.includes("one sentence") ? 1 : 2],
      mostWords: Math.round((p.text.match(/\p{L}+/gu)!.length * 2) / 3),
      given: true,
    },
    p.summary.map(capital),
  );
}

/** A whole story is given: its lesson, a title, who it is about. */
export function aboutStory(r: Random): Request {
  const [plot, lessons] = r.pick(morals);
  const s = scene(r, { brief: true });
  const text = tellWith(r, plot, s, [s.friend.intro]);
  const kind = r.next();
  if (kind < 0.4) {
    const imperative = r.pick([
      "what is the moral of this story",
      "what do we learn from this story",
      "what is the lesson of this story",
    ]);
    return request(
      r,
      "summarization",
      orderWith(r, imperative, text),
      { kind: "text", form: "line", groups: [contentOf(lessons)], sentences: [1, 2], mostWords: 20, given: true },
      lessons,
    );
  }
  const noun = capital(s.hero.noun);
  if (kind < 0.7) {
    const titles = [
      ...(says(text, s.thing) ? [`The ${noun} and the ${capital(s.thing)}`] : []),
      ...(says(text, s.food) ? [`The ${noun} and the ${capital(s.food)}`] : []),
      `The ${noun} and the ${capital(s.friend.noun)}`,
      `The Story of ${s.hero.name.startsWith("the ") ? `the ${noun}` : s.hero.name}`,
    ];
    const imperative = r.pick([
      "give this story a title",
      "find a title for this story",
      "write a title for this story",
    ]);
    return request(
      r,
      "generation",
      orderWith(r, imperative, text),
      {
        kind: "text",
        form: "line",
        groups: [[s.hero.noun, s.hero.name]],
        sentences: [1, 1],
        mostWords: 8,
        given: true,
      },
      titles,
    );
  }
  const imperative = r.pick([
    "who is this story about",
    "who are the characters in this story",
    "which characters are in this story",
  ]);
  return request(
    r,
    "closed QA",
    orderWith(r, imperative, text),
    { kind: "value", right: [s.hero.name, s.friend.name], rivals: "being", given: true },
    [
      `The story is about ${s.hero.name} and ${s.friend.name}.`,
      capital(`${s.hero.name} and ${s.friend.name}.`),
      `${capital(s.hero.name)} and ${s.friend.name} are the characters.`,
    ],
  );
}

/** Does it stand there as a whole word? */
const says = (text: string, word: string) => new RegExp(`\\b${word}\\b`).test(text);

/** The words of some sentences that carry their sense. */
const contentOf = (sentences: readonly string[]) =>
  sentences.flatMap((sentence) => sentence.toLowerCase().match(/\b(?!that|them|when|your|than)\p{L}{4,}/gu) ?? []);

export function extraction(r: Random): Request {
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
    return request(
      r,
      "extract",
      orderWith(r, imperative, p.text),
      { kind: "items", of: p.names, rivals: "name", all: true },
      [p.names.join(", "), `The names are ${list(p.names)}.`, p.names.map((name) => `- ${name}`).join("\n")],
    );
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
  const [what, found, rivals] = r.pick([
    ["animals", chosenAnimals.map(a), "animal"],
    ["foods", chosenFoods, "meal"],
    ["colors", chosenColours, "colour"],
  ] as const);
  const imperative = r.pick([
    `list the ${what} in this text`,
    `find the ${what} in this text`,
    `extract the ${what}`,
    `write down the ${what} in the text`,
  ]);
  return request(r, "extract", orderWith(r, imperative, text), { kind: "items", of: found, rivals, all: true }, [
    `${capital(list(found))}.`,
    found.map((item) => `- ${capital(item)}`).join("\n"),
  ]);
}

const reason: Record<string, string> = {
  happy: "because something good happened",
  sad: "because something is missing",
  angry: "because something made somebody mad",
  afraid: "because there seems to be danger",
};

function mood(r: Random): Request {
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
  return request(
    r,
    "classification",
    orderWith(r, imperative, text),
    { kind: "value", right: [word], rivals: "feeling", first: true },
    [
      `${capital(word)}.`,
      capital(word),
      `It sounds ${word}.`,
      `The feeling is: ${word}.`,
      `${capital(word)}, ${reason[word]}.`,
    ],
  );
}

const classes = ["animal", "food", "thing", "job", "color"];

function sorting(r: Random): Request {
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
  const one = (prompts: readonly string[], right: string, rivals: Domain | readonly string[], answers: string[]) =>
    request(r, "classification", r.pick(prompts), { kind: "value", right: [right], rivals, first: true }, answers);
  return r.pick<() => Request>([
    () =>
      one(
        [
          `Is this an animal, a food, a thing, a job or a color? ${capital(item)}`,
          `Animal, food, thing, job or color: ${item}`,
          `Which class does the word belong to: animal, food, thing, job or color?\n${capital(item)}`,
        ],
        word,
        classes,
        [capital(word), `${capital(word)}.`, `${capital(item)} is ${a(word)}.`],
      ),
    () =>
      one(
        [
          `Bird, mammal, fish, insect, reptile or amphibian: ${x.name}`,
          `Classify this animal: ${x.name}`,
          `Which group does ${a(x.name)} belong to: birds, mammals, fish, insects, reptiles or amphibians?`,
        ],
        `${x.kind}|${x.kind}s`,
        "kind",
        [capital(x.kind), `${capital(x.kind)}.`, `${capital(a(x.name))} is ${a(x.kind)}.`],
      ),
    () => {
      const right = r.chance(0.5);
      const other = r.pick(animals.filter((one) => one.kind !== x.kind));
      const statement = `${capital(a(x.name))} is ${a(right ? x.kind : other.kind)}.`;
      return one(
        [`True or false: ${statement}`, `Is this true or false? ${statement}`, `${statement} True or false?`],
        ...trueOrFalse(right),
        right
          ? ["True.", "True", `True. ${x.fact}`]
          : ["False.", "False", `False. ${capital(a(x.name))} is ${a(x.kind)}.`],
      );
    },
    () => {
      const [claim, right] = r.pick<readonly [string, boolean]>([
        [`${capital(a(x.name))} can fly.`, x.flies],
        [`${capital(a(x.name))} can swim.`, x.swims],
        [`${capital(a(x.name))} is awake at night.`, x.awake === "night"],
        [`${capital(a(x.name))} has four legs.`, x.legs === 4],
      ]);
      return one(
        [`True or false: ${claim}`, `Is this true or false? ${claim}`, `Is this true? ${claim}`],
        ...trueOrFalse(right),
        right ? ["True.", "Yes, it is true.", "True"] : ["False.", "No, it is false.", "False"],
      );
    },
  ])();
}

const trueOrFalse = (right: boolean): [string, string[]] =>
  right ? ["true|yes", ["false", "no"]] : ["false|no", ["true", "yes"]];

function kindOfText(r: Random): Request {
  const item = r.pick(things).name;
  const day = r.pick(days);
  const name = anyName(r);
  const [word, texts] = r.pick<readonly [string, string[]]>([
    ["question", [`Where is my ${item}?`, `Did ${name} come on ${day}?`, `Who has seen ${name}?`]],
    ["order", [`Bring me the ${item}.`, `Close the door, ${name}.`, `Do not touch the ${item}.`]],
    ["statement", [`The ${item} is on the table.`, `${name} came on ${day}.`, `It is raining again.`]],
    ["thanks", [`Thank you for the ${item}, ${name}.`, `${name}, thank you for coming on ${day}.`]],
  ]);
  const prompt = r.pick([
    `Is this a question, an order, a statement or thanks? ${r.pick(texts)}`,
    `Question, order, statement or thanks: ${r.pick(texts)}`,
  ]);
  return request(
    r,
    "classification",
    prompt,
    { kind: "value", right: [word], rivals: ["question", "order", "statement", "thanks"], first: true },
    [`${capital(word)}.`, capital(word), word === "thanks" ? "It is thanks." : `It is ${a(word)}.`],
  );
}

export function classification(r: Random): Request {
  return r.weighted([
    [45, mood],
    [40, sorting],
    [15, kindOfText],
  ])(r);
}
