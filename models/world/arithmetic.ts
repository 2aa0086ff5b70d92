// Sums, differences, comparisons and counting up to about twenty, in digits, in words and in little problems.

import type { Random } from "../random.ts";
import { order, question, type Task } from "./asking.ts";
import { a, capital, number, paragraph } from "./english.ts";
import { boys, girls, people } from "./people.ts";
import { foods, things } from "./things.ts";

const task = (prompt: string, answer: string): Task => ({ useCase: "other", prompt, answer });

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

function sum(r: Random): Task {
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
  const answer = r.pick([
    capital(w(result)) + (r.chance(0.5) ? "." : ""),
    `${capital(w(x))} ${spoken} ${w(y)} is ${w(result)}.`,
    `${x} ${sign} ${y} = ${result}`,
    `The answer is ${w(result)}.`,
    `It is ${w(result)}.`,
    plus
      ? `The answer is ${w(result)}. If you have ${w(x)} and get ${w(y)} more, you have ${w(result)}.`
      : `The answer is ${w(result)}. If you have ${w(x)} and give away ${w(y)}, you have ${w(result)} left.`,
  ]);
  return task(asked, answer);
}

function problem(r: Random): Task {
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
  return task(
    `${story} ${wanted}`,
    r.pick([
      `${capital(many(result))}.`,
      `${capital(fact)}.`,
      `${capital(fact)}, because ${calculation}.`,
      `${capital(calculation)}, so ${fact}.`,
      capital(w(result)) + (r.chance(0.5) ? "." : ""),
    ]),
  );
}

function comparison(r: Random): Task {
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
    question(
      r,
      r.pick([
        `which is ${word}, ${w(x)} or ${w(y)}`,
        `which number is ${word}: ${w(x)} or ${w(y)}`,
        `what is ${word}, ${w(x)} or ${w(y)}`,
      ]),
    ),
    r.pick([
      `${capital(w(winner))}.`,
      `${capital(w(winner))} is ${word} than ${w(loser)}.`,
      `${capital(w(winner))} is ${word}. The difference is ${w(Math.abs(x - y))}.`,
    ]),
  );
}

function counting(r: Random): Task {
  const from = r.int(0, 12);
  const to = from + r.int(2, 8);
  const w = writer(r);
  const up = Array.from({ length: to - from + 1 }, (_, i) => w(from + i));
  if (r.chance(0.3)) {
    return task(
      order(r, `count ${r.pick(["back", "down", "backwards"])} from ${w(to)} to ${w(from)}`),
      `${capital(up.toReversed().join(", "))}.`,
    );
  }
  if (r.chance(0.4)) {
    const n = r.int(0, 19);
    const next = r.chance(0.6);
    return task(
      question(r, `which number comes ${next ? "after" : "before"} ${w(next ? n : n + 1)}`),
      next
        ? r.pick([`${capital(w(n + 1))}.`, `${capital(w(n + 1))} comes after ${w(n)}.`])
        : r.pick([`${capital(w(n))}.`, `${capital(w(n))} comes before ${w(n + 1)}.`]),
    );
  }
  return task(order(r, `count from ${w(from)} to ${w(to)}`), `${capital(up.join(", "))}.`);
}

function ordering(r: Random): Task {
  const numbers = r.sample(
    Array.from({ length: 21 }, (_, i) => i),
    r.int(3, 5),
  );
  const sorted = numbers.toSorted((x, y) => x - y);
  const down = r.chance(0.3);
  return task(
    order(
      r,
      `sort these numbers ${down ? "from big to small" : r.pick(["from small to big", "from the smallest to the biggest"])}: ${numbers.join(", ")}`,
    ),
    `${(down ? sorted.toReversed() : sorted).join(", ")}`,
  );
}

function double(r: Random): Task {
  const n = r.int(1, 10);
  const w = writer(r);
  if (r.chance(0.5)) {
    return task(
      question(r, r.pick([`what is two times ${w(n)}`, `what is twice ${w(n)}`])),
      r.pick([`${capital(w(2 * n))}.`, `Two times ${w(n)} is ${w(2 * n)}.`]),
    );
  }
  return task(
    question(r, `what is half of ${w(2 * n)}`),
    r.pick([`${capital(w(n))}.`, `Half of ${w(2 * n)} is ${w(n)}.`]),
  );
}

function shopping(r: Random): Task {
  const [first, second] = r.sample([...foods], 2);
  const x = r.int(1, 9);
  const y = r.int(1, 9);
  const coins = (n: number) => `${number(n)} ${n === 1 ? "coin" : "coins"}`;
  return task(
    `${capital(a(first!.name))} costs ${coins(x)} and ${a(second!.name)} costs ${coins(y)}. ${r.pick(["How much do they cost together?", "What do both cost together?", "How many coins do I need for both?"])}`,
    r.pick([
      `${capital(coins(x + y))}.`,
      `Together they cost ${coins(x + y)}.`,
      paragraph([`${coins(x)} and ${coins(y)} make ${coins(x + y)}.`, `so you need ${coins(x + y)} for both.`]),
    ]),
  );
}

export function arithmetic(r: Random): Task {
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
