// Tasks of several turns: what was said before decides what a right answer is.

import type { Message } from "../../lib/vocabulary/conversation.ts";
import type { UseCase } from "../../lib/vocabulary/labeling.ts";
import type { Random } from "../random.ts";
import { type Animal, animals } from "./animals.ts";
import { type Request, request, type Task } from "./asking.ts";
import { scene } from "./cast.ts";
import { reply } from "./chats.ts";
import { a, capital, list, number } from "./english.ts";
import { listTwice } from "./lists.ts";
import { animalNames, boys, girls, type Person, people } from "./people.ts";
import { plots } from "./plots.ts";
import { inTwoParts, tellWith } from "./stories.ts";
import { days, foods } from "./things.ts";
import type { Domain, Want } from "./wants.ts";

const turnsOf = (...texts: string[]): Message[] =>
  texts.map((content, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content }));

/** @param texts the person's and the assistant's turns by turns, the person's last */
function talk(r: Random, useCase: UseCase, texts: string[], want: Want, answers: string | readonly string[]): Task {
  const { form: _, prompt: __, ...rest }: Request = request(r, useCase, "", want, answers);
  return { ...rest, form: "multi-turn", prompt: turnsOf(...texts) };
}

/** The person said it before: the name, the pet, the food. */
function remembered(r: Random): Task {
  const name = r.pick([...girls, ...boys]);
  const pet = r.pick(animals);
  const petName = r.pick(animalNames);
  const food = r.pick(foods).plural;
  const day = r.pick(days);
  return r.pick<() => Task>([
    () =>
      talk(
        r,
        "chat",
        [
          r.pick([`Hello, I am ${name}.`, `Hi! My name is ${name}.`]),
          `Hello, ${name}! How are you?`,
          r.pick([`Do you know my name?`, `What is my name?`, `I am well. What is my name?`]),
        ],
        reply([name]),
        [`Yes, you are ${name}.`, `Your name is ${name}.`, `You are ${name}.`],
      ),
    () =>
      talk(
        r,
        "chat",
        [`I have ${a(pet.name)}.`, `How nice! What is its name?`, `It is called ${petName}.`],
        reply([petName]),
        [
          `${petName} is a good name for ${a(pet.name)}.`,
          `Say hello to ${petName} from me!`,
          `What a nice name! How old is ${petName}?`,
        ],
      ),
    () =>
      talk(r, "chat", [`I want to cook something.`, `What do you have at home?`, `I have ${food}.`], reply([food]), [
        `Then make a pie with the ${food}.`,
        `You could make a soup with the ${food}.`,
        `With ${food} you can make a fine dinner.`,
      ]),
    () =>
      talk(
        r,
        "chat",
        [`I am going on a journey.`, `When do you start?`, `On ${day}.`],
        reply(["take", "journey", "good luck"], [day, "time", "map", "coat", "bread", "water"]),
        [
          `Then you have some time. Take a map and a warm coat.`,
          `${day} is a good day for a journey. Take some bread and water.`,
        ],
      ),
    () => {
      const right = r.chance(0.6);
      const guess = right ? pet : r.pickOther(animals, pet);
      return talk(
        r,
        "chat",
        ["Tell me a riddle.", `It lives ${pet.home} and eats ${pet.eats[0]}. What is it?`, `Is it ${a(guess.name)}?`],
        right ? reply(["yes", "right"]) : reply(["no", "not"], [pet.name, "try again", "guess again"]),
        right
          ? [`Yes, it is ${a(pet.name)}! Well done.`, `That is right. It is ${a(pet.name)}.`]
          : [`No, it is not ${a(guess.name)}. Try again!`, `No, it is ${a(pet.name)}.`],
      );
    },
  ])();
}

type Follow = readonly [ask: string, right: string, rivals: Domain, answers: readonly string[]];

const animalFollows = (x: Animal): readonly Follow[] => [
  ["what does it eat", x.eats.join("\n"), "food", [`It eats ${list(x.eats)}.`, `${capital(list(x.eats))}.`]],
  ["where does it live", x.home, "home", [`It lives ${x.home}.`, `${capital(x.home)}.`]],
  [
    "how many legs does it have",
    x.legs === 0 ? "none|no legs" : number(x.legs),
    "number",
    x.legs === 0 ? ["It has no legs."] : [`It has ${number(x.legs)} legs.`, `${capital(number(x.legs))}.`],
  ],
  [
    "what is a young one called",
    x.young,
    "young",
    [`A young ${x.name} is called ${a(x.young)}.`, `${capital(a(x.young))}.`],
  ],
  ["what color is it", x.colour, "colour", [`It is ${x.colour}.`, `${capital(x.colour)}.`]],
];

const personFollows = (p: Person): readonly Follow[] => [
  [`where does ${p.he} live`, p.town.name, "town", [`${capital(p.he)} lives in ${p.town.name}.`, `In ${p.town.name}.`]],
  [`how old is ${p.he}`, String(p.age), "age", [`${capital(p.he)} is ${p.age} years old.`, `${p.age}.`]],
  [`what does ${p.he} like to eat`, p.likes, "likes", [`${capital(p.he)} likes ${p.likes}.`, `${capital(p.likes)}.`]],
  [`what does ${p.he} like to do`, p.hobby, "hobby", [`${capital(p.he)} likes ${p.hobby}.`, `${capital(p.hobby)}.`]],
];

/** A second question about the same animal or person, which it calls "it", "he" or "she". */
function followUp(r: Random): Task {
  const x = r.pick(animals);
  const p = r.pick(people);
  const [first, before, about, [ask, right, rivals, answers]] = r.chance(0.6)
    ? ([`What is ${a(x.name)}?`, `${capital(a(x.name))} is ${a(x.kind)}.`, x.name, r.pick(animalFollows(x))] as const)
    : ([`Who is ${p.name}?`, `${p.name} is ${a(p.profession.name)}.`, p.name, r.pick(personFollows(p))] as const);
  return talk(
    r,
    "open QA",
    [first, before, r.pick([`${capital(ask)}?`, `And ${ask}?`])],
    { kind: "value", right: right.split("\n"), rivals, about },
    answers,
  );
}

/** More of the same list, none of them said before. */
function moreItems(r: Random): Task {
  const { ask, first, others, want, answers } = listTwice(r);
  const more = number(others);
  return talk(
    r,
    "brainstorming",
    [
      `${capital(ask)}.`,
      first,
      r.pick([`Name ${more} more.`, `Give me ${more} more, please.`, `${capital(more)} more, please.`]),
    ],
    want,
    answers,
  );
}

/** A question about the story that was just told. */
function aboutTold(r: Random): Task {
  const s = scene(r, { brief: true });
  const story = tellWith(r, r.pick(plots), s, [s.friend.intro]);
  const subject = s.hero.name.startsWith("the ") ? a(s.hero.noun) : s.hero.name;
  return talk(
    r,
    "closed QA",
    [`Tell me a story about ${subject}.`, story, r.pick(["Who is this story about?", "Who is in the story?"])],
    { kind: "value", right: [s.hero.name, s.friend.name], rivals: "being", given: true },
    [
      `The story is about ${s.hero.name} and ${s.friend.name}.`,
      capital(`${s.hero.name} and ${s.friend.name}.`),
      `${capital(s.hero.name)} and ${s.friend.name} are in the story.`,
    ],
  );
}

/** A story was told; the person wants to know how it goes on. */
function goesOn(r: Random): Task {
  const { hero, first, rest, want } = inTwoParts(r, 2, { brief: true });
  const subject = hero.name.startsWith("the ") ? a(hero.noun) : hero.name;
  const asked = r.pick(["What happened then?", "Go on, please.", "And then?"]);
  return talk(r, "generation", [`Tell me a story about ${subject}.`, first, asked], want, rest);
}

const makers: Partial<Record<UseCase, (r: Random) => Task>> = {
  chat: remembered,
  "open QA": followUp,
  brainstorming: moreItems,
  "closed QA": aboutTold,
  generation: goesOn,
};

/** @returns null where the use case has no task of several turns */
export const multiTurn = (r: Random, useCase: UseCase): Task | null => makers[useCase]?.(r) ?? null;
