// Questions about the animals, people, towns, foods and things of the world, with short, plain and full answers.

import type { Random } from "../random.ts";
import { type Animal, animals } from "./animals.ts";
import { order, question, type Request, request } from "./asking.ts";
import { a, capital, list, number } from "./english.ts";
import { type Person, people, professions, type Town, towns } from "./people.ts";
import { days, type Food, foods, massFoods, places, seasons, strangers, things } from "./things.ts";
import type { Domain, TextWant, ValueWant, Want } from "./wants.ts";

/** One question (no capital, no mark) with its answers from short to full; all of them true. */
interface Fact {
  ask: string[];
  want: Want;
  short: string;
  plain: string;
  full: string;
}

const value = (
  right: readonly string[],
  rivals: Domain | readonly string[],
  about?: string,
  first = false,
): ValueWant => ({ kind: "value", right, rivals, ...(about ? { about } : {}), ...(first ? { first } : {}) });

/** @param yesWords,noWords what says the same without a yes or no */
const yesNo = (yes: boolean, about?: string, yesWords = "", noWords = ""): ValueWant => {
  const [y, n] = [yesWords ? `yes|${yesWords}` : "yes", noWords ? `no|${noWords}` : "no"];
  return value([yes ? y : n], (yes ? n : y).split("|"), about, true);
};

const about = (name: string, least: number): TextWant => ({
  kind: "text",
  form: "description",
  groups: [],
  sentences: [1, 7],
  facts: { about: name, least },
});

const kinds = (kind: string) => (kind === "fish" ? kind : `${kind}|${kind}s`);
const kindOfFood = (f: Food) => (f.kind === "food" ? "something to eat" : f.kind);
const petWords = [...animals.map((x) => x.name), ...people.map((p) => p.pet[1])];
const inTown = (t: Town) => people.filter((p) => p.town === t).map((p) => p.name);

const kindName = (x: Animal) => x.kind;
const Kind = (x: Animal) => capital(a(x.name));
const swimWord = (x: Animal) => (x.swims ? "can swim" : "cannot swim");
const flyWord = (x: Animal) => (x.flies ? "can fly" : "cannot fly");

/** Sentences that are true of an animal, for descriptions and full answers. */
export const animalSentences = (x: Animal): string[] => [
  `${Kind(x)} is ${a(kindName(x))}.`,
  `${Kind(x)} lives ${x.home}.`,
  `It eats ${list(x.eats)}.`,
  x.legs === 0 ? "It has no legs." : `It has ${number(x.legs)} legs.`,
  x.awake === "night" ? "It sleeps in the day and is awake at night." : "It is awake in the day.",
  ...(x.flies && x.swims ? ["It can swim and fly."] : x.flies ? ["It can fly."] : x.swims ? ["It can swim well."] : []),
  ...(x.sound ? [`${Kind(x)} ${x.sound}.`] : []),
  `A young ${x.name} is called ${a(x.young)}.`,
  x.fact,
];

const animalFacts: ((x: Animal) => Fact)[] = [
  (x) => ({
    ask: [
      `what does ${a(x.name)} eat`,
      `what do ${x.plural} eat`,
      `what is the food of ${a(x.name)}`,
      `tell me what ${x.plural} eat`,
    ],
    want: value(x.eats, "food", x.name),
    short: `${capital(list(x.eats))}.`,
    plain: `${Kind(x)} eats ${list(x.eats)}.`,
    full: `${Kind(x)} eats ${list(x.eats)}. It looks for food ${x.awake === "night" ? "at night" : "in the day"}.`,
  }),
  (x) => ({
    ask: [
      `where does ${a(x.name)} live`,
      `where do ${x.plural} live`,
      `where can I find ${a(x.name)}`,
      `what is the home of ${a(x.name)}`,
    ],
    want: value([x.home], "home", x.name),
    short: `${capital(x.home)}.`,
    plain: `${Kind(x)} lives ${x.home}.`,
    full: `${Kind(x)} lives ${x.home}. ${x.fact}`,
  }),
  (x) => ({
    ask: [`what kind of animal is ${a(x.name)}`, `what is ${a(x.name)}`],
    want: value([kinds(x.kind)], "kind", x.name),
    short: `${capital(a(kindName(x)))}.`,
    plain: `${Kind(x)} is ${a(kindName(x))}.`,
    full: `${Kind(x)} is ${a(kindName(x))} that lives ${x.home}.`,
  }),
  (x) => ({
    ask: [`can ${a(x.name)} swim`, `can ${x.plural} swim`, `is ${a(x.name)} able to swim`],
    want: yesNo(x.swims, x.name, "can swim|swims well", "cannot swim"),
    short: x.swims ? "Yes." : "No.",
    plain: x.swims ? `Yes, ${a(x.name)} can swim.` : `No, ${a(x.name)} cannot swim.`,
    full: x.swims
      ? `Yes, ${a(x.name)} can swim well. It lives ${x.home}.`
      : `No, ${a(x.name)} cannot swim. It stays on dry land and lives ${x.home}.`,
  }),
  (x) => ({
    ask: [`can ${a(x.name)} fly`, `can ${x.plural} fly`, `is ${a(x.name)} able to fly`],
    want: yesNo(x.flies, x.name, "can fly", "cannot fly"),
    short: x.flies ? "Yes." : "No.",
    plain: x.flies ? `Yes, ${a(x.name)} can fly.` : `No, ${a(x.name)} cannot fly.`,
    full: x.flies
      ? `Yes, ${a(x.name)} can fly, because it has wings.`
      : `No, ${a(x.name)} cannot fly. It ${x.kind === "bird" ? "stays on the ground" : "has no wings"}.`,
  }),
  (x) => ({
    ask: [
      `how many legs does ${a(x.name)} have`,
      `how many legs do ${x.plural} have`,
      `how many legs has ${a(x.name)}`,
    ],
    want: value([x.legs === 0 ? "none|no legs" : number(x.legs)], "number", x.name),
    short: x.legs === 0 ? "None." : `${capital(number(x.legs))}.`,
    plain: x.legs === 0 ? `${Kind(x)} has no legs.` : `${Kind(x)} has ${number(x.legs)} legs.`,
    full:
      x.legs === 0
        ? `${Kind(x)} has no legs at all. It ${swimWord(x)}.`
        : `${Kind(x)} has ${number(x.legs)} legs. It ${swimWord(x)} and ${flyWord(x)}.`
            .replace("can swim and can fly", "can swim and fly")
            .replace("cannot swim and cannot fly", "can neither swim nor fly")
            .replace("can swim and cannot", "can swim but cannot")
            .replace("cannot swim and can ", "cannot swim but can "),
  }),
  (x) => ({
    ask: [`when does ${a(x.name)} sleep`, `when do ${x.plural} sleep`, `when is ${a(x.name)} awake`],
    want:
      x.awake === "night"
        ? value(["in the day|all day"], ["sleeps at night", "asleep at night", "awake in the day"], x.name)
        : value(["at night"], ["sleeps in the day", "asleep in the day", "awake at night"], x.name),
    short: x.awake === "night" ? "Asleep in the day, awake at night." : "Asleep at night, awake in the day.",
    plain:
      x.awake === "night"
        ? `${Kind(x)} sleeps in the day and is awake at night.`
        : `${Kind(x)} sleeps at night and is awake in the day.`,
    full:
      x.awake === "night"
        ? `${Kind(x)} sleeps ${x.home} all day. When it gets dark, it wakes up and looks for food.`
        : `${Kind(x)} sleeps at night. In the morning it wakes up and looks for food.`,
  }),
  (x) => ({
    ask: [
      `what is a young ${x.name} called`,
      `what do you call a young ${x.name}`,
      `what is the name for a baby ${x.name}`,
      `what is a baby ${x.name} called`,
    ],
    want: value([x.young], "young", x.name),
    short: `${capital(a(x.young))}.`,
    plain: `A young ${x.name} is called ${a(x.young)}.`,
    full: `A young ${x.name} is called ${a(x.young)}. It grows up ${x.home}.`,
  }),
  (x) => ({
    ask: [`what color is ${a(x.name)}`, `what color are ${x.plural}`, `which color does ${a(x.name)} have`],
    want: value([x.colour], "colour", x.name),
    short: `${capital(x.colour)}.`,
    plain: `${Kind(x)} is ${x.colour}.`,
    full: `${Kind(x)} is often ${x.colour}. It is ${a(x.size)} ${x.kind}.`,
  }),
  (x) => ({
    ask: [`how big is ${a(x.name)}`, `is ${a(x.name)} big or small`],
    want: value([x.size], "size", x.name),
    short: `${capital(x.size)}.`,
    plain: `${Kind(x)} is ${x.size}.`,
    full: `${Kind(x)} is ${a(x.size)} ${x.kind}. It lives ${x.home}.`,
  }),
  (x) => ({
    ask: [`what sound does ${a(x.name)} make`, `what does ${a(x.name)} sound like`, `what noise do ${x.plural} make`],
    want: value([x.sound ?? "quiet|none|no sound"], "sound", x.name),
    short: x.sound ? `It ${x.sound}.` : "None.",
    plain: x.sound ? `${Kind(x)} ${x.sound}.` : `${Kind(x)} is very quiet.`,
    full: x.sound
      ? `${Kind(x)} ${x.sound}. You can hear it ${x.awake === "night" ? "at night" : "in the day"}.`
      : `${Kind(x)} makes almost no sound. It is a quiet animal.`,
  }),
  (x) => ({
    ask: [
      `what is special about ${a(x.name)}`,
      `tell me something about ${x.plural}`,
      `what do you know about ${x.plural}`,
      `tell me a fact about ${x.plural}`,
    ],
    want: about(x.name, 1),
    short: x.fact,
    plain: `${x.fact} It lives ${x.home}.`,
    full: `${Kind(x)} is ${a(x.kind)} that lives ${x.home}. It eats ${list(x.eats)}. ${x.fact}`,
  }),
];

/** "Is an owl a bird?" Half of the questions guess wrong. */
function kindFact(r: Random): Fact {
  const x = r.pick(animals);
  const guess = r.chance(0.5) ? x.kind : r.pick(animals).kind;
  const right = guess === x.kind;
  return {
    ask: [`is ${a(x.name)} ${a(guess)}`, `are ${x.plural} ${guess === "fish" ? "fish" : `${guess}s`}`],
    want: yesNo(right, x.name),
    short: right ? "Yes." : "No.",
    plain: right ? `Yes, ${a(x.name)} is ${a(x.kind)}.` : `No, ${a(x.name)} is ${a(x.kind)}.`,
    full: right
      ? `Yes, ${a(x.name)} is ${a(x.kind)}. ${x.fact}`
      : `No, ${a(x.name)} is not ${a(guess)}. It is ${a(x.kind)}.`,
  };
}

const personFacts: ((p: Person) => Fact)[] = [
  (p) => ({
    ask: [`who is ${p.name}`, `tell me about ${p.name}`, `what do you know about ${p.name}`],
    want: value([p.profession.name], "profession", p.name),
    short: `${p.name} is ${a(p.profession.name)}.`,
    plain: `${p.name} is ${a(p.profession.name)} from ${p.town.name}.`,
    full: personText(p).slice(0, 4).join(" "),
  }),
  (p) => ({
    ask: [
      `what does ${p.name} do`,
      `what is the job of ${p.name}`,
      `what is ${p.name}'s job`,
      `what work does ${p.name} do`,
    ],
    want: value([p.profession.name], "profession", p.name),
    short: `${capital(p.he)} is ${a(p.profession.name)}.`,
    plain: `${p.name} is ${a(p.profession.name)}.`,
    full: `${p.name} is ${a(p.profession.name)}. ${capital(p.he)} ${p.profession.does}.`,
  }),
  (p) => ({
    ask: [`where does ${p.name} live`, `in which town does ${p.name} live`, `where is the home of ${p.name}`],
    want: value([p.town.name], "town", p.name),
    short: `In ${p.town.name}.`,
    plain: `${p.name} lives in ${p.town.name}.`,
    full: `${p.name} lives in ${p.town.name}, ${a(p.town.size)} town ${p.town.lies}.`,
  }),
  (p) => ({
    ask: [
      `which pet does ${p.name} have`,
      `does ${p.name} have a pet`,
      `what is the name of ${p.name}'s ${p.pet[0]}`,
      `who is ${p.pet[1]}`,
    ],
    want: value([p.pet[0], p.pet[1]], petWords, p.name),
    short: `${capital(a(p.pet[0]))} named ${p.pet[1]}.`,
    plain: `${p.name} has ${a(p.pet[0])} named ${p.pet[1]}.`,
    full: `${p.pet[1]} is the ${p.pet[0]} of ${p.name}. They live together in ${p.town.name}.`,
  }),
  (p) => ({
    ask: [`what does ${p.name} like to eat`, `what food does ${p.name} like`, `what is the favorite food of ${p.name}`],
    want: value([p.likes], "likes", p.name),
    short: `${capital(p.likes)}.`,
    plain: `${p.name} likes ${p.likes}.`,
    full: `${p.name} likes ${p.likes} more than anything else.`,
  }),
  (p) => ({
    ask: [`what does ${p.name} do on free days`, `what is the hobby of ${p.name}`, `what does ${p.name} like to do`],
    want: value([p.hobby], "hobby", p.name),
    short: `${capital(p.hobby)}.`,
    plain: `${p.name} likes ${p.hobby}.`,
    full: `On free days ${p.name} likes ${p.hobby}, often with ${p.pet[1]} the ${p.pet[0]}.`,
  }),
  (p) => ({
    ask: [`how old is ${p.name}`, `what is the age of ${p.name}`],
    want: value([String(p.age)], "age", p.name),
    short: `${p.age}.`,
    plain: `${p.name} is ${p.age} years old.`,
    full: `${p.name} is ${p.age} years old and works as ${a(p.profession.name)}.`,
  }),
];

/** What is true of a person, sentence by sentence. */
export const personText = (p: Person): string[] => [
  `${p.name} is ${a(p.profession.name)} and lives in ${p.town.name}.`,
  `${capital(p.he)} ${p.profession.does} ${p.profession.where}.`,
  `${capital(p.he)} is ${p.age} years old and very ${p.trait}.`,
  `${capital(p.he)} has ${a(p.pet[0])} named ${p.pet[1]}.`,
  `${capital(p.he)} likes ${p.likes} and ${p.hobby}.`,
];

function townFact(r: Random): Fact {
  const t = r.pick(towns);
  return r.pick<Fact>([
    {
      ask: [`where is ${t.name}`, `where does ${t.name} lie`],
      want: value([t.lies], "lies", t.name),
      short: `${capital(t.lies)}.`,
      plain: `${t.name} lies ${t.lies}.`,
      full: `${t.name} is ${a(t.size)} town ${t.lies}. There you can see ${t.sight}.`,
    },
    {
      ask: [`what is ${t.name} known for`, `what do people buy in ${t.name}`],
      want: value([t.knownFor], "known for", t.name),
      short: `${capital(t.knownFor)}.`,
      plain: `${t.name} is known for ${t.knownFor}.`,
      full: `${t.name}, the town ${t.lies}, is known for ${t.knownFor}.`,
    },
    {
      ask: [`what can I see in ${t.name}`, `what is there to see in ${t.name}`],
      want: value([t.sight], "sight", t.name),
      short: `${capital(t.sight)}.`,
      plain: `In ${t.name} you can see ${t.sight}.`,
      full: `In ${t.name} you can see ${t.sight}. The town is also known for ${t.knownFor}.`,
    },
    {
      ask: [`who lives in ${t.name}`, `do you know people in ${t.name}`],
      want: { kind: "items", of: inTown(t), rivals: "name", all: true },
      short: `${list(inTown(t))}.`,
      plain: `${list(inTown(t))} live in ${t.name}.`,
      full: `${list(people.filter((p) => p.town === t).map((p) => `${p.name} the ${p.profession.name}`))} live in ${t.name}.`,
    },
    {
      ask: [`what is ${t.name}`, `tell me about ${t.name}`, `describe ${t.name}`],
      want: about(t.name, 1),
      short: `${t.name} is ${a(t.size)} town.`,
      plain: `${t.name} is ${a(t.size)} town ${t.lies}.`,
      full: `${t.name} is ${a(t.size)} town ${t.lies}. It is known for ${t.knownFor}. Everyone wants to see ${t.sight}.`,
    },
  ]);
}

function professionFact(r: Random): Fact {
  const p = r.pick(professions);
  return r.pick<Fact>([
    {
      ask: [`what does ${a(p.name)} do`, `what do ${p.plural} do`, `what is the work of ${a(p.name)}`],
      want: value([`${p.does}|${p.do}`], "does", p.name),
      short: `${capital(a(p.name))} ${p.does}.`,
      plain: `${capital(a(p.name))} is a person who ${p.does}.`,
      full: `${capital(a(p.name))} ${p.does}. ${capital(p.plural)} work ${p.where} and use ${p.tool}.`,
    },
    {
      ask: [`where does ${a(p.name)} work`, `where do ${p.plural} work`],
      want: value([p.where], "workplace", p.name),
      short: `${capital(p.where)}.`,
      plain: `${capital(a(p.name))} works ${p.where}.`,
      full: `${capital(a(p.name))} works ${p.where} and ${p.does}.`,
    },
    {
      ask: [`what does ${a(p.name)} need`, `what does ${a(p.name)} use`, `what do ${p.plural} need for their work`],
      want: value([p.tool], "tool", p.name),
      short: `${capital(p.tool)}.`,
      plain: `${capital(a(p.name))} needs ${p.tool}.`,
      full: `${capital(a(p.name))} ${p.does} and needs ${p.tool} for that.`,
    },
    {
      ask: [
        `what is ${a(p.name)}`,
        `define ${p.name}`,
        `what does the word ${p.name} mean`,
        `explain the word ${p.name}`,
      ],
      want: value([`${p.does}|${p.do}`], "does", p.name),
      short: `A person who ${p.does}.`,
      plain: `${capital(a(p.name))} is a person who ${p.does}.`,
      full: `${capital(a(p.name))} is a person who ${p.does}. ${capital(p.plural)} work ${p.where}.`,
    },
    {
      ask: [`who ${p.does}`],
      want: value([p.name], "profession"),
      short: `${capital(a(p.name))}.`,
      plain: `${capital(a(p.name))} ${p.does}.`,
      full: `${capital(a(p.name))} ${p.does}. That is hard work.`,
    },
  ]);
}

function thingFact(r: Random): Fact {
  const t = r.pick(things);
  return r.pick<Fact>([
    {
      ask: [
        `what is ${a(t.name)} for`,
        `what do people use ${a(t.name)} for`,
        `what can I do with ${a(t.name)}`,
        `why do people need ${a(t.name)}`,
      ],
      want: value([t.use], "use", t.name),
      short: `${capital(t.use)}.`,
      plain: `People use ${a(t.name)} ${t.use}.`,
      full: `${capital(a(t.name))} is made of ${t.material}. People use it ${t.use}.`,
    },
    {
      ask: [`what is ${a(t.name)} made of`, `what are ${t.plural} made of`],
      want: value([t.material], "material", t.name),
      short: `${capital(t.material)}.`,
      plain: `${capital(a(t.name))} is made of ${t.material}.`,
      full: `${capital(a(t.name))} is made of ${t.material}. People use it ${t.use}.`,
    },
    {
      ask: [`what is ${a(t.name)}`, `define ${t.name}`, `what does the word ${t.name} mean`],
      want: value([t.use], "use", t.name),
      short: `A thing that people use ${t.use}.`,
      plain: `${capital(a(t.name))} is a thing that people use ${t.use}.`,
      full: `${capital(a(t.name))} is a thing made of ${t.material}. People use it ${t.use}.`,
    },
    {
      ask: [`what do I need ${t.use}`, `which thing do people use ${t.use}`],
      want: value([t.name], "thing"),
      short: `${capital(a(t.name))}.`,
      plain: `You need ${a(t.name)} ${t.use}.`,
      full: `You need ${a(t.name)}. People use it ${t.use}.`,
    },
  ]);
}

function foodFact(r: Random): Fact {
  if (r.chance(0.25)) {
    const m = r.pick(massFoods);
    return {
      ask: [`what color is ${m.name}`],
      want: value([m.colour], "colour", m.name),
      short: `${capital(m.colour)}.`,
      plain: `${capital(m.name)} is ${m.colour}.`,
      full: `${capital(m.name)} is ${m.colour}. ${m.kind === "drink" ? "It is good to drink." : "It is good to eat."}`,
    };
  }
  const f = r.pick(foods);
  const isA = f.kind === "food" ? "something to eat" : a(f.kind);
  return r.pick<Fact>([
    {
      ask: [`what color is ${a(f.name)}`, `what color are ${f.plural}`],
      want: value([f.colour], "colour", f.name),
      short: `${capital(f.colour)}.`,
      plain: `${capital(a(f.name))} is ${f.colour}.`,
      full: `${capital(a(f.name))} is ${f.colour} and tastes ${f.taste}.`,
    },
    {
      ask: [`how does ${a(f.name)} taste`, `how do ${f.plural} taste`],
      want: value([f.taste], "taste", f.name),
      short: `${capital(f.taste)}.`,
      plain: `${capital(a(f.name))} tastes ${f.taste}.`,
      full: `${capital(f.plural)} taste ${f.taste}. They are ${f.colour}.`,
    },
    {
      ask: [`what is ${a(f.name)}`, `is ${a(f.name)} a fruit or a vegetable`, `what are ${f.plural}`],
      want: value([kindOfFood(f)], ["fruit", "vegetable", "drink", "meal", "animal", "something to eat"], f.name),
      short: `${capital(isA)}.`,
      plain: `${capital(a(f.name))} is ${isA}.`,
      full: `${capital(a(f.name))} is ${isA}. It is ${f.colour} and tastes ${f.taste}.`,
    },
  ]);
}

function seasonFact(r: Random): Fact {
  const i = r.int(0, 3);
  const s = seasons[i]!;
  const next = seasons[(i + 1) % 4]!;
  return r.pick<Fact>([
    {
      ask: [`what is the weather like in ${s.name}`, `how is the weather in ${s.name}`],
      want: value([s.weather], "weather", s.name),
      short: `${capital(s.weather)}.`,
      plain: `In ${s.name} it is ${s.weather}.`,
      full: `In ${s.name} it is ${s.weather}, and ${s.happens}.`,
    },
    {
      ask: [`what happens in ${s.name}`, `tell me about ${s.name}`],
      want: value([s.happens], "happens", s.name),
      short: `${capital(s.happens)}.`,
      plain: `In ${s.name} ${s.happens}.`,
      full: `In ${s.name} ${s.happens}. It is ${s.weather}, and people ${s.todo[0]}.`,
    },
    {
      ask: [`which season comes after ${s.name}`, `what comes after ${s.name}`],
      want: value([next.name], "season", s.name),
      short: `${capital(next.name)}.`,
      plain: `After ${s.name} comes ${next.name}.`,
      full: `The season after ${s.name} is ${next.name}.`,
    },
  ]);
}

function dayFact(r: Random): Fact {
  const i = r.int(0, 6);
  const after = days[(i + 1) % 7]!;
  const before = days[(i + 6) % 7]!;
  const day = days[i]!;
  return r.chance(0.5)
    ? {
        ask: [
          `which day comes after ${day}`,
          `what day is it after ${day}`,
          `if today is ${day}, what day is tomorrow`,
        ],
        want: value([after], "day", day),
        short: `${after}.`,
        plain: `${after} comes after ${day}.`,
        full: `After ${day} comes ${after}.`,
      }
    : {
        ask: [`which day comes before ${day}`, `if today is ${day}, what day was yesterday`],
        want: value([before], "day", day),
        short: `${before}.`,
        plain: `${before} comes before ${day}.`,
        full: `The day before ${day} is ${before}.`,
      };
}

function compareFact(r: Random): Fact {
  const sizes = ["tiny", "small", "big", "huge"];
  const [x, y] = r.sample([...animals], 2) as [Animal, Animal];
  const difference = sizes.indexOf(x.size) - sizes.indexOf(y.size);
  const ask = [
    `which is bigger, ${a(x.name)} or ${a(y.name)}`,
    `what is bigger, ${a(x.name)} or ${a(y.name)}`,
    `who is bigger: ${a(x.name)} or ${a(y.name)}`,
  ];
  if (difference === 0) {
    const plain = `They are about the same size.`;
    return {
      ask,
      want: value(["same size"], ["bigger", "smaller"]),
      short: plain,
      plain: `${Kind(x)} and ${a(y.name)} are about the same size.`,
      full: `Both are ${x.size}, so they are about the same size.`,
    };
  }
  const [big, little] = difference > 0 ? [x, y] : [y, x];
  return {
    ask,
    want: value([big.name], [little.name], undefined, true),
    short: `${Kind(big)}.`,
    plain: `${Kind(big)} is bigger than ${a(little.name)}.`,
    full: `${Kind(big)} is ${big.size} and ${a(little.name)} is ${little.size}, so ${a(big.name)} is bigger.`,
  };
}

/** "What is the difference between a cat and a dog?" */
function differenceFact(r: Random): Fact {
  const [x, y] = r.sample([...animals], 2) as [Animal, Animal];
  const home = `${Kind(x)} lives ${x.home}, but ${a(y.name)} lives ${y.home}.`;
  const food = `${Kind(x)} eats ${list(x.eats)}, and ${a(y.name)} eats ${list(y.eats)}.`;
  const same =
    x.kind === y.kind
      ? `Both are ${x.kind === "fish" ? "fish" : `${x.kind}s`}.`
      : `${Kind(x)} is ${a(x.kind)}, and ${a(y.name)} is ${a(y.kind)}.`;
  return {
    ask: [
      `what is the difference between ${a(x.name)} and ${a(y.name)}`,
      `how is ${a(x.name)} different from ${a(y.name)}`,
      `compare ${a(x.name)} and ${a(y.name)}`,
    ],
    want: {
      kind: "text",
      form: "description",
      groups: [
        [x.name, x.plural, "both"],
        [y.name, y.plural, "both"],
      ],
      sentences: [1, 4],
    },
    short: r.pick([home, food, same]),
    plain: `${same} ${home}`,
    full: `${same} ${home} ${food}`,
  };
}

/** "Is a cat bigger than a dog?" */
function biggerFact(r: Random): Fact {
  const sizes = ["tiny", "small", "big", "huge"];
  const [x, y] = r.sample([...animals], 2) as [Animal, Animal];
  const difference = sizes.indexOf(x.size) - sizes.indexOf(y.size);
  return {
    ask: [`is ${a(x.name)} bigger than ${a(y.name)}`, `are ${x.plural} bigger than ${y.plural}`],
    want: yesNo(difference > 0),
    short: difference > 0 ? "Yes." : "No.",
    plain:
      difference > 0
        ? `Yes, ${a(x.name)} is bigger than ${a(y.name)}.`
        : difference < 0
          ? `No, ${a(x.name)} is smaller than ${a(y.name)}.`
          : `No, they are about the same size.`,
    full:
      difference > 0
        ? `Yes, ${a(x.name)} is ${x.size} and ${a(y.name)} is ${y.size}.`
        : difference < 0
          ? `No, ${a(x.name)} is ${x.size}, but ${a(y.name)} is ${y.size}.`
          : `No, both are ${x.size}.`,
  };
}

function whyFact(r: Random): Fact {
  const [why, because] = r.pick([
    ["do leaves fall in autumn", "the trees rest in the winter and do not need them"],
    ["do birds fly south in winter", "it is too cold and there is not enough food"],
    ["do people wear coats in winter", "it is cold and a coat keeps them warm"],
    ["is it dark at night", "the sun is on the other side of the world"],
    ["do bees visit flowers", "they look for nectar to make honey"],
    ["do fish live in water", "they can only breathe in water"],
    ["do cats sleep so much", "they hunt at night and rest in the day"],
    ["do we sleep", "the body and the mind need rest"],
    ["does a boat float", "it is lighter than the water that it pushes away"],
    ["do plants need rain", "they drink the water with their roots"],
    ["do we tell stories", "stories help us to dream and to learn"],
    ["do squirrels hide nuts", "there is little food in the winter"],
    ["does bread smell so good", "it comes warm from the oven"],
    ["do people build bridges", "they want to cross the river with dry feet"],
    ["do we need friends", "nobody wants to be alone all the time"],
    ["is the sea salty", "rivers carry salt from the rocks to the sea"],
    ["does ice melt", "the warm air turns it back into water"],
    ["do owls hunt at night", "they can see very well in the dark"],
  ] as const);
  return {
    ask: [`why ${why}`, `why ${why}`, `do you know why ${why.replace(/^(do|does|is) /, "")}`].slice(
      0,
      why.startsWith("do ") ? 3 : 2,
    ),
    want: value([because], []),
    short: `Because ${because}.`,
    plain: why.startsWith("do ") ? `${capital(why.slice(3))} because ${because}.` : `Because ${because}.`,
    full: `That is a good question! ${why.startsWith("do ") ? `${capital(why.slice(3))} because ${because}.` : `It is because ${because}.`}`,
  };
}

/** A thing the world does not know: the honest answer repeats the word. */
function unknownFact(r: Random): Fact {
  const word = r.pick(strangers);
  return {
    ask: [
      `what does ${a(word)} eat`,
      `how old is the oldest ${word}`,
      `who made the first ${word}`,
      `how much does ${a(word)} cost in another country`,
    ],
    want: value(["do not know"], []),
    short: "I do not know.",
    plain: `I do not know much about ${a(word)}.`,
    full: `I am sorry, I do not know that about ${a(word)}. But I can tell you a story about ${a(word)}.`,
  };
}

function asRequest(r: Random, { ask, want, short, plain, full }: Fact): Request {
  const text = r.pick(ask);
  const isOrder = /^(tell|define|explain|describe|compare) /.test(text);
  // "Is an owl a bird?" wants a yes first, and "is it big" wants the size in a sentence.
  const terse = /^(is|are) /.test(text) && !/^(Yes|No)/.test(short);
  const answers = terse ? [plain, full] : [short, plain, full];
  return request(r, "open QA", isOrder ? order(r, text) : question(r, text), want, answers);
}

export function fact(r: Random): Request {
  return asRequest(
    r,
    r.weighted<() => Fact>([
      [40, () => r.pick(animalFacts)(r.pick(animals))],
      [4, () => kindFact(r)],
      [18, () => r.pick(personFacts)(r.pick(people))],
      [6, () => townFact(r)],
      [8, () => professionFact(r)],
      [8, () => thingFact(r)],
      [5, () => foodFact(r)],
      [3, () => seasonFact(r)],
      [2, () => dayFact(r)],
      [4, () => compareFact(r)],
      [3, () => biggerFact(r)],
      [3, () => differenceFact(r)],
      [4, () => whyFact(r)],
      [3, () => unknownFact(r)],
    ])(),
  );
}

/** An entry as in a book about the world, with no request before it. */
export function entry(r: Random): string {
  const kind = r.next();
  if (kind < 0.5) {
    const sentences = animalSentences(r.pick(animals));
    return [sentences[0], ...r.sample(sentences.slice(1), r.int(2, 5))].join(" ");
  }
  if (kind < 0.8) {
    const sentences = personText(r.pick(people));
    return [sentences[0], ...r.sample(sentences.slice(1), r.int(1, 4))].join(" ");
  }
  if (kind < 0.9) return townFact(r).full;
  const place = r.pick(places);
  return `${place.looks.join(" ")} ${capital(place.at)} you can find ${list(place.has)}.`;
}
