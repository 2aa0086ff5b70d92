// Rewriting: another tense, number, person or tone; corrections; opposites; names exchanged.

import type { Random } from "../random.ts";
import { animals } from "./animals.ts";
import { orderWith, type Request, request } from "./asking.ts";
import { a, capital, plural } from "./english.ts";
import { opposites } from "./opposites.ts";
import { anyName } from "./people.ts";
import { colours, days, foods, places, things } from "./things.ts";

/** base, third person, past, -ing */
const verbs = `go goes went going
run runs ran running
walk walks walked walking
sing sings sang singing
sleep sleeps slept sleeping
swim swims swam swimming
eat eats ate eating
play plays played playing
sit sits sat sitting
dance dances danced dancing
wait waits waited waiting
work works worked working
laugh laughs laughed laughing
dream dreams dreamed dreaming
stand stands stood standing
talk talks talked talking`
  .split("\n")
  .map((line) => line.split(" ") as [string, string, string, string]);

const acts = `finds found find
buys bought buy
sees saw see
takes took take
loses lost lose
makes made make
carries carried carry
brings brought bring
paints painted paint
wants wanted want`
  .split("\n")
  .map((line) => line.split(" ") as [string, string, string]);

/** The same sentence in several forms. */
function forms(r: Random) {
  const place = r.pick(places);
  const who = r.chance(0.5) ? anyName(r) : `the ${r.pick(animals).name}`;
  if (r.chance(0.5)) {
    const [base, third, past, ing] = r.pick(verbs.filter(([verb]) => verb !== "go" && verb !== "eat"));
    const tail = r.pick([
      place.at,
      "in the morning",
      `with ${anyName(r)}`,
      "all day",
      "in the rain",
      `on ${r.pick(days)}`,
    ]);
    return {
      present: `${who} ${third} ${tail}.`,
      past: `${who} ${past} ${tail}.`,
      future: `${who} will ${base} ${tail}.`,
      negative: `${who} does not ${base} ${tail}.`,
      question: `does ${who} ${base} ${tail}?`,
      continuous: `${who} is ${ing} ${tail}.`,
      mine: `I ${base} ${tail}.`,
    };
  }
  const [third, past, base] = r.pick(acts);
  const object = r.chance(0.6)
    ? a(`${r.chance(0.5) ? `${r.pick(colours)} ` : ""}${r.pick(things).name}`)
    : `some ${r.pick(foods).plural}`;
  const tail = r.chance(0.5) ? ` ${place.at}` : "";
  const any = object.replace(/^some /, "any ");
  const ing = base === "lose" || base === "make" || base === "take" ? `${base.slice(0, -1)}ing` : `${base}ing`;
  return {
    present: `${who} ${third} ${object}${tail}.`,
    past: `${who} ${past} ${object}${tail}.`,
    future: `${who} will ${base} ${object}${tail}.`,
    negative: `${who} does not ${base} ${any}${tail}.`,
    question: `does ${who} ${base} ${any}${tail}?`,
    continuous: `${who} is ${ing} ${object}${tail}.`,
    mine: `I ${base} ${object}${tail}.`,
  };
}

function tense(r: Random): Request {
  const f = forms(r);
  const [imperative, from, to] = r.pick<readonly [string, string, string]>([
    ["say this in the past tense", f.present, f.past],
    ["put this sentence in the past tense", f.present, f.past],
    ["write this in the past", f.present, f.past],
    ["change this to the past tense", f.present, f.past],
    ["say this in the present tense", f.past, f.present],
    ["write this in the present", f.past, f.present],
    ["say this in the future", f.present, f.future],
    ["change this to the future tense", f.past, f.future],
    ["make this sentence negative", f.present, f.negative],
    ["say the opposite with not", f.present, f.negative],
    ["turn this into a question", f.present, f.question],
    ["make a question from this sentence", f.present, f.question],
    ["rewrite this with I", f.present, f.mine],
  ]);
  return rewrite(r, imperative, capital(from), capital(to));
}

const rewrite = (r: Random, imperative: string, from: string, to: string | readonly string[]): Request =>
  request(
    r,
    "rewrite",
    orderWith(r, imperative, from),
    { kind: "target", to: typeof to === "string" ? [to] : to, from },
    to,
  );

function numbers(r: Random): Request {
  const x = r.pick(animals);
  const t = r.pick(things);
  const colour = r.pick(colours);
  const [one, many] = r.pick([
    [`The ${x.name} is ${x.trait}.`, `The ${x.plural} are ${x.trait}.`],
    [`The ${t.name} is ${colour}.`, `The ${t.plural} are ${colour}.`],
    [`The ${x.name} sleeps.`, `The ${x.plural} sleep.`],
    [`A ${t.name} is on the table.`.replace(/^A ([aeiou])/, "An $1"), `Some ${t.plural} are on the table.`],
    [`I see ${a(x.name)}.`, `I see some ${x.plural}.`],
  ] as const);
  return r.chance(0.6)
    ? rewrite(r, r.pick(["put this in the plural", "make this plural", "write this in the plural"]), one, many)
    : rewrite(r, r.pick(["put this in the singular", "make this singular", "write this for only one"]), many, one);
}

function opposite(r: Random): Request {
  const pair = r.pick(opposites);
  const [word, other] = r.chance(0.5) ? pair : [pair[1], pair[0]];
  if (r.chance(0.4)) {
    const prompt = r.pick([
      `What is the opposite of ${word}?`,
      `what is the opposite of ${word}`,
      `Tell me the opposite of ${word}.`,
      `Opposite of ${word}`,
    ]);
    return request(r, "open QA", prompt, { kind: "value", right: [other], rivals: "opposite" }, [
      `${capital(other)}.`,
      `The opposite of ${word} is ${other}.`,
      capital(other),
    ]);
  }
  const noun = r.pick([...things.map((t) => t.name), ...animals.map((x) => x.name)]);
  const make = r.pick([
    (w: string) => `The ${noun} is ${w}.`,
    (w: string) => `My ${noun} is very ${w}.`,
    (w: string) => `It was ${a(`${w} ${noun}`)}.`,
  ]);
  return rewrite(
    r,
    r.pick([
      "say the opposite",
      "write the opposite",
      "turn this into the opposite",
      `change the word ${word} to its opposite`,
    ]),
    make(word),
    make(other),
  );
}

function tone(r: Random): Request {
  const item = r.pick(things).name;
  const name = anyName(r);
  const [rude, kind] = r.pick<readonly [string, readonly string[]]>([
    [`Give me the ${item}!`, [`Could you please give me the ${item}?`, `May I have the ${item}, please?`]],
    [
      `Go away, ${name}!`,
      [`${name}, could you please leave me alone for a while?`, `I would like to be alone now, ${name}.`],
    ],
    [`Be quiet!`, [`Could you please be a little more quiet?`, `Please be quiet for a moment.`]],
    [
      `Your ${item} is ugly.`,
      [`Your ${item} is not quite what I like.`, `I like other kinds of ${plural(item)} better.`],
    ],
    [
      `Move, I want to sit down.`,
      [`Excuse me, may I sit down here, please?`, `Would you make some room for me, please?`],
    ],
    [
      `You are late again, ${name}.`,
      [
        `${name}, please try to be on time.`,
        `I am glad that you are here, ${name}. Please come a little earlier next time.`,
      ],
    ],
    [
      `Bring back my ${item}!`,
      [`Could you bring back my ${item}, please?`, `Please bring back my ${item} when you can.`],
    ],
  ]);
  return rewrite(
    r,
    r.pick([
      "say this in a kinder way",
      "make this polite",
      "rewrite this so that it is polite",
      "say this more politely",
      "rewrite this in a friendly way",
    ]),
    rude,
    kind,
  );
}

function correction(r: Random): Request {
  const f = forms(r);
  const right = capital(r.pick([f.present, f.past, f.future]));
  const letters = right.split(" ");
  const broken = r.pick([
    () => right.toLowerCase().replace(/\.$/, ""),
    () => right.toUpperCase(),
    () => {
      const i = r.int(0, letters.length - 2);
      return [...letters.slice(0, i + 1), letters[i]!.toLowerCase(), ...letters.slice(i + 1)].join(" ");
    },
  ])();
  return rewrite(
    r,
    r.pick(["correct this sentence", "fix the mistakes", "correct the mistakes", "write this correctly"]),
    broken,
    right,
  );
}

function exchange(r: Random): Request {
  const name = anyName(r);
  const thing = r.pick(things).name;
  if (r.chance(0.5)) {
    let other = anyName(r);
    while (other === name) other = anyName(r);
    const rest = `${r.pick(["lives", "sits", "waits", "works", "sings"])} ${r.pick(places).at} and has ${a(thing)}.`;
    return rewrite(
      r,
      r.pick([`replace ${name} with ${other}`, `change the name to ${other}`]),
      `${name} ${rest}`,
      `${other} ${rest}`,
    );
  }
  const [old, next] = r.sample(colours, 2) as [string, string];
  const make = (colour: string) => `${name} has ${a(`${colour} ${thing}`)}.`;
  return rewrite(
    r,
    r.pick([`replace ${old} with ${next}`, `change ${old} to ${next}`, `make it ${next} and not ${old}`]),
    make(old),
    make(next),
  );
}

function longer(r: Random): Request {
  const name = anyName(r);
  const place = r.pick(places);
  const thing = r.pick(things).name;
  const [from, to] = r.pick<readonly [string, string[]]>([
    [
      `${name} went home.`,
      [
        `After a long day, ${name} went home and sat by the fire.`,
        `${name} was tired and slowly went home in the rain.`,
      ],
    ],
    [
      `${name} saw ${a(thing)}.`,
      [
        `One morning, ${name} saw ${a(thing)} ${place.at} and could not believe it.`,
        `To the surprise of everyone, ${name} saw ${a(thing)} ${place.at}.`,
      ],
    ],
    [
      `It rained.`,
      [`It rained all day long, and the paths were full of water.`, `It rained so hard that nobody wanted to go out.`],
    ],
    [
      `${name} was happy.`,
      [
        `${name} was so happy that the whole village could hear it.`,
        `${name} was happy, smiled at everyone and sang a song.`,
      ],
    ],
    [
      `The sun came up.`,
      [
        `Slowly the sun came up over the hills, and the birds began to sing.`,
        `The sun came up and made everything warm and golden.`,
      ],
    ],
  ]);
  const prompt = orderWith(
    r,
    r.pick([
      "make this longer",
      "make this sentence more interesting",
      "add some details",
      "write this with more words",
    ]),
    from,
  );
  const words = from.match(/\p{L}+/gu)!;
  const kept = words.filter((word) => !/^(a|an|the|was|It)$/.test(word));
  return request(
    r,
    "rewrite",
    prompt,
    {
      kind: "text",
      form: "line",
      groups: kept.map((word) => [word]),
      sentences: [1, 3],
      leastWords: words.length + 3,
    },
    to,
  );
}

export function rewriting(r: Random): Request {
  return r.weighted([
    [38, tense],
    [10, numbers],
    [12, opposite],
    [14, tone],
    [10, correction],
    [8, exchange],
    [8, longer],
  ])(r);
}
