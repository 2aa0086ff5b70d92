// Other texts that people ask for: descriptions, poems, letters, notes, invitations, recipes, conversations, riddles.

import type { Random } from "../random.ts";
import { type Animal, animals } from "./animals.ts";
import { order, type Request, request } from "./asking.ts";
import { a, capital, list, number, paragraph } from "./english.ts";
import { animalSentences, personText } from "./facts.ts";
import { boys, girls, people } from "./people.ts";
import { rhymes } from "./rhymes.ts";
import { colours, days, foods, type Place, places, seasons, strangers, things } from "./things.ts";
import type { Form, TextWant, Want } from "./wants.ts";

const task = (r: Random, prompt: string, want: Want, answers: string | readonly string[]): Request =>
  request(r, "generation", prompt, want, answers);

const text = (
  form: Form,
  sentences: readonly [number, number],
  groups: readonly (readonly string[])[],
  more: Partial<TextWant> = {},
): TextWant => ({ kind: "text", form, groups, sentences, ...more });

/** The same made several times, to have several wordings. */
const times = (n: number, make: () => string) => Array.from({ length: n }, make);

const anyName = (r: Random) => r.pick([...people.map((p) => p.name), ...girls, ...boys]);
const otherName = (r: Random, name: string) => {
  for (;;) {
    const other = anyName(r);
    if (other !== name) return other;
  }
};

function description(r: Random): Request {
  const kind = r.next();
  if (kind < 0.4) {
    const x = r.pick(animals);
    const n = r.int(2, 4);
    const [first, ...rest] = animalSentences(x);
    const counted = r.chance(0.3);
    return task(
      r,
      order(
        r,
        counted
          ? `write ${number(n + 1)} sentences about ${a(x.name)}`
          : r.pick([`describe ${a(x.name)}`, `write about ${a(x.name)}`, `write a short text about ${x.plural}`]),
      ),
      text("description", counted ? [n + 1, n + 1] : [2, 7], [], {
        facts: { about: x.name, least: counted ? Math.min(n, 3) : 3 },
      }),
      times(3, () => [first, ...r.sample(rest, counted ? n : r.int(2, 4))].join(" ")),
    );
  }
  if (kind < 0.6) {
    const p = r.pick(people);
    const [first, ...rest] = personText(p);
    return task(
      r,
      order(r, r.pick([`describe ${p.name}`, `write about ${p.name} the ${p.profession.name}`, `introduce ${p.name}`])),
      text("description", [2, 6], [], { facts: { about: p.name, least: 3 } }),
      times(3, () => [first, ...r.sample(rest, r.int(1, 4))].join(" ")),
    );
  }
  const p = r.pick(places);
  return task(
    r,
    order(r, r.pick([`describe ${p.the}`, `write a few sentences about ${p.the}`, `describe a day ${p.at}`])),
    text("description", [2, 6], [[p.the, p.at, p.to], ...wordsOf(p)]),
    times(3, () => scenery(r, p)),
  );
}

/** What one sees at a place: some word of its looks or of what is there. */
const wordsOf = (p: Place): readonly (readonly string[])[] => [
  [...p.has, ...p.looks.map((look) => look.replace(/\.$/, "")), "all day", "in a hurry", "go there again"],
];

const scenery = (r: Random, p: Place): string =>
  paragraph([
    r.pick([
      `It was a quiet ${r.pick(["morning", "evening", "day"])} ${p.at}.`,
      `I went ${p.to} today.`,
      `There is no place like ${p.the}.`,
    ]),
    ...r.sample(p.looks, r.int(1, 3)),
    r.pick([
      `There were ${r.pick(p.has)} and ${r.pick(["a soft wind", "many colors", "no people"])}.`,
      `I could stay there all day.`,
      `Nobody was in a hurry.`,
      `I want to go there again.`,
    ]),
  ]);

const lineEnds: Record<string, readonly string[]> = {
  day: ["dances through the day", "wakes up with the day"],
  play: ["and calls the children out to play", "and only wants to play"],
  night: ["is awake in the night", "sleeps through the night"],
  light: ["and waits for morning light", "and looks for a light"],
  tree: ["sits under a tree", "dreams under a tree"],
  me: ["and sings a song for me", "and comes to visit me"],
  sea: ["looks over the sea", "is going to the sea"],
  free: ["and wants to be free", "and feels so free"],
  sky: ["looks up at the sky", "dreams of the sky"],
  fly: ["and wants to fly", "and watches the birds fly"],
  town: ["comes into town", "walks through the town"],
  down: ["and the sun goes down", "and never looks down"],
  moon: ["talks to the moon", "looks at the moon"],
  soon: ["and summer comes soon", "and I will be there soon"],
  rain: ["walks in the rain", "likes the rain"],
  again: ["and comes back again", "and sings it again"],
  house: ["lives in a little house", "sits in front of the house"],
  mouse: ["and talks to a mouse", "and shares bread with a mouse"],
  snow: ["plays in the snow", "looks at the snow"],
  go: ["and has nowhere to go", "and does not want to go"],
  bright: ["has eyes so bright", "finds a star so bright"],
  white: ["and the hills are white", "and the clouds are white"],
  long: ["sleeps all winter long", "walks all day long"],
  song: ["and sings a song", "and hums an old song"],
  fall: ["sees the leaves fall", "is happy in fall"],
  all: ["and loves us all", "and waves to us all"],
  bed: ["jumps out of bed", "goes early to bed"],
  red: ["and the sky turns red", "and the roses are red"],
  sun: ["sits in the sun", "waits for the sun"],
  run: ["and starts to run", "and likes to run"],
  ground: ["sits on the ground", "hears a small sound on the ground"],
  found: ["and no one knows what it found", "and smiles at what it found"],
  blue: ["wears a coat of blue", "dreams in blue"],
  you: ["and thinks of you", "and waits for you"],
  cold: ["is not afraid of the cold", "comes in from the cold"],
  gold: ["and the fields are gold", "and finds a little gold"],
};

function poem(r: Random): Request {
  const noun = r.chance(0.6) ? r.pick(animals).name : r.pick([...strangers, ...things.map((t) => t.name)]);
  const [[a1, a2], [b1, b2]] = r.sample(rhymes, 2) as [readonly [string, string], readonly [string, string]];
  const adjective = r.pick(["little", "old", "small", "happy", "quiet", "gentle"]);
  const end = (word: string) => r.pick(lineEnds[word]!);
  const lines = () =>
    [
      `The ${r.chance(0.5) ? `${adjective} ` : ""}${noun} ${end(a1)}`,
      `${end(a2)}.`,
      `${r.pick(["It", "It", `The ${noun}`])} ${end(b1)}`,
      `${end(b2)}.`,
    ].map(capital);
  const season = r.pick(seasons);
  if (r.chance(0.15)) {
    return task(
      r,
      order(r, r.pick([`write a poem about ${season.name}`, `write a short poem about ${season.name}`])),
      text("poem", [1, 6], [[season.name]]),
      [
        `${capital(season.name)} ${end(a1).replace(/^(is|has|wears|sits|lives) /, "comes and $1 ")}`,
        capital(`${end(a2)}.`),
        capital(`it ${end(b1)}`),
        capital(`${end(b2)}.`),
      ].join("\n"),
    );
  }
  return task(
    r,
    order(
      r,
      r.pick([
        `write a poem about ${a(noun)}`,
        `write a short poem about ${a(noun)}`,
        `make up a rhyme about ${a(noun)}`,
        `write four lines about ${a(noun)}`,
      ]),
    ),
    text("poem", [1, 6], [[noun]]),
    times(2, () => lines().join("\n")),
  );
}

function letter(r: Random): Request {
  const from = anyName(r);
  const to = otherName(r, from);
  const thing = r.chance(0.6) ? r.pick(things).name : r.pick(strangers);
  const food = r.pick(foods).plural;
  const place = r.pick(places);
  const day = r.pick(days);
  const [purpose, groups, body] = r.pick<readonly [string, readonly (readonly string[])[], () => string[]]>([
    [
      `to thank ${to} for ${a(thing)}`,
      [[thing], ["thank"]],
      () => [
        r.pick([`Thank you for the ${thing}.`, `Thank you so much for the beautiful ${thing}.`]),
        r.pick([`I use it every day.`, `It makes me very happy.`, `It is just what I wanted.`]),
      ],
    ],
    [
      `to invite ${to} ${place.to}`,
      [
        [place.the, place.at, place.to],
        ["come", "will you"],
      ],
      () => [
        r.pick([`Will you come with me ${place.to} on ${day}?`, `On ${day} I am going ${place.to}. Please come too!`]),
        r.pick([`I will bring ${food}.`, `We can eat ${food} there.`, `It will be fun.`]),
      ],
    ],
    [
      `to say sorry about the ${thing}`,
      [[thing], ["sorry"]],
      () => [
        r.pick([`I am sorry about your ${thing}.`, `I broke your ${thing}, and I am very sorry.`]),
        r.pick([`I will mend it on ${day}.`, `I will bring you a new one.`, `Please do not be angry.`]),
      ],
    ],
    [
      `about the ${thing}`,
      [[thing]],
      () => [
        r.pick([`I found your ${thing} ${place.at}.`, `Do you still have my ${thing}?`, `I have made a new ${thing}.`]),
        r.pick([`Please come and see me on ${day}.`, `I will come to you on ${day}.`]),
      ],
    ],
    [
      `to ask ${to} for help`,
      [["help"]],
      () => [
        r.pick([`Can you help me with my ${thing}?`, `I need your help with the ${thing}.`]),
        r.pick([`It does not work any more.`, `I cannot do it alone.`]),
        r.pick([`There will be ${food} for you.`, `I will help you too some day.`]),
      ],
    ],
  ]);
  const more = [
    "",
    "",
    "How are you?",
    "I hope you are well.",
    "It is raining here today.",
    "The weather is fine here.",
  ];
  const named = purpose.includes(to);
  const imperative = named
    ? `write ${r.pick(["a letter", "a short letter", "a note"])} from ${from} ${purpose}`
    : `write ${r.pick(["a letter", "a short letter", "a note"])} from ${from} to ${to} ${purpose}`;
  const closing = ["Your friend", "Yours", "With love", "Best wishes"];
  return task(
    r,
    order(r, imperative),
    text("letter", [2, 8], [[to], [from], ...groups]),
    times(3, () => `Dear ${to},\n${[r.pick(more), ...body()].filter(Boolean).join(" ")}\n${r.pick(closing)},\n${from}`),
  );
}

function recipe(r: Random): Request {
  const food = r.pick(foods.filter((f) => f.kind === "fruit" || f.kind === "vegetable" || f.name === "mushroom"));
  const dish = food.kind === "fruit" ? r.pick(["cake", "pie", "jam"]) : r.pick(["soup", "pie", "stew"]);
  const steps = {
    cake: [
      `wash and cut the ${food.plural}`,
      "mix flour, eggs, sugar and butter",
      `put the ${food.plural} on top`,
      "bake the cake for one hour",
    ],
    pie: [
      `cut the ${food.plural} into small pieces`,
      "make a dough of flour, butter and water",
      `fill the dough with the ${food.plural}`,
      "bake the pie until it is golden",
    ],
    jam: [
      `wash ${number(r.int(8, 20))} ${food.plural}`,
      "cook them with sugar",
      "stir for a long time",
      "fill the jam into a glass",
    ],
    soup: [
      `wash and cut the ${food.plural}`,
      "boil water in a big pot",
      `cook the ${food.plural} until they are soft`,
      "add salt and butter",
    ],
    stew: [
      "cut an onion",
      `add the ${food.plural} and some water`,
      "cook it slowly for two hours",
      "eat it with fresh bread",
    ],
  }[dish]!;
  const prompt = order(
    r,
    r
      .pick([
        `write a recipe for ${food.name} ${dish}`,
        `tell me how to make ${food.name} ${dish}`,
        `give me a simple recipe for ${food.name} ${dish}`,
        `explain how to cook ${food.name} ${dish}`,
      ])
      .replace("cook", dish === "soup" || dish === "stew" ? "cook" : "make"),
  );
  const words = ["First", "Then", "After that", "At the end"];
  const done = {
    cake: ["bake", "oven"],
    pie: ["bake", "oven", "dough"],
    jam: ["sugar", "stir", "cook"],
    soup: ["water", "boil", "cook"],
    stew: ["cook", "slowly"],
  }[dish]!;
  return task(r, prompt, text("steps", [3, 6], [[food.name, food.plural], done]), [
    steps.map((step, i) => `${i + 1}. ${capital(step)}.`).join("\n"),
    steps.map((step, i) => `${words[i]}, ${step}.`).join(" "),
  ]);
}

function conversation(r: Random): Request {
  const [x, y] = r.chance(0.6)
    ? (r.sample([...animals], 2).map((one) => one.name) as [string, string])
    : ([r.pick(strangers), r.pick(animals).name] as [string, string]);
  const topic = r.pick([
    ...foods.map((f) => f.plural),
    ...seasons.map((s) => s.name),
    "the moon",
    "the rain",
    "the sea",
    "new houses",
    "friends",
    "dreams",
  ]);
  const X = capital(x);
  const Y = capital(y);
  const opener = r.pick([
    `Hello, ${y}. What do you think about ${topic}?`,
    `Good morning, ${y}. Do you like ${topic}?`,
    `Tell me, ${y}, what do you know about ${topic}?`,
  ]);
  const [reply, then] = r.pick([
    [`I like ${topic} very much.`, r.pick([`So do I!`, `Why?`, `I am glad to hear that.`])],
    [
      `I do not know much about ${topic}.`,
      r.pick([`Then let us find out more together.`, `Then I will tell you a story.`]),
    ],
    [`I dream of ${topic} every night.`, r.pick([`Really? I dream of the sea.`, `So do I!`])],
    [`My mother told me about ${topic}.`, r.pick([`What did she say?`, `Really? I want to know more.`])],
    [`I do not like ${topic} at all.`, r.pick([`Why not?`, `That is a pity.`])],
  ] as const);
  const last = r.pick([
    `That is a long story. Let us walk a little.`,
    `Come with me, I will show you.`,
    `Good friends talk about everything.`,
    `Let us eat something first.`,
  ]);
  return task(
    r,
    order(
      r,
      r.pick([
        `write a conversation between ${a(x)} and ${a(y)} about ${topic}`,
        `write a dialogue between ${a(x)} and ${a(y)} about ${topic}`,
        `let ${a(x)} and ${a(y)} talk about ${topic}`,
      ]),
    ),
    text("dialogue", [2, 12], [[x], [y], [topic]]),
    [`${X}: ${opener}`, `${Y}: ${reply}`, `${X}: ${then}`, ...(r.chance(0.7) ? [`${Y}: ${last}`] : [])].join("\n"),
  );
}

function riddle(r: Random): Request {
  const x: Animal = r.pick(animals);
  if (r.chance(0.5)) {
    const clues = [
      ...(x.home.includes(x.name) ? [] : [`I live ${x.home}.`]),
      `I eat ${list(x.eats)}.`,
      x.legs === 0 ? "I have no legs." : `I have ${number(x.legs)} legs.`,
      x.flies ? "I can fly." : x.swims ? "I can swim." : "I can neither swim nor fly.",
      x.awake === "night" ? "I am awake at night." : "I sleep at night.",
      ...(x.sound ? [`People know my voice: it ${x.sound}.`] : []),
    ];
    return task(
      r,
      order(r, r.pick([`write a riddle about ${a(x.name)}`, `make a riddle with the answer ${x.name}`])),
      text("riddle", [3, 6], [["what am i", "who am i"]], { secret: x.name, facts: { about: x.name, least: 2 } }),
      times(3, () => `${r.sample(clues, r.int(2, 4)).join(" ")} What am I?`),
    );
  }
  const t = r.pick(things);
  const asked = r.pick(["Guess what I am.", "A riddle:", "What am I?", "Who am I?"]);
  return request(
    r,
    "open QA",
    `${asked} I am made of ${t.material}. People use me ${t.use}.`,
    { kind: "value", right: [t.name], rivals: "thing" },
    [`${capital(a(t.name))}.`, `You are ${a(t.name)}.`, `I think you are ${a(t.name)}.`],
  );
}

function shortTexts(r: Random): Request {
  const name = anyName(r);
  const thing = r.chance(0.6) ? r.pick(things).name : r.pick(strangers);
  const place = r.pick(places);
  const colour = r.pick(colours);
  const food = r.pick(foods).plural;
  const day = r.pick(days);
  return r.pick([
    () =>
      task(
        r,
        order(
          r,
          r.pick([
            `write a sentence with the word ${thing}`,
            `use the word ${thing} in a sentence`,
            `make a sentence with ${thing}`,
          ]),
        ),
        text("line", [1, 2], [[thing]]),
        [
          `The ${thing} is ${colour}.`,
          `${name} saw ${a(thing)} ${place.at}.`,
          `I dream of ${a(`${colour} ${thing}`)}.`,
          `There is ${a(thing)} ${place.at}.`,
          `${name} has always wanted ${a(thing)}.`,
        ],
      ),
    () =>
      task(
        r,
        order(r, r.pick([`write a sign for a shop that sells ${food}`, `write an advertisement for ${food}`])),
        text("line", [1, 3], [[food]]),
        [
          `Fresh ${food}! Come and try them today.`,
          `The best ${food} in town, only here!`,
          `${capital(food)} for everyone. Open every day but ${day}.`,
        ],
      ),
    () =>
      task(
        r,
        order(r, r.pick([`write a diary entry about a day ${place.at}`, `write a page of a diary about ${place.the}`])),
        text("description", [2, 6], [["dear diary"], [place.the, place.at, place.to, ...place.has]]),
        times(2, () => `Dear diary, ${scenery(r, place).replace(/^(There|It|Nobody)/, (word) => word.toLowerCase())}`),
      ),
    () =>
      task(
        r,
        order(r, r.pick([`write a birthday wish for ${name}`, `write a birthday card for ${name}`])),
        text("line", [1, 3], [["happy birthday"], [name]]),
        [
          `Happy birthday, ${name}! I hope all your dreams come true.`,
          `Dear ${name}, happy birthday! Have a wonderful day with cake and music.`,
          `Happy birthday, ${name}! You are a good friend.`,
        ],
      ),
    () =>
      task(
        r,
        order(r, r.pick([`write an invitation to a party ${place.at}`, `invite people to a party ${place.at}`])),
        text("line", [1, 3], [["party", "invited"], [place.at]]),
        [
          `You are invited! On ${day} there is a party ${place.at}. Bring ${food} and good friends.`,
          `Come to our party ${place.at} on ${day}. There will be ${food}, music and dancing.`,
        ],
      ),
    () =>
      task(
        r,
        order(r, r.pick([`write a note that my ${thing} is lost`, `write a note about my lost ${thing}`])),
        text("line", [1, 5], [[thing], ["lost", "find"]]),
        [
          `I have lost my ${thing}. It is ${colour}. I was ${place.at} when I saw it last. Please help me find it.`,
          `Lost: ${a(`${colour} ${thing}`)}. Please bring it to ${name}. Thank you!`,
        ],
      ),
    () =>
      task(
        r,
        order(
          r,
          r.pick([
            `write a news report about ${a(thing)} ${place.at}`,
            `write the news about ${a(thing)} that was found ${place.at}`,
          ]),
        ),
        text("description", [2, 4], [[thing], [place.at]]),
        times(2, () =>
          paragraph([
            `On ${day}, ${name} found ${a(thing)} ${place.at}.`,
            r.pick([`Nobody knows where it came from.`, `"I could not believe my eyes," said ${name}.`]),
            r.pick([`Many people came to look at it.`, `Now everyone in town talks about it.`]),
          ]),
        ),
      ),
  ])();
}

export function writing(r: Random): Request {
  return r.weighted([
    [18, description],
    [16, poem],
    [18, letter],
    [10, recipe],
    [12, conversation],
    [10, riddle],
    [22, shortTexts],
  ])(r);
}
