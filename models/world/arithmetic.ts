// Sums, differences, comparisons and counting up to about twenty, in digits, in words and in little problems.

import type { Random } from "../random.ts";
import { order, question, type Request, request } from "./asking.ts";
import { a, capital, number, paragraph } from "./english.ts";
import { boys, girls, people } from "./people.ts";
import { foods, things } from "./things.ts";
import type { Want } from "./wants.ts";

const task = (r: Random, prompt: string, want: Want, answers: string | readonly string[]): Request =>
  request(r, "other", prompt, want, answers);

const is = (n: number, first = false): Want => ({
  kind: "value",
  right: [number(n)],
  rivals: "number",
  ...(first ? { first } : {}),
});

/** A number as digits or as a word; one style per text. */
const writer = (r: Random) => (r.chance(0.75) ? String : number);

/** x + y or x − y with a result from 0 to 20. */
function exercise(r: Random): { x: number; y: number; plus: boolean; result: number } {
  if (r.chance(0.6)) {
    const x = r.int(0, 18);
    const y = r.int(0, 20 - x);
    return { x, y, plus: true, result: x + y };
  }
  const x = r.int(1, 20);
  const y = r.int(0, x);
  return { x, y, plus: false, result: x - y };
}

function sum(r: Random): Request {
  const { x, y, plus, result } = exercise(r);
  const w = writer(r);
  const sign = plus ? "+" : "-";
  const spoken = plus ? "plus" : "minus";
  const asked = r.pick([
    () => question(r, `what is ${w(x)} ${w === String && r.chance(0.6) ? sign : spoken} ${w(y)}`),
    () => question(r, `how much is ${w(x)} ${w === String && r.chance(0.6) ? sign : spoken} ${w(y)}`),
    () => (plus ? order(r, `add ${w(x)} and ${w(y)}`) : order(r, `take ${w(y)} away from ${w(x)}`)),
    () => `${x} ${sign} ${y} =`,
    () => `${x} ${sign} ${y}`,
    () => order(r, `calculate ${x} ${sign} ${y}`),
  ])();
  const answers = [
    `${capital(w(result))}${r.chance(0.5) ? "." : ""}`,
    `${capital(w(x))} ${spoken} ${w(y)} is ${w(result)}.`,
    `${x} ${sign} ${y} = ${result}`,
    `The answer is ${w(result)}.`,
    `It is ${w(result)}.`,
    plus
      ? `The answer is ${w(result)}. If you have ${w(x)} and get ${w(y)} more, you have ${w(result)}.`
      : `The answer is ${w(result)}. If you have ${w(x)} and give away ${w(y)}, you have ${w(result)} left.`,
  ];
  return task(r, asked, is(result), answers);
}

function problem(r: Random): Request {
  const { x, y, plus, result } = exercise(r);
  const who = r.chance(0.5) ? r.pick(people).name : r.pick([...girls, ...boys]);
  const w = writer(r);
  const item = r.chance(0.7) ? r.pick(foods) : r.pick(things);
  const many = (n: number) => `${w(n)} ${n === 1 ? item.name : item.plural}`;
  const story = plus
    ? r.pick([
        `${who} has ${many(x)} and gets ${w(y)} more.`,
        `${who} has ${many(x)}. A friend gives ${who} ${w(y)} more.`,
        `There are ${many(x)} in a basket. ${who} puts in ${w(y)} more.`,
      ])
    : r.pick([
        `${who} has ${many(x)} and gives away ${w(y)}.`,
        `${who} has ${many(x)}. ${capital(w(y))} of them ${y === 1 ? "gets" : "get"} lost.`,
        `There are ${many(x)} on the table. ${who} takes ${w(y)}.`,
      ]);
  const inBasket = story.startsWith("There");
  const wanted = inBasket
    ? `How many ${item.plural} are there now?`
    : r.pick([`How many ${item.plural} does ${who} have now?`, `How many ${item.plural} does ${who} have?`]);
  const calculation = `${w(x)} ${plus ? "plus" : "minus"} ${w(y)} is ${w(result)}`;
  const fact = inBasket ? `there ${result === 1 ? "is" : "are"} ${many(result)} now` : `${who} has ${many(result)} now`;
  return task(r, `${story} ${wanted}`, is(result), [
    `${capital(many(result))}.`,
    `${capital(fact)}.`,
    `${capital(fact)}, because ${calculation}.`,
    `${capital(calculation)}, so ${fact}.`,
    capital(w(result)) + (r.chance(0.5) ? "." : ""),
  ]);
}

function comparison(r: Random): Request {
  const w = writer(r);
  const x = r.int(0, 20);
  const y = r.pickOther(
    Array.from({ length: 21 }, (_, i) => i),
    x,
  );
  const more = r.chance(0.6);
  const winner = more ? Math.max(x, y) : Math.min(x, y);
  const loser = x + y - winner;
  const word = more ? r.pick(["bigger", "larger", "greater"]) : "smaller";
  return task(
    r,
    question(
      r,
      r.pick([
        `which is ${word}, ${w(x)} or ${w(y)}`,
        `which number is ${word}: ${w(x)} or ${w(y)}`,
        `what is ${word}, ${w(x)} or ${w(y)}`,
      ]),
    ),
    is(winner, true),
    [
      `${capital(w(winner))}.`,
      `${capital(w(winner))} is ${word} than ${w(loser)}.`,
      `${capital(w(winner))} is ${word} by ${w(Math.abs(x - y))}.`,
    ],
  );
}

function counting(r: Random): Request {
  const from = r.int(0, 12);
  const to = from + r.int(2, 8);
  const w = writer(r);
  const up = Array.from({ length: to - from + 1 }, (_, i) => w(from + i));
  if (r.chance(0.3)) {
    const down = up.toReversed().join(", ");
    return task(
      r,
      order(r, `count ${r.pick(["back", "down", "backwards"])} from ${w(to)} to ${w(from)}`),
      { kind: "target", to: [down] },
      `${capital(down)}.`,
    );
  }
  if (r.chance(0.4)) {
    const n = r.int(0, 19);
    const next = r.chance(0.6);
    return task(
      r,
      question(r, `which number comes ${next ? "after" : "before"} ${w(next ? n : n + 1)}`),
      is(next ? n + 1 : n, true),
      next
        ? [`${capital(w(n + 1))}.`, `${capital(w(n + 1))} comes after ${w(n)}.`]
        : [`${capital(w(n))}.`, `${capital(w(n))} comes before ${w(n + 1)}.`],
    );
  }
  return task(
    r,
    order(r, `count from ${w(from)} to ${w(to)}`),
    { kind: "target", to: [up.join(", ")] },
    `${capital(up.join(", "))}.`,
  );
}

function ordering(r: Random): Request {
  const drawn = r.sample(
    Array.from({ length: 21 }, (_, i) => i),
    r.int(3, 5),
  );
  const sorted = drawn.toSorted((x, y) => x - y);
  const down = r.chance(0.3);
  const right = (down ? sorted.toReversed() : sorted).join(", ");
  const numbers = drawn.join(", ") === right ? drawn.toReversed() : drawn;
  return task(
    r,
    order(
      r,
      `sort these numbers ${down ? "from big to small" : r.pick(["from small to big", "from the smallest to the biggest"])}: ${numbers.join(", ")}`,
    ),
    { kind: "target", to: [right], from: numbers.join(", ") },
    [right, `${right}.`],
  );
}

function double(r: Random): Request {
  const n = r.int(1, 10);
  const w = writer(r);
  if (r.chance(0.5)) {
    const twice = r.pick(["two times", "twice"]);
    return task(r, question(r, `what is ${twice} ${w(n)}`), is(2 * n), [
      `${capital(w(2 * n))}.`,
      `${capital(twice)} ${w(n)} is ${w(2 * n)}.`,
    ]);
  }
  return task(r, question(r, `what is half of ${w(2 * n)}`), is(n), [
    `${capital(w(n))}.`,
    `Half of ${w(2 * n)} is ${w(n)}.`,
  ]);
}

function shopping(r: Random): Request {
  const [first, second] = r.sample([...foods], 2);
  const x = r.int(1, 9);
  const y = r.int(1, 9);
  const coins = (n: number) => `${number(n)} ${n === 1 ? "coin" : "coins"}`;
  return task(
    r,
    `${capital(a(first!.name))} costs ${coins(x)} and ${a(second!.name)} costs ${coins(y)}. ${r.pick(["How much do they cost together?", "What do both cost together?", "How many coins do I need for both?"])}`,
    is(x + y),
    [
      `${capital(coins(x + y))}.`,
      `Together they cost ${coins(x + y)}.`,
      paragraph([`${coins(x)} and ${coins(y)} make ${coins(x + y)}.`, `so you need ${coins(x + y)} for both.`]),
    ],
  );
}

export function arithmetic(r: Random): Request {
  return r.weighted([
    [35, sum],
    [30, problem],
    [12, comparison],
    [8, counting],
    [5, ordering],
    [5, double],
    [8, shopping],
  ])(r);
}
