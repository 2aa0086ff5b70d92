// What a text claims about the animals, people, towns, foods, things and professions of the world, held against the
// tables. Reads simple English: a subject near the start of a clause, a word such as "eats" or "is", a value the world
// knows. Everything else is passed over: it is neither true nor false here.

import { animals } from "./animals.ts";
import { norm, type TextRead } from "./answer-text.ts";
import { domains } from "./domains.ts";
import { people, professions, towns } from "./people.ts";
import { foods, massFoods, seasons, things } from "./things.ts";

/** First token → values that begin with it, longest first, each as tokens: "tiny fish" is found before "fish". */
type Values = ReadonlyMap<string, readonly (readonly string[])[]>;

interface Relation {
  /** Words after which a value may come; null: it may stand anywhere in the clause. */
  cues: ReadonlySet<string> | null;
  /** How many tokens after its cue a value may begin at the latest. */
  within: number;
  values: Values;
  /** Others may do it, too: said of another it is not counted as wrong. */
  open: boolean;
}

interface Subject {
  name: string;
  /** A proper name is only one with a capital: "Rosa", not "rosa". */
  proper: boolean;
  relations: readonly (readonly [Relation, right: ReadonlySet<string>])[];
}

export interface Claims {
  /** Different true statements about each subject by its name; those about `speaker` too. */
  right: ReadonlyMap<string, number>;
  wrong: number;
}

const tokensOf = (phrase: string) => norm(phrase).trim().split(" ");

function valuesOf(phrases: readonly string[]): Values {
  const values = new Map<string, string[][]>();
  for (const tokens of new Set(phrases.map((phrase) => norm(phrase).trim()))) {
    const split = tokens.split(" ");
    const list = values.get(split[0]!);
    if (list) list.push(split);
    else values.set(split[0]!, [split]);
  }
  for (const list of values.values()) list.sort((x, y) => y.length - x.length);
  return values;
}

const subjects = new Map<string, Subject>();

/** One relation of a table: the cues, what may follow them, and what is right in a row. */
type Column<T> = readonly [
  cues: string | null,
  within: number,
  values: readonly string[],
  of: (row: T) => readonly string[],
  open?: boolean,
];

function table<T>(
  rows: readonly T[],
  names: (row: T) => readonly string[],
  columns: readonly Column<T>[],
  proper = false,
): void {
  const relations = columns.map(([cues, within, values, of, open = false]) => {
    const relation: Relation = {
      cues: cues === null ? null : new Set(cues.split(" ")),
      within,
      values: valuesOf(values),
      open,
    };
    return [relation, of] as const;
  });
  for (const row of rows) {
    const right = relations.map(([relation, of]) => [relation, new Set(of(row).map((v) => norm(v).trim()))] as const);
    const [name, ...others] = names(row);
    for (const one of [name!, ...others]) {
      subjects.set(tokensOf(one)[0]!, { name: name!, proper, relations: right });
    }
  }
}

table(foods, (f) => [f.name, f.plural], [
  ["is are", 3, domains.colour, (f) => [f.colour]],
  ["taste tastes", 1, domains.taste, (f) => [f.taste]],
  ["is are", 2, ["fruit", "vegetable", "animal"], (f) => [f.kind]],
]);
table(massFoods, (f) => [f.name], [["is", 2, domains.colour, (f) => [f.colour]]]);
table(things, (t) => [t.name, t.plural], [
  ["of", 1, domains.material, (t) => [t.material]],
  ["it for use need needs", 5, domains.use, (t) => [t.use]],
]);
table(professions, (p) => [p.name, p.plural], [
  ["work works", 1, domains.workplace, (p) => [p.where]],
  ["need needs use uses", 1, domains.tool, (p) => [p.tool]],
  [null, 0, professions.flatMap((p) => [p.does, p.do]), (p) => [p.does, p.do]],
]);
table(seasons, (s) => [s.name], [
  ["is", 1, domains.weather, (s) => [s.weather]],
  [null, 0, domains.happens, (s) => [s.happens]],
]);
table(animals, (x) => [x.name, x.plural], [
  ["is are", 4, domains.kind, (x) => [x.kind, `${x.kind}s`]],
  ["is are", 3, domains.size, (x) => [x.size]],
  ["is are", 3, domains.colour, (x) => [x.colour]],
  ["live lives", 1, domains.home, (x) => [x.home]],
  ["eat eats", 12, domains.food, (x) => x.eats],
  [
    "has have",
    1,
    ["no legs", ...Array.from({ length: 9 }, (_, n) => `${n} legs`)],
    (x) => [x.legs === 0 ? "no legs" : `${x.legs} legs`],
  ],
  ["can", 4, ["swim", "fly"], (x) => [...(x.swims ? ["swim"] : []), ...(x.flies ? ["fly"] : [])]],
  ["cannot neither", 4, ["swim", "fly"], (x) => [...(x.swims ? [] : ["swim"]), ...(x.flies ? [] : ["fly"])]],
  [
    "sleep sleeps asleep",
    1,
    ["in the day", "all day", "at night"],
    (x) => (x.awake === "night" ? ["in the day", "all day"] : ["at night"]),
  ],
  ["awake", 1, ["in the day", "at night"], (x) => [x.awake === "night" ? "at night" : "in the day"]],
  ["called", 2, domains.young, (x) => [x.young]],
  [null, 0, domains.sound, (x) => (x.sound ? [x.sound] : [])],
  [null, 0, animals.map((x) => afterSubject(x.fact)), (x) => [afterSubject(x.fact)], true],
]);
table(
  towns,
  (t) => [t.name],
  [
    ["lies town is", 1, domains.lies, (t) => [t.lies]],
    ["for", 1, domains["known for"], (t) => [t.knownFor]],
    ["see", 1, domains.sight, (t) => [t.sight]],
    ["is", 2, ["small town", "big town"], (t) => [`${t.size} town`]],
  ],
  true,
);
table(
  people,
  (p) => [p.name],
  [
    ["is as", 5, domains.profession, (p) => [p.profession.name]],
    ["in from", 1, domains.town, (p) => [p.town.name]],
    ["is", 1, domains.age, (p) => [String(p.age)]],
    ["very", 1, people.map((p) => p.trait), (p) => [p.trait]],
    ["has", 2, people.map((p) => p.pet[0]), (p) => [p.pet[0]]],
    ["named called", 1, people.map((p) => p.pet[1]), (p) => [p.pet[1]]],
    ["likes", 5, [...domains.likes, ...domains.hobby], (p) => [p.likes, p.hobby]],
    [null, 0, domains.does, (p) => [p.profession.does]],
  ],
  true,
);

/** "An owl can see very well in the dark." → "can see very well in the dark" */
function afterSubject(fact: string): string {
  return fact.replace(/^An? \S+ /, "").replace(/\.$/, "");
}

/** Where one statement ends and another may begin, still about the same subject: "a bird that lives in …". */
const stops = new Set([".", "!", "?", ";", ":", "but", "because", "so", "that", "who", "when"]);
/** A sentence that begins with one of these goes on about the subject before. */
const refersBack = new Set("it its they he she his her there people everyone together".split(" "));
const pronouns = new Set("it they he she".split(" "));
const verbs = new Set("is are lives live eats eat has have can cannot sleeps sleep".split(" "));

/**
 * The claims of a text that means to say what is so.
 * @param speaker the name of an animal for which "I" stands (a riddle)
 */
export function claimsIn({ sentences }: TextRead, speaker?: string): Claims {
  const right = new Map<string, Set<string>>();
  let wrong = 0;
  let subject: Subject | undefined;
  for (const { tokens, raw } of sentences) {
    if (speaker !== undefined) subject = subjects.get(tokensOf(speaker)[0]!);
    else if (!tokens.slice(0, 4).some((token) => refersBack.has(token))) subject = undefined;
    for (let start = 0; start < tokens.length; ) {
      let end = start;
      while (end < tokens.length && !stops.has(tokens[end]!) && !(end > start && startsClause(tokens, end))) end++;
      if (speaker === undefined) subject = subjectAt(tokens, raw, start, end) ?? subject;
      if (subject) {
        for (const [relation, own] of subject.relations) {
          for (const value of valuesAt(relation, tokens, start, end)) {
            if (!own.has(value)) wrong += relation.open ? 0 : 1;
            else if (right.has(subject.name)) right.get(subject.name)!.add(value);
            else right.set(subject.name, new Set([value]));
          }
        }
      }
      start = end + 1;
    }
  }
  return { right: new Map([...right].map(([name, values]) => [name, values.size])), wrong };
}

/** ", and a fox lives …", ", it …": a new clause with a subject of its own. */
function startsClause(tokens: readonly string[], at: number): boolean {
  if (tokens[at] !== "," && tokens[at] !== "and") return false;
  const next = tokens[at] === "," && tokens[at + 1] === "and" ? at + 2 : at + 1;
  return tokens[next] === "it" || verbs.has(tokens[next + 2] ?? "");
}

function subjectAt(tokens: readonly string[], raw: readonly string[], start: number, end: number): Subject | undefined {
  if (pronouns.has(tokens[start] ?? "")) return undefined;
  for (let i = start; i < Math.min(end, start + 5); i++) {
    const found = subjects.get(tokens[i]!);
    if (found && (!found.proper || /^\p{Lu}/u.test(raw[i]!))) return found;
    // "People use a key …": the subject of such a sentence comes after its verb, of all others before.
    if (verbs.has(tokens[i]!)) return undefined;
  }
  return undefined;
}

/** The values of a relation that a clause says; none where it says "not". */
function valuesAt({ cues, within, values }: Relation, tokens: readonly string[], start: number, end: number): string[] {
  const found: string[] = [];
  let reach = cues === null ? end : -1;
  for (let i = start; i < end; i++) {
    const token = tokens[i]!;
    if (token === "not") return [];
    if (token === "neither" && !cues?.has(token)) reach = cues === null ? end : -1;
    if (i <= reach) {
      const value = values.get(token)?.find((one) => one.every((part, k) => tokens[i + k] === part));
      if (value) {
        found.push(value.join(" "));
        i += value.length - 1;
        continue;
      }
    }
    if (cues?.has(token)) reach = Math.max(reach, i + within);
    else if (cues !== null && verbs.has(token)) reach = -1;
  }
  return found;
}

const jobs = new Map(professions.map((p) => [p.name, p]));
const named = new Map(people.map((p) => [p.name.toLowerCase(), p]));
const townNames = new Set(towns.map((t) => t.name.toLowerCase()));

/**
 * Untrue introductions of the world's people in fiction ("Mira the farmer", "Tom from Oakford"): what happens in a story
 * is made up, who somebody is is not.
 */
export function wrongIntroductions({ tokens, raw }: TextRead): number {
  let wrong = 0;
  for (let i = 0; i + 2 < tokens.length; i++) {
    const person = named.get(tokens[i]!);
    if (!person || !/^\p{Lu}/u.test(raw[i]!)) continue;
    const [link, word] = [tokens[i + 1], tokens[i + 2]!];
    if (link === "the" && jobs.has(word) && person.profession.name !== word) wrong++;
    if (link === "from" && townNames.has(word) && person.town.name.toLowerCase() !== word) wrong++;
  }
  return wrong;
}
