// The reading of claims: what is said of whom, and whether the tables say so, too.
import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { readText } from "./answer-text.ts";
import { claimsIn, wrongIntroductions } from "./claims.ts";
import { entry } from "./facts.ts";

const read = (text: string, speaker?: string) => {
  const { right, wrong } = claimsIn(readText(text), speaker);
  return { ...Object.fromEntries(right), wrong };
};

test("animals, people, towns, foods, things, professions", () => {
  expect(read("An owl is a bird. It eats mice and moths.")).toEqual({ owl: 3, wrong: 0 });
  expect(read("An owl is a fish that lives in the sea.")).toEqual({ wrong: 2 });
  expect(read("Tom is a fisher from Seaview. He is 52 years old and likes fish soup.")).toEqual({ Tom: 4, wrong: 0 });
  expect(read("Tom lives in Oakford and has a cat.")).toEqual({ wrong: 2 });
  expect(read("Seaview lies by the sea and is known for flour.")).toEqual({ Seaview: 1, wrong: 1 });
  expect(read("A lemon is yellow and tastes sweet.")).toEqual({ lemon: 1, wrong: 1 });
  expect(read("A key is made of wood.")).toEqual({ wrong: 1 });
  expect(read("A baker works in a bakery and needs a net.")).toEqual({ baker: 1, wrong: 1 });
});

test("abilities with cannot, but and neither", () => {
  expect(read("A hen can neither swim nor fly.")).toEqual({ hen: 2, wrong: 0 });
  expect(read("A duck can swim and fly.")).toEqual({ duck: 2, wrong: 0 });
  expect(read("A bear can swim but cannot fly.")).toEqual({ bear: 2, wrong: 0 });
  expect(read("A bear can fly but cannot swim.")).toEqual({ wrong: 2 });
});

test("each clause is about its own subject", () => {
  expect(read("An owl eats mice, but a cow eats grass.")).toEqual({ owl: 1, cow: 1, wrong: 0 });
  expect(read("A squirrel is small and a bee is tiny, so a squirrel is bigger.")).toEqual({
    squirrel: 1,
    bee: 1,
    wrong: 0,
  });
  expect(read("The moon is blue. It eats grass.")).toEqual({ wrong: 0 });
});

test("I is the speaker of a riddle", () => {
  expect(read("I live in a pond. I have four legs. What am I?", "frog")).toEqual({ frog: 2, wrong: 0 });
  expect(read("I live in a hive.", "frog")).toEqual({ wrong: 1 });
});

test("a name is only one with a capital, and what is denied is no claim", () => {
  expect(read("the rosa is a baker")).toEqual({ wrong: 0 });
  expect(read("An owl is not a mammal.")).toEqual({ wrong: 0 });
});

test("no entry of the corpus claims anything untrue", () => {
  const r = new Random(3);
  for (let n = 0; n < 3_000; n++) {
    const text = entry(r);
    expect(claimsIn(readText(text)).wrong, text).toBe(0);
  }
});

test("introductions in fiction", () => {
  expect(wrongIntroductions(readText("Then Mira the baker met Tom from Seaview."))).toBe(0);
  expect(wrongIntroductions(readText("Then Mira the farmer met Tom from Oakford and Kate the cook."))).toBe(2);
});
