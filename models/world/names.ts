// Names for whoever needs one.

import type { Random } from "../random.ts";
import { boys, girls, people } from "./people.ts";

/** A made-up name or word, so that copying from the prompt is learnt from more than a list: "Talo", "Brimel". */
export function madeUp(r: Random): string {
  const starts = "B Br D F Fl G Gr H J K L M N P Pr R S St T Tr V W Z".split(" ");
  const vowels = "a e i o u".split(" ");
  // An open end that is no e: so it cannot be an English word by chance ("Nor", "Gone").
  const last = "a i o u".split(" ");
  const ends = "n l r s m t ll nd bel k".split(" ");
  return r.pick(starts) + r.pick(vowels) + r.pick(ends) + r.pick(last);
}

/** A name of the world, of a child nobody knows, or now and then one made up. */
export const anyName = (r: Random): string =>
  r.chance(0.15) ? madeUp(r) : r.pick([...girls, ...boys, ...people.map((p) => p.name)]);
