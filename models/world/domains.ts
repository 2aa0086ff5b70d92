// The values of each kind that the world knows: what an answer might say instead of what is right.
import { animals } from "./animals.ts";
import { a, number } from "./english.ts";
import { opposites } from "./opposites.ts";
import { boys, girls, people, professions, towns } from "./people.ts";
import { colours, days, foods, massFoods, places, seasons, things } from "./things.ts";
import type { Domain } from "./wants.ts";

const different = (values: readonly string[]): readonly string[] => [...new Set(values)];
const numbers = Array.from({ length: 21 }, (_, n) => number(n));
const kinds = ["bird", "mammal", "fish", "insect", "reptile", "amphibian"];

export const domains: Readonly<Record<Domain, readonly string[]>> = {
  age: different(people.map((p) => String(p.age))),
  animal: animals.flatMap((x) => [x.name, x.plural]),
  being: [...animals.map((x) => x.name), ...people.map((p) => p.name)],
  colour: different([...colours, ...animals.map((x) => x.colour), ...foods.map((f) => f.colour), "golden", "clear"]),
  day: days,
  does: professions.map((p) => p.does),
  feeling: ["happy", "sad", "angry", "afraid"],
  food: different([
    ...animals.flatMap((x) => x.eats),
    ...foods.flatMap((f) => [f.name, f.plural]),
    ...massFoods.map((f) => f.name),
  ]),
  happens: seasons.map((s) => s.happens),
  hobby: different(people.map((p) => p.hobby)),
  home: different(animals.map((x) => x.home)),
  kind: kinds.flatMap((kind) => (kind === "fish" ? [kind] : [kind, `${kind}s`])),
  "known for": towns.map((t) => t.knownFor),
  lies: towns.map((t) => t.lies),
  likes: different(people.map((p) => p.likes)),
  material: different(things.map((t) => t.material)),
  meal: different(foods.map((f) => f.plural)),
  name: different([...people.map((p) => p.name), ...girls, ...boys]),
  number: [...numbers, "none"],
  opposite: different(opposites.flat()),
  pet: people.map((p) => `${a(p.pet[0])} named ${p.pet[1]}`),
  place: places.flatMap((p) => [p.the, p.at, p.to]),
  plural: different([...animals, ...things].map((x) => x.plural)),
  profession: professions.map((p) => p.name),
  season: seasons.map((s) => s.name),
  sight: towns.map((t) => t.sight),
  size: ["tiny", "small", "big", "huge"],
  sound: different(animals.flatMap((x) => x.sound ?? [])),
  taste: different(foods.map((f) => f.taste)),
  thing: things.flatMap((t) => [t.name, t.plural]),
  tool: professions.map((p) => p.tool),
  town: towns.map((t) => t.name),
  use: things.map((t) => t.use),
  weather: seasons.map((s) => s.weather),
  workplace: different(professions.map((p) => p.where)),
  young: different(animals.map((x) => x.young)),
};
