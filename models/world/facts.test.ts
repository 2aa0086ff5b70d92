// What the corpus says is true in the world: answers are read back and held against the tables.
import { describe, expect, test } from "vitest";
import { Random } from "../random.ts";
import { animal, animals } from "./animals.ts";
import type { Request } from "./asking.ts";
import { list, number } from "./english.ts";
import { fact } from "./facts.ts";
import { people, person, professions, towns } from "./people.ts";
import { classification } from "./reading.ts";
import { rows } from "./rows.ts";
import { foods, places, strangers, things } from "./things.ts";

const r = new Random(11);
const requests = Array.from({ length: 12_000 }, () => (r.chance(0.8) ? fact(r) : classification(r)));

/** Every request whose prompt matches, with the matched groups; at least `least` of them must be there. */
function asked(pattern: RegExp, least: number): { task: Request; groups: string[] }[] {
  const found = requests.flatMap((task) => {
    const match = pattern.exec(task.prompt);
    return match ? [{ task, groups: match.slice(1) }] : [];
  });
  expect(found.length, String(pattern)).toBeGreaterThanOrEqual(least);
  return found;
}

describe("answers agree with the tables", () => {
  test("who can swim and fly", () => {
    for (const verb of ["swim", "fly"] as const) {
      for (const { task, groups } of asked(
        new RegExp(`^(?:Tell me, |Question: )?can an? (\\w+) ${verb}\\b`, "i"),
        20,
      )) {
        const truth = verb === "swim" ? animal(groups[0]!)!.swims : animal(groups[0]!)!.flies;
        expect(task.answer.startsWith(truth ? "Yes" : "No"), `${task.prompt} ${task.answer}`).toBe(true);
        expect(task.answer.includes(`cannot ${verb}`), task.answer).toBe(!truth && task.answer.length > 4);
      }
    }
  });

  test("what animals eat, how many legs they have, when they sleep", () => {
    for (const { task, groups } of asked(/what does an? (\w+) eat/i, 20)) {
      const known = animal(groups[0]!);
      if (known) expect(task.answer.toLowerCase()).toContain(list(known.eats));
      else expect(task.answer).toMatch(/do not know/);
    }
    for (const { task, groups } of asked(/how many legs does an? (\w+)/i, 20)) {
      const { legs } = animal(groups[0]!)!;
      expect(task.answer.toLowerCase()).toMatch(legs === 0 ? /\bno legs|none\b/ : new RegExp(`\\b${number(legs)}\\b`));
    }
    for (const { task, groups } of asked(/when does an? (\w+) sleep/i, 10)) {
      expect(task.answer).toMatch(animal(groups[0]!)!.awake === "night" ? /in the day|all day/ : /at night/);
    }
  });

  test("which animal is bigger", () => {
    const sizes = ["tiny", "small", "big", "huge"];
    for (const { task, groups } of asked(/which is bigger, an? (\w+) or an? (\w+)/i, 20)) {
      const [x, y] = groups.map((name) => sizes.indexOf(animal(name)!.size)) as [number, number];
      if (x === y) expect(task.answer).toMatch(/same size/);
      else
        expect(task.answer).toMatch(
          new RegExp(`^An? ${groups[x > y ? 0 : 1]}(\\.| is bigger)|so an? ${groups[x > y ? 0 : 1]} is bigger`),
        );
    }
  });

  test("what kind an animal is, and what is true or false of it", () => {
    for (const { task, groups } of asked(/^is an? (\w+) an? (bird|mammal|fish|insect|reptile|amphibian)/i, 10)) {
      const right = animal(groups[0]!)!.kind === groups[1];
      expect(task.answer.startsWith(right ? "Yes" : "No"), `${task.prompt} ${task.answer}`).toBe(true);
    }
    for (const { task, groups } of asked(/(?:true|false)[:?] An? (\w+) is an? (\w+)\.$/, 10)) {
      const right = animal(groups[0]!)!.kind === groups[1];
      expect(task.answer.startsWith(right ? "True" : "False"), `${task.prompt} ${task.answer}`).toBe(true);
    }
    for (const { task, groups } of asked(/An? (\w+) can (swim|fly)\./, 10)) {
      const { swims, flies } = animal(groups[0]!)!;
      const right = groups[1] === "swim" ? swims : flies;
      expect(/true/i.test(task.answer), `${task.prompt} ${task.answer}`).toBe(right);
    }
  });

  test("what people do and where they live", () => {
    for (const { task, groups } of asked(/where does ([A-Z]\w+) live/i, 10)) {
      const known = person(groups[0]!);
      if (known) expect(task.answer).toContain(known.town.name);
    }
    for (const { task, groups } of asked(/what (?:does|work does) ([A-Z]\w+) do\b/, 5)) {
      const known = person(groups[0]!);
      if (known && !task.prompt.includes("free days")) expect(task.answer).toContain(known.profession.name);
    }
    for (const { task, groups } of asked(/how old is ([A-Z]\w+)/, 5)) {
      expect(task.answer).toContain(String(person(groups[0]!)!.age));
    }
  });

  test("a person keeps the same pronouns", () => {
    for (const { name, he } of people) {
      const wrong = he === "he" ? /\b[Ss]he\b/ : /\b[Hh]e\b/;
      const about = requests.filter((task) => task.answer.startsWith(`${name} is `));
      expect(about.length, name).toBeGreaterThan(0);
      for (const task of about) expect(task.answer).not.toMatch(wrong);
    }
  });
});

describe("the tables", () => {
  test("name everything once", () => {
    for (const names of [animals, people, towns, professions, foods, things].map((table) =>
      table.map((row) => row.name),
    )) {
      expect(new Set(names).size).toBe(names.length);
    }
    expect(new Set(places.map((place) => place.the)).size).toBe(places.length);
  });

  test("fit together: every pet is an animal, every person has a work and a town", () => {
    for (const { name, pet, profession, town } of people) {
      expect(animal(pet[0]), name).toBeDefined();
      expect(profession, name).toBeDefined();
      expect(town, name).toBeDefined();
    }
    expect(strangers.filter((word) => animal(word))).toEqual([]);
  });

  test("report a row with a missing cell", () => {
    expect(rows("a | b\nc | d")).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    expect(() => rows("a | b\nc")).toThrow("wrong number of cells: c");
  });
});
